import type { Column, Table } from '../../core/table.ts';
import { keptWith, keptWithBoth } from '../../core/memory/remember.ts';
import { isMostlyAs, partsThatMayBe, writtenDate } from '../../stats/habits/written-date.ts';
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
 * times those that are one now, and may have been.
 */
export function writtenDates(reference: Table | null, current: Table | null): string[] {
  const [then, now] = [reference?.timestampMs ?? null, current?.timestampMs ?? null];
  if (now === null) return [];
  const others = new Map(current?.features.map((column) => [column.name, column]));
  return (reference?.features ?? []).flatMap((column) => {
    const parts = then === null ? partsPossible(column) : partsWritten(column, then);
    const other = parts.length === 0 ? undefined : others.get(column.name);
    if (other === undefined || !writtenDate(other, now).some((part) => parts.includes(part))) return [];
    return then === null && isMostlyAs(column, other) ? [] : [column.name];
  });
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
