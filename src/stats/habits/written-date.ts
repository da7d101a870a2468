import { presentValues } from '../present-values.ts';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { CategoricalColumn, Column, NumericColumn } from '../../core/table.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

const WEEK_MS = 7 * DAY_MS;
/** The others may be hours beyond the end of a month: whose clock it is is not known. */
const MIN_WRITTEN = 0.95;
const MIN_ROWS = 50;
const MOST_ALIKE = 0.5;

const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'tr'];

/** What people call the days of the week and the months. */
interface CalendarNames {
  /** By day, Sunday first, and by month; of all languages. */
  readonly weekdays: readonly (readonly string[])[];
  readonly months: readonly (readonly string[])[];
  /** Those of one language each, long or short. */
  readonly lists: readonly { readonly part: NamedPart; readonly names: ReadonlySet<string> }[];
}

export type NamedPart = 'day_of_week' | 'month';

let known: CalendarNames | null = null;

/** Long and short, in small letters and without a point. Made when first asked for: most processes never do. */
function calendarNames(): CalendarNames {
  if (known !== null) return known;
  const lists = LOCALES.flatMap((locale) =>
    (['long', 'short'] as const).map((style) => {
      const inList = (options: Intl.DateTimeFormatOptions, dates: readonly number[]): string[] => {
        const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
        return dates.map((ms) => nameOf(format.format(ms)));
      };
      return { weekdays: inList({ weekday: style }, A_WEEK), months: inList({ month: style }, A_YEAR) };
    }),
  );
  return (known = {
    weekdays: A_WEEK.map((_, day) => lists.map(({ weekdays }) => weekdays[day] ?? '')),
    months: A_YEAR.map((_, month) => lists.map(({ months }) => months[month] ?? '')),
    lists: lists.flatMap(({ weekdays, months }) => [
      { part: 'day_of_week' as const, names: new Set(weekdays.map(withoutMarks)) },
      { part: 'month' as const, names: new Set(months.map(withoutMarks)) },
    ]),
  });
}

/** From a Sunday on. */
const A_WEEK = Array.from({ length: 7 }, (_, day) => Date.UTC(2023, 0, 1 + day));
const A_YEAR = Array.from({ length: 12 }, (_, month) => Date.UTC(2023, month, 1));

const isNameOf = (text: string, of: 'weekdays' | 'months'): boolean => {
  const { [of]: names } = calendarNames();
  return names.some((each) => each.includes(text));
};

/** Fewer names of one language may be words of another. */
const LEAST_NAMES: Readonly<Record<NamedPart, number>> = { day_of_week: 5, month: 3 };

/**
 * What all of these are names of, in one language: no table with times is needed to see that. Null where one is something else, or there are
 * too few to tell.
 *
 * @example namedPart(['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag']) // 'day_of_week'
 */
export function namedPart(levels: readonly string[]): NamedPart | null {
  const names = new Set(levels.map((level) => withoutMarks(nameOf(level))));
  const found = calendarNames().lists.find(
    (list) => names.size >= LEAST_NAMES[list.part] && [...names].every((name) => list.names.has(name)),
  );
  return found?.part ?? null;
}

/** Many files have none. */
const withoutMarks = (name: string): string => name.normalize('NFD').replaceAll(/\p{M}/gu, '');

function nameOf(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '');
}

/**
 * How people write of a date what comes only once, or once a year; quarters as `3` or `Q3`, months as `9`, `2025-09`, `202509` or by name, days of the week by name: a number of them
 * may be any, by one day alone. Days and hours come again; by their own times they are known where other rows do not tell (`calendarColumn`).
 */
