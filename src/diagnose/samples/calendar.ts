import type { Column, Table } from '../../core/table.ts';
import { keptWith, keptWithBoth, smallKeptWith } from '../../core/memory/remember.ts';
import {
  isFlag,
  isMostlyAs,
  isNumberedWeekday,
  isWrittenWeekend,
  mayBeWeekday,
  partsThatMayBe,
  writtenDate,
} from '../../stats/habits/written-date.ts';
import { writtenDays } from '../../stats/habits/date-cells.ts';
import { calendarColumn, calendarPlaces } from '../../stats/habits/calendar.ts';
import type { CalendarColumn } from '../../stats/habits/calendar.ts';

/** A feature that follows from the row's own time, and its value in each part of the calendar. */
export interface LearnedCalendar extends CalendarColumn {
  readonly values: readonly (number | string)[];
}

const learned = new WeakMap<Table, ReadonlyMap<string, LearnedCalendar>>();

/** Learned once from the rows of a reference and kept with them; empty where they have no times. */
export function calendarOf(reference: Table | null): ReadonlyMap<string, LearnedCalendar> {
  if (reference === null || reference.timestampMs === null) return new Map();
  let known = learned.get(reference);
  if (known === undefined) {
    const places = calendarPlaces(reference.timestampMs);
    known = new Map(
      reference.features.flatMap((column): [string, LearnedCalendar][] => {
        const { codes, values } = codesOf(column);
        const found = values.length > MAX_VALUES ? null : calendarColumn(codes, places);
        return found === null ? [] : [[column.name, { ...found, values }]];
      }),
    );
    learned.set(reference, known);
  }
  return known;
}

/**
 * Features that are the same part of each row's own date on both sides: months, weeks and years that only go on. Of a reference without
 * times those that are one now, and may have been, what follows from these there, and by name flags of the weekend and numbered days of the week; and dates that go on.
 */
export function writtenDates(reference: Table | null, current: Table | null): string[] {
  const [then, now] = [reference?.timestampMs ?? null, current?.timestampMs ?? null];
  if (now === null) return reference === null || current === null ? [] : datesThatGoOn(reference, current);
  const others = new Map(current?.features.map((column) => [column.name, column]));
  const written = (reference?.features ?? []).flatMap((column) => {
    const parts = then === null ? partsPossible(column) : partsWritten(column, then);
    const other = parts.length === 0 ? undefined : others.get(column.name);
    if (other === undefined || !writtenDate(other, now).some((part) => parts.includes(part))) return [];
    return then === null && isMostlyAs(column, other) ? [] : [column.name];
  });
  if (reference === null || current === null || then !== null) return written;
  const found = new Set([
    ...written,
    ...followingFrom(written, reference, current),
    ...namedDates(reference, current, now),
    ...datesThatGoOn(reference, current),
  ]);
  return [...found];
}

/** A day has rows, and nearly all that come are later than nearly all that were. */
const MIN_ROWS_A_DAY = 3;
const MIN_DAYS = 10;
const NEARLY_LAST = 0.95;
const GO_ON = 0.9;

/** Dates as text, where nobody says when the rows were: those of an order or a day of logging are later in each later file, those of a birth are not. O(rows · columns). */
function datesThatGoOn(reference: Table, current: Table): string[] {
  return reference.features.flatMap((column) => {
    const before = daysIn(column);
    const other = before === null ? undefined : current.features.find(({ name }) => name === column.name);
    const after = other === undefined ? null : daysIn(other);
    if (before === null || after === null) return [];
    const isDense =
      new Set(before).size >= MIN_DAYS && before.length >= MIN_ROWS_A_DAY * new Set(before).size;
    const last = before[Math.floor(NEARLY_LAST * (before.length - 1))]!;
    const later = after.filter((day) => day > last).length;
    return isDense && later >= GO_ON * after.length ? [column.name] : [];
  });
}

/** In order, those that are there. */
const daysIn = keptWith((column: Column): Float64Array | null => {
  const days = writtenDays(column);
  return days && days.filter((day) => !Number.isNaN(day)).sort();
});

/** Rows that have what the others of the same date had: some of a late hour belong to the night before. */
const FOLLOWS = 0.98;

