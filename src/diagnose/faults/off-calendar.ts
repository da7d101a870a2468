import { HOUR_MS, wallClock } from '../../core/clock.ts';
import type { Column, Table } from '../../core/table.ts';
import { calendarPlaces, CLOCK_RULES } from '../../stats/habits/calendar.ts';
import type { CalendarPlaces } from '../../stats/habits/calendar.ts';
import type { LearnedCalendar } from '../samples/calendar.ts';
import { MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { spelledAlike } from './levels/spelled-alike.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

/** Time zones differ by up to fourteen hours; who counts days from another one is one to three off. */
const SHIFTS_H: readonly number[] = [...Array.from({ length: 14 }, (_, i) => i + 1), 24, 48, 72].flatMap(
  (hours) => [-hours, hours],
);
/** Of the rows that part with the calendar, nearly all must be right again with the clock put back. */
const MIN_RESTORED = 0.9;

/**
 * Columns that are not what their rows' own times say, though they always were: a clock that was put forward or back, other names
 * for the same, or the opposite of it. A clock is claimed where one and the same number of hours restores the rows; otherwise it is a
 * reading, since what the column means may have been changed. An hour by which clocks were put forward or back since the reference, by
 * the rules of Europe, North America or Australia, is none; any other single hour is a reading.
 */
export function offCalendar(
  current: Table,
  calendar: ReadonlyMap<string, LearnedCalendar>,
  referenceMs: Float64Array | null = null,
): Suspicion[] {
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
  const shifted = SHIFTS_H.map((hours) => ({ hours, places: placesAt(hours * HOUR_MS) }));
  return broken.flatMap(({ column, known, parted }) => {
    const steps = sameStep(column, known, now.get(known.timeZone), parted);
    // Hours that are all as many later are no other names of the old ones.
    const isOneStep = steps.some(({ restored }) => restored >= MIN_RESTORED * parted.length);
    const otherwiseTold = isOneStep ? null : otherNames(column, known, now.get(known.timeZone), parted);
    if (otherwiseTold !== null) return [otherwiseTold];
    const best = [
      ...shifted.map(({ hours, places }) => ({
        hours,
        restored: restoredRows(column, known, places.get(known.timeZone), parted),
      })),
      ...steps,
    ].reduce((most, each) => (each.restored > most.restored ? each : most));
    const share = parted.length / current.rows;
    const isRestored = best.restored >= MIN_RESTORED * parted.length;
    // A reference of one summer does not know that clocks are put back.
    if (isRestored && referenceMs !== null && isSummerTime(best.hours, referenceMs, timestampMs, parted))
      return [];
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
      ...(isRestored &&
        Math.abs(best.hours) === 1 && {
          otherwise: 'clocks were put forward or back where the rows come from',
        }),
    });
  });
}

const CLOCKS_LOOKED_AT = 50;

/** Whether by the rules of some zone so many hours lie between the clock of the reference and that of nearly all these rows. */
function isSummerTime(
  hours: number,
  referenceMs: Float64Array,
  timestampMs: Float64Array,
  rows: Int32Array,
): boolean {
  const some = (all: ArrayLike<number>): number[] => {
    const step = Math.max(1, Math.floor(all.length / CLOCKS_LOOKED_AT));
    return Array.from(all).filter((ms, i) => i % step === 0 && Number.isFinite(ms));
  };
  const [before, now] = [some(referenceMs), some(rows.map((row) => row)).map((row) => timestampMs[row]!)];
  return CLOCK_RULES.some((timeZone) => {
    const offsetsOf = (times: readonly number[]): number[] =>
      times.filter(Number.isFinite).map((ms) => Math.round((wallClock(ms, timeZone) - ms) / HOUR_MS));
    const [then] = new Set(offsetsOf(before));
    const moved = offsetsOf(now);
    const restored = moved.filter((offset) => offset - (then ?? 0) === hours).length;
    return new Set(offsetsOf(before)).size === 1 && restored >= MIN_RESTORED * moved.length;
  });
}