const WRITTEN: Readonly<Record<DatePart, (date: Date) => readonly (number | string)[]>> = {
  year: (date) => [date.getUTCFullYear()],
  quarter: (date) => {
    const quarter = Math.floor(date.getUTCMonth() / 3) + 1;
    return [quarter, `q${quarter}`];
  },
  month: (date) => [date.getUTCMonth() + 1, ...(calendarNames().months[date.getUTCMonth()] ?? [])],
  year_month: (date) => {
    const month = date.toISOString().slice(0, 7);
    return [month, Number(month.replace('-', ''))];
  },
  week: (date) => [weekOf(date)],
  day_of_year: (date) => [Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear())) / DAY_MS) + 1],
  day_of_week: (date) => calendarNames().weekdays[date.getUTCDay()] ?? [],
  day_of_month: (date) => [date.getUTCDate()],
  date: (date) => {
    const iso = date.toISOString().slice(0, 10);
    const [year, month, day] = iso.split('-');
    const [m, d] = [date.getUTCMonth() + 1, date.getUTCDate()];
    return [
      iso,
      Number(`${year}${month}${day}`),
      `${day}.${month}.${year}`,
      `${d}.${m}.${year}`,
      `${year}/${month}/${day}`,
      `${day}/${month}/${year}`,
      `${d}/${m}/${year}`,
      `${month}/${day}/${year}`,
      `${m}/${d}/${year}`,
    ];
  },
  hour: (date) => [date.getUTCHours()],
};

export type DatePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'year_month'
  | 'week'
  | 'day_of_year'
  | 'day_of_week'
  | 'day_of_month'
  | 'date'
  | 'hour';

const PARTS = Object.keys(WRITTEN) as DatePart[];

/** All that may be written of each part: whole numbers, from and to, or text. */
const MAY_BE: Readonly<
  Record<
    DatePart,
    { readonly from: number; readonly to: number; readonly isText?: (text: string) => boolean }
  >
> = {
  year: { from: 1900, to: 2199 },
  quarter: { from: 1, to: 4, isText: (text) => /^q[1-4]$/.test(text) },
  month: { from: 1, to: 12, isText: (text) => isNameOf(text, 'months') },
  year_month: { from: 190_001, to: 219_912, isText: (text) => /^\d{4}-\d{2}$/.test(text) },
  week: { from: 1, to: 53 },
  day_of_year: { from: 1, to: 366 },
  day_of_week: { from: 1, to: 0, isText: (text) => isNameOf(text, 'weekdays') },
  day_of_month: { from: 1, to: 31 },
  date: {
    from: 19_000_101,
    to: 21_991_231,
    isText: (text) => /^(\d{4}([-/])\d{2}\2\d{2}|\d{1,2}([./])\d{1,2}\3\d{4})$/.test(text),
  },
  hour: { from: 0, to: 23 },
};

/**
 * The parts of each row's own date that are written in the column: of one January the 1 may be the month or the quarter. Unlike what recurs (`calendarColumn`) this needs
 * no second year: it is the number itself. Days may be those of any clock, hours those of UTC. Of one month alone a column that is always 9 may be anything, so ask the other table, too.
 * O(rows · parts).
 *
 * @example writtenDate({ kind: 'numeric', name: 'm', invalid: 0, values: new Float64Array(60).fill(9) }, new Float64Array(60).fill(Date.UTC(2025, 8, 3))) // ['month']
 */
export function writtenDate(column: Column, timestampMs: Float64Array): DatePart[] {
  const cellIn = cellsIn(column);
  const rows = new Int32Array(timestampMs.length);
  let known = 0;
  for (let row = 0; row < rows.length; row++) {
    if (Number.isFinite(timestampMs[row]!) && cellIn(row) !== null) rows[known++] = row;
  }
  if (known < MIN_ROWS) return [];
  const dated = rows.subarray(0, known);
  const most = Math.floor((1 - MIN_WRITTEN) * known);
  // To look at what a cell is costs less than to write what it should be.
  const possible = PARTS.filter((part) => !isBeyond(dated, most, (row) => mayBe(cellIn(row)!, part)));
  if (possible.length === 0) return [];
  const cells = Array.from(dated, (row): Written => ({ cell: cellIn(row)!, ms: timestampMs[row]! }));
  return possible.filter((part) => {
    const clocks = DAYS.has(part) && mayBeOfAClock(cells, part) ? CLOCKS_MS : UTC_ONLY;
    return clocks.some((offsetMs) => isWritten(cells, part, offsetMs));
  });
}

