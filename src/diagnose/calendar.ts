import type { Column, Table } from '../core/table.ts';
import { calendarColumn, calendarPlaces } from '../stats/habits/calendar.ts';
import type { CalendarColumn, CalendarPlaces } from '../stats/habits/calendar.ts';
import { HOUR_MS } from '../core/clock.ts';
import { MIN_FAULT_SHARE } from './thresholds.ts';
import { asPercent } from './wording.ts';
import { suspicion } from './faults/suspicion.ts';
import type { Suspicion } from './faults/suspicion.ts';

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

const MAX_HOURS = 14;
/** Of the rows that part with the calendar, nearly all must be right again with the clock put back. */
const MIN_RESTORED = 0.9;

/**
 * Rows in which a column is not what their own time says: a clock that was put forward or back. Claimed where one and the same
 * number of hours restores them; otherwise it is a reading, since what the column means may have been changed.
 */
export function clockShifts(current: Table, calendar: ReadonlyMap<string, LearnedCalendar>): Suspicion[] {
  const { timestampMs } = current;
  if (timestampMs === null || calendar.size === 0) return [];
  const zones = new Set([...calendar.values()].map(({ timeZone }) => timeZone));
  const placesAt = (shiftMs: number): ReadonlyMap<string, CalendarPlaces> =>
    new Map(
      calendarPlaces(timestampMs.map((ms) => ms + shiftMs)).flatMap((places) =>
        zones.has(places.timeZone) ? [[places.timeZone, places] as const] : [],
      ),
    );
  const now = placesAt(0);
  const broken = current.features.flatMap((column) => {
    const known = calendar.get(column.name);
    const parted = known === undefined ? null : partedRows(column, known, now.get(known.timeZone));
    return known === undefined || parted === null ? [] : [{ column, known, parted }];
  });
  if (broken.length === 0) return [];
  const shifted = Array.from({ length: 2 * MAX_HOURS + 1 }, (_, i) => i - MAX_HOURS)
    .filter((hours) => hours !== 0)
    .map((hours) => ({ hours, places: placesAt(hours * HOUR_MS) }));
  return broken.map(({ column, known, parted }) => {
    const best = shifted
      .map(({ hours, places }) => ({
        hours,
        restored: restoredRows(column, known, places.get(known.timeZone), parted),
      }))
      .reduce((most, each) => (each.restored > most.restored ? each : most));
    const share = parted.length / current.rows;
    const isRestored = best.restored >= MIN_RESTORED * parted.length;
    const told = `${asPercent(share)} of the rows are not what their own time says (${known.unit.replaceAll('_', ' ')})`;
    return suspicion('clock_shift', column.name, {
      detail: isRestored
        ? `${told}, and are with the clock put by ${best.hours > 0 ? '+' : '−'}${Math.abs(best.hours)} h`
        : told,
      share,
      statistic: share,
      p: null,
      doubt: 0,
      ...(!isRestored && { otherwise: `${column.name} was given another meaning` }),
    });
  });
}

/** Null: not more than what is ordinary. */
function partedRows(
  column: Column,
  known: LearnedCalendar,
  places: CalendarPlaces | undefined,
): Int32Array | null {
  if (places === undefined) return null;
  const parted: number[] = [];
  let rows = 0;
  for (let row = 0; row < places.cells[known.unit].length; row++) {
    const expected = expectedAt(known, places, row);
    const value = valueAt(column, row);
    if (expected === null || value === null) continue;
    rows += 1;
    if (value !== expected) parted.push(row);
  }
  return parted.length >= MIN_PARTED_ROWS && parted.length >= MIN_PARTED_SHARE * rows
    ? Int32Array.from(parted)
    : null;
}

const MIN_PARTED_ROWS = 10;
/** Two in a hundred are left to the reference itself. */
const MIN_PARTED_SHARE = 2 * MIN_FAULT_SHARE;

function restoredRows(
  column: Column,
  known: LearnedCalendar,
  places: CalendarPlaces | undefined,
  rows: Int32Array,
): number {
  if (places === undefined) return 0;
  return rows.reduce(
    (sum, row) => (valueAt(column, row) === expectedAt(known, places, row) ? sum + 1 : sum),
    0,
  );
}

function expectedAt(known: LearnedCalendar, places: CalendarPlaces, row: number): number | string | null {
  const cell = places.cells[known.unit][row]!;
  return cell < 0 ? null : (known.values[known.codeOf[cell]!] ?? null);
}

function valueAt(column: Column, row: number): number | string | null {
  if (column.kind !== 'numeric') return column.levels[column.codes[row]!] ?? null;
  const value = column.values[row]!;
  return Number.isNaN(value) ? null : value;
}
