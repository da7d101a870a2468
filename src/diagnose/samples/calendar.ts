import type { Column, Table } from '../../core/table.ts';
import { keptWith, keptWithBoth } from '../../core/memory/remember.ts';
import {
  isFlag,
  isMostlyAs,
  isWrittenWeekend,
  partsThatMayBe,
  writtenDate,
} from '../../stats/habits/written-date.ts';
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
 * times those that are one now, and may have been, what follows from these there, and flags of the weekend by name.
 */
export function writtenDates(reference: Table | null, current: Table | null): string[] {
  const [then, now] = [reference?.timestampMs ?? null, current?.timestampMs ?? null];
  if (now === null) return [];
  const others = new Map(current?.features.map((column) => [column.name, column]));
  const written = (reference?.features ?? []).flatMap((column) => {
    const parts = then === null ? partsPossible(column) : partsWritten(column, then);
    const other = parts.length === 0 ? undefined : others.get(column.name);
    if (other === undefined || !writtenDate(other, now).some((part) => parts.includes(part))) return [];
    return then === null && isMostlyAs(column, other) ? [] : [column.name];
  });
  return reference === null || current === null || then !== null
    ? written
    : [...written, ...followingFrom(written, reference, current), ...weekendFlags(reference, current, now)];
}

/** Rows that have what the others of the same date had: some of a late hour belong to the night before. */
const FOLLOWS = 0.98;

/** Columns that follow from a written date in the reference, as a part of the day from its hour, and still do. O(rows · columns · dates). */
function followingFrom(dates: readonly string[], reference: Table, current: Table): string[] {
  const by = (table: Table, name: string): readonly (number | string | null)[] | null => {
    const column = table.features.find((each) => each.name === name);
    return column === undefined ? null : cellsOf(column);
  };
  const known = dates.flatMap((name) => {
    const [before, now] = [by(reference, name), by(current, name)];
    return before === null || now === null ? [] : [{ before, now }];
  });
  if (known.length === 0) return [];
  return reference.features.flatMap(({ name }) => {
    if (dates.includes(name)) return [];
    const [before, now] = [by(reference, name), by(current, name)];
    if (before === null || now === null || new Set(before).size > MAX_VALUES) return [];
    return known.some((date) => follows(date, { before, now })) ? [name] : [];
  });
}

interface BothSides {
  readonly before: readonly (number | string | null)[];
  readonly now: readonly (number | string | null)[];
}

function follows(date: BothSides, { before, now }: BothSides): boolean {
  const valueOf = new Map<number | string | null, Map<number | string | null, number>>();
  for (const [row, value] of before.entries()) {
    const counts = valueOf.get(date.before[row]!) ?? new Map<number | string | null, number>();
    valueOf.set(date.before[row]!, counts.set(value, (counts.get(value) ?? 0) + 1));
  }
  const most = new Map(
    [...valueOf].map(([on, counts]) => [on, [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))] as const),
  );
  const commonest = mostOf(before);
  const isForetold = before.map((value, row) => most.get(date.before[row]!)?.[0] === value);
  const rare = [...before.keys()].filter((row) => before[row] !== commonest);
  const foretold = (rows: readonly number[]): boolean =>
    rows.filter((row) => isForetold[row]).length >= FOLLOWS * rows.length;
  // Of one value everything follows, and from a date of its own for every row.
  if (rare.length === 0 || most.size > MAX_VALUES || !foretold(rare) || !foretold([...before.keys()]))
    return false;
  const as = now.reduce<number>(
    (sum, value, row) => (most.get(date.now[row]!)?.[0] === value ? sum + 1 : sum),
    0,
  );
  return as >= FOLLOWS * now.length;
}

function mostOf<T>(items: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

/** What is called a weekend, is one by each row's own time, and was one or was none in all rows. */
function weekendFlags(reference: Table, current: Table, timestampMs: Float64Array): string[] {
  return reference.features.flatMap((column) => {
    const other = current.features.find(({ name }) => name === column.name);
    const isOne = WEEKEND.test(column.name) && other !== undefined && isFlag(column);
    return isOne && isWrittenWeekend(other, timestampMs) ? [column.name] : [];
  });
}

const WEEKEND = /week[ _-]?end/i;

function cellsOf(column: Column): (number | string | null)[] {
  if (column.kind !== 'numeric')
    return Array.from(column.codes, (code) => (code < 0 ? null : (column.levels[code] ?? null)));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

/** Of a reference the same for every window. */
const partsWritten = keptWithBoth(writtenDate);
const partsPossible = keptWith(partsThatMayBe);

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