/** Rows whose cell is that part of their own date by UTC, as 1; 0 the others, and those without a cell or a time. O(rows). */
export function rowsWrittenAs(column: Column, timestampMs: Float64Array, part: DatePart): Uint8Array {
  const cellIn = cellsIn(column);
  return Uint8Array.from(timestampMs, (ms, row) => {
    const cell = cellIn(row);
    return Number(cell !== null && Number.isFinite(ms) && WRITTEN[part](new Date(ms)).includes(cell));
  });
}

/** By a clock half a day away every second row or so is of the same day: asked of a few. */
function mayBeOfAClock(cells: readonly Written[], part: DatePart): boolean {
  const step = Math.max(1, Math.floor(cells.length / SOME));
  const some = cells.filter((_, i) => i % step === 0);
  const same = some.filter(({ cell, ms }) => WRITTEN[part](new Date(ms)).includes(cell));
  return same.length >= SAME_DAY * some.length;
}

const SOME = 60;
const SAME_DAY = 0.2;

interface Written {
  readonly cell: number | string;
  readonly ms: number;
}

const UTC_ONLY = [0];
/** Days begin somewhere else at another hour. */
const DAYS: ReadonlySet<DatePart> = new Set(['day_of_week', 'day_of_month', 'date']);
const CLOCKS_MS = [
  ...Array.from({ length: 13 }, (_, i) => i),
  -1,
  -2,
  -3,
  -4,
  -5,
  -6,
  -7,
  -8,
  -9,
  -10,
  -11,
].map((hours) => hours * HOUR_MS);

function isWritten(cells: readonly Written[], part: DatePart, offsetMs: number): boolean {
  const most = Math.floor((1 - MIN_WRITTEN) * cells.length);
  return !isBeyond(cells, most, ({ cell, ms }) => WRITTEN[part](new Date(ms + offsetMs)).includes(cell));
}

/** Whether more than `most` are not so; looks no further than that. */
function isBeyond<T>(items: ArrayLike<T>, most: number, isSo: (item: T) => boolean): boolean {
  let others = 0;
  for (let i = 0; i < items.length && others <= most; i++) if (!isSo(items[i]!)) others += 1;
  return others > most;
}

/** Yes, and no, in small letters. */
const FLAGS = [
  new Set<number | string>([1, 'true', 'yes', 'y', 't']),
  new Set<number | string>([0, 'false', 'no', 'n', 'f']),
] as const;

/** Whether all cells say yes or no, and some are there. O(rows). */
export function isFlag(column: Column): boolean {
  const cells = cellsOf(column);
  return cells.length > 0 && cells.every((cell) => FLAGS.some((flag) => flag.has(cell)));
}

/** Whether a flag is set on Saturdays and Sundays and not on other days, by some clock, in nearly all rows. O(rows · clocks). */
export function isWrittenWeekend(column: Column, timestampMs: Float64Array): boolean {
  return isOfWeekday(column, timestampMs, (cell, day) => FLAGS[day % 6 === 0 ? 0 : 1].has(cell));
}

/** What days are called where Monday, or Sunday, is the first, from 0 or 1 on; Sunday is 0. */
const NUMBERED: readonly ((day: number) => number)[] = [
  (day) => (day + 6) % 7,
  (day) => ((day + 6) % 7) + 1,
  (day) => day,
  (day) => day + 1,
];

/** Whether all cells are whole numbers from 0 to 7. O(rows). */
export function mayBeWeekday(column: Column): boolean {
  const cells = cellsOf(column);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number' && cell >= 0 && cell <= 7);
}

/** Whether numbers are those of each row's day of the week, however they are counted and by some clock. By one day alone any number may be. O(rows · clocks). */
export function isNumberedWeekday(column: Column, timestampMs: Float64Array): boolean {
  return NUMBERED.some((numberOf) => isOfWeekday(column, timestampMs, (cell, day) => cell === numberOf(day)));
}