/** The values are other ones than the calendar's: spelled otherwise, or the two of them exchanged. */
function otherNames(
  column: Column,
  known: LearnedCalendar,
  places: CalendarPlaces | undefined,
  parted: Int32Array,
): Suspicion | null {
  if (places === undefined) return null;
  const seen = new Set(Array.from(parted, (row) => valueAt(column, row)));
  const before = known.values.map(String);
  const came = [...seen].map(String).filter((value) => !before.includes(value));
  const share = parted.length / places.cells[known.unit].length;
  const restored = (as: (value: string) => string | undefined): boolean => {
    const right = parted.reduce(
      (sum, row) =>
        as(String(valueAt(column, row))) === String(expectedAt(known, places, row)) ? sum + 1 : sum,
      0,
    );
    return right >= MIN_RESTORED * parted.length;
  };
  const respelling = came.length === seen.size ? spelledAlike(came, before) : null;
  const oldOf = new Map(respelling?.pairs.map(([old, now]) => [now, old]));
  const found = (fault: 'category_rename' | 'levels_exchanged', detail: string): Suspicion =>
    suspicion(fault, column.name, { detail, share, statistic: share, p: null, doubt: 0 });
  const all = `${asPercent(share)} of the rows`;
  if (respelling !== null && restored((value) => oldOf.get(value))) {
    return found('category_rename', `${all} spell what their own time says otherwise: ${respelling.way}`);
  }
  const renamed = came.length === seen.size ? oneForOne(column, known, places, parted) : null;
  if (renamed !== null && restored((value) => renamed.get(value))) {
    const pairs = [...renamed].slice(0, SHOWN).map(([now, old]) => `"${old}" is "${now}"`);
    return found(
      'category_rename',
      `${all} say what their own time says in other names: ${pairs.join(', ')}`,
    );
  }
  const [one, other] = before;
  const isTurned =
    before.length === 2 && came.length === 0 && restored((value) => (value === one ? other : one));
  return isTurned && share >= MIN_TURNED
    ? found('levels_exchanged', `${all} say the opposite of what their own time says, as no other clock does`)
    : null;
}

const SHOWN = 3;
/** Two names for two values may as well be two other things. */
const MIN_NAMES = 3;

/** New names by what the rows' time says; null where two stand for one, or one for two. */
function oneForOne(
  column: Column,
  known: LearnedCalendar,
  places: CalendarPlaces,
  parted: Int32Array,
): Map<string, string> | null {
  const counts = new Map<string, Map<string, number>>();
  for (const row of parted) {
    const [now, old] = [String(valueAt(column, row)), String(expectedAt(known, places, row))];
    const of = counts.get(now) ?? new Map<string, number>();
    counts.set(now, of.set(old, (of.get(old) ?? 0) + 1));
  }
  const names = new Map(
    [...counts].map(([now, of]) => [
      now,
      [...of].reduce((most, each) => (each[1] > most[1] ? each : most))[0],
    ]),
  );
  return names.size >= MIN_NAMES && new Set(names.values()).size === names.size ? names : null;
}

/** Half of a two-valued column is its opposite under many a clock; nearly all of it under none. */
const MIN_TURNED = 0.95;

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

const HOURS = 24;

/** Hours that are all so many from what they should be: shops that open at eight have no rows that would say what six should be. */
function sameStep(
  column: Column,
  known: LearnedCalendar,
  places: CalendarPlaces | undefined,
  rows: Int32Array,
): { readonly hours: number; readonly restored: number }[] {
  if (places === undefined || known.unit !== 'hour_of_day' || column.kind !== 'numeric') return [];
  const isHour = known.values.every(
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < HOURS,
  );
  if (!isHour) return [];
  const counts = new Map<number, number>();
  for (const row of rows) {
    const [value, expected] = [valueAt(column, row), expectedAt(known, places, row)];
    if (typeof value !== 'number' || typeof expected !== 'number') continue;
    const step = (value - expected + HOURS) % HOURS;
    const hours = step > HOURS / 2 ? step - HOURS : step;
    counts.set(hours, (counts.get(hours) ?? 0) + 1);
  }
  return [...counts].map(([hours, restored]) => ({ hours, restored }));
}

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