/** Columns that follow from a written date in the reference, as a part of the day from its hour, and still do. O(rows · columns · dates), of a reference once. */
function followingFrom(dates: readonly string[], reference: Table, current: Table): string[] {
  const of = ({ features }: Table, name: string): Column | undefined =>
    features.find((each) => each.name === name);
  return reference.features.flatMap((column) => {
    const now = of(current, column.name);
    if (dates.includes(column.name) || now === undefined) return [];
    const isFollowing = dates.some((name) => {
      const [dateBefore, dateNow] = [of(reference, name), of(current, name)];
      if (dateBefore === undefined || dateNow === undefined) return false;
      const valueOn = taughtBy(dateBefore, column);
      return valueOn !== null && isForetoldBy(valueOn, cellsOf(dateNow), cellsOf(now));
    });
    return isFollowing ? [column.name] : [];
  });
}

type Cell = number | string | null;

/** What a column holds on each date; null where it holds this and that. Of one value everything would follow, and from a date of its own for every row. */
const taughtBy = keptWithBoth((date: Column, column: Column): ReadonlyMap<Cell, Cell> | null => {
  const [dates, values] = [cellsOf(date), cellsOf(column)];
  if (new Set(values).size > MAX_VALUES) return null;
  const counts = new Map<Cell, Map<Cell, number>>();
  for (const [row, value] of values.entries()) {
    const on = counts.get(dates[row]!) ?? new Map<Cell, number>();
    counts.set(dates[row]!, on.set(value, (on.get(value) ?? 0) + 1));
  }
  if (counts.size > MAX_VALUES) return null;
  const valueOn = new Map([...counts].map(([on, of]) => [on, mostCounted(of)]));
  const all = new Map<Cell, number>();
  for (const value of values) all.set(value, (all.get(value) ?? 0) + 1);
  const commonest = mostCounted(all);
  const rare = [...values.keys()].filter((row) => values[row] !== commonest);
  const among = (rows: readonly number[], of: readonly Cell[]): Cell[] => rows.map((row) => of[row]!);
  const isTaught =
    rare.length > 0 &&
    isForetoldBy(valueOn, dates, values) &&
    isForetoldBy(valueOn, among(rare, dates), among(rare, values));
  return isTaught ? valueOn : null;
});

function isForetoldBy(
  valueOn: ReadonlyMap<Cell, Cell>,
  dates: readonly Cell[],
  values: readonly Cell[],
): boolean {
  const foretold = values.reduce<number>(
    (sum, value, row) => (valueOn.has(dates[row]!) && valueOn.get(dates[row]!) === value ? sum + 1 : sum),
    0,
  );
  return foretold >= FOLLOWS * values.length;
}

function mostCounted(counts: ReadonlyMap<Cell, number>): Cell {
  return [...counts].reduce<readonly [Cell, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    [null, 0],
  )[0];
}

/** What is called a weekend or a day of the week, may have been one in all rows, and is one by each row's own time. */
function namedDates(reference: Table, current: Table, timestampMs: Float64Array): string[] {
  return reference.features.flatMap((column) => {
    const other = current.features.find(({ name }) => name === column.name);
    if (other === undefined) return [];
    const isOne = NAMED.some(
      ({ called, mayBe, is }) => called.test(column.name) && mayBe(column) && is(other, timestampMs),
    );
    return isOne ? [column.name] : [];
  });
}

const NAMED = [
  { called: /week[ _-]?end/i, mayBe: isFlag, is: isWrittenWeekend },
  { called: /week[ _-]?day|day[ _-]?of[ _-]?week|(^|_)dow$/i, mayBe: mayBeWeekday, is: isNumberedWeekday },
];

function cellsOf(column: Column): (number | string | null)[] {
  if (column.kind !== 'numeric')
    return Array.from(column.codes, (code) => (code < 0 ? null : (column.levels[code] ?? null)));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

/** Of a reference the same for every window, and asked for by more than one rule. */
export const partsWritten = keptWithBoth(writtenDate);
export const partsPossible = smallKeptWith(partsThatMayBe);

/** A week has so many hours. */
const MAX_VALUES = 168;

function codesOf(column: Column): { codes: Int32Array; values: (number | string)[] } {
  if (column.kind !== 'numeric') return { codes: column.codes, values: [...column.levels] };
  const codeOf = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (!Number.isFinite(value)) return -1;
    let code = codeOf.get(value);
    if (code === undefined) codeOf.set(value, (code = codeOf.size));
    return code;
  });
  return { codes, values: [...codeOf.keys()] };
}