/** @param is whether a cell is what it is on a day of the week, Sunday 0 */
function isOfWeekday(
  column: Column,
  timestampMs: Float64Array,
  is: (cell: number | string, day: number) => boolean,
): boolean {
  const cellIn = cellsIn(column);
  const rows = [...timestampMs.keys()].filter((row) => cellIn(row) !== null);
  if (rows.length < MIN_ROWS) return false;
  return CLOCKS_MS.some((offsetMs) => {
    const right = rows.filter((row) => is(cellIn(row)!, new Date(timestampMs[row]! + offsetMs).getUTCDay()));
    return right.length >= MIN_WRITTEN * rows.length;
  });
}

/** By row; null where nothing is. */
function cellsIn(column: Column): (row: number) => number | string | null {
  if (column.kind === 'numeric') {
    return (row) => {
      const value = column.values[row] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    };
  }
  // Levels are fewer than rows; of many that nobody has here none is read.
  const read = new Map<number, number | string | null>();
  return (row) => {
    const code = column.codes[row] ?? -1;
    let cell = read.get(code);
    if (cell === undefined) read.set(code, (cell = readLevel(column.levels[code])));
    return cell;
  };
}

function readLevel(level: string | undefined): number | string | null {
  if (level === undefined) return null;
  const number = Number(level);
  return level.trim() !== '' && Number.isInteger(number) ? number : nameOf(level);
}

/** By ISO 8601: that of its Thursday. */
function weekOf(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * DAY_MS);
  return 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear())) / WEEK_MS);
}

/**
 * The parts of a date that a column of rows without times may be: nearly all of its cells are written so. O(rows · parts) at most: of a
 * part that it is not no more is looked at than says so, which is a twentieth of most columns, and of levels each is read once.
 */
export function partsThatMayBe(column: Column): DatePart[] {
  const { cells, rows, rowsOf } = column.kind === 'numeric' ? numbersIn(column) : levelsIn(column);
  if (rows < MIN_ROWS) return [];
  return PARTS.filter((part) => {
    let left = rows;
    for (let i = 0; i < cells.length && left >= MIN_WRITTEN * rows; i++)
      if (!mayBe(cells[i]!, part)) left -= rowsOf(i);
    return left >= MIN_WRITTEN * rows;
  });
}

/** What is there, in any order, and how many rows have each. */
interface Held {
  readonly cells: ArrayLike<number | string>;
  readonly rowsOf: (place: number) => number;
  readonly rows: number;
}

function numbersIn({ values }: NumericColumn): Held {
  const cells = presentValues(values);
  return { cells, rowsOf: () => 1, rows: cells.length };
}

function levelsIn({ codes, levels }: CategoricalColumn): Held {
  const counts = levelCounts(codes, levels.length);
  return {
    cells: levels.map((level) => readLevel(level) ?? level),
    rowsOf: (place) => counts[place]!,
    rows: counts.reduce((sum, count) => sum + count, 0),
  };
}

function mayBe(cell: number | string, part: DatePart): boolean {
  const { from, to, isText } = MAY_BE[part];
  return typeof cell === 'number'
    ? Number.isInteger(cell) && cell >= from && cell <= to
    : (isText?.(cell) ?? false);
}

/** Whether half of its cells, or more, are what most of the other column are: what is nearly always 1 is so in January, too. O(rows of both). */
export function isMostlyAs(column: Column, other: Column): boolean {
  const cells = cellsOf(column);
  const commonest = commonestOf(cellsOf(other));
  return cells.filter((cell) => cell === commonest).length >= MOST_ALIKE * cells.length;
}

function cellsOf(column: Column): (number | string)[] {
  const { length } = column.kind === 'numeric' ? column.values : column.codes;
  const cellIn = cellsIn(column);
  return Array.from({ length }, (_, row) => cellIn(row)).filter((cell) => cell !== null);
}

function commonestOf(cells: readonly (number | string)[]): number | string | null {
  const counts = new Map<number | string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts].reduce<readonly [number | string | null, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    [null, 0],
  )[0];
}
