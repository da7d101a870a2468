import { DAY_MS, HOUR_MS, wallClock } from '../../core/clock.ts';

/** What part of a time a column may be a function of. */
const CALENDAR_UNITS = [
  'hour_of_day',
  'quarter_hour_of_day',
  'day_of_week',
  'hour_of_week',
  'day_of_month',
  'month',
] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** A column whose value follows from the row's own time: `values[cell]` is its code in that cell, −1 where none was seen. */
export interface CalendarColumn {
  readonly unit: CalendarUnit;
  /** Whose clock: UTC but for the days on which clocks are put forward and back, which is all that zones differ by here. */
  readonly timeZone: string;
  readonly codeOf: Int32Array;
}

/**
 * One zone for each rule by which clocks are changed; hours apart make no difference, since what is learned is which
 * value goes with which hour, not what it is called.
 */
export const CLOCK_RULES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Sydney'] as const;

/** Of the rows whose part of the calendar was seen in another period, nearly all must have the value it had there. */
const MIN_FORETOLD = 0.98;
/** So many of the rows must be foretold by another period: a week alone says nothing of weeks. */
const MIN_REPEATED = 0.45;
const MIN_ROWS = 200;

const CELLS: Readonly<Record<CalendarUnit, number>> = {
  hour_of_day: 24,
  quarter_hour_of_day: 96,
  day_of_week: 7,
  hour_of_week: 168,
  day_of_month: 31,
  month: 12,
};

/** Where a time lies in its clock's calendar: the cell of each unit, and which period of the unit that is. */
export interface CalendarPlaces {
  readonly timeZone: string;
  readonly cells: Readonly<Record<CalendarUnit, Int32Array>>;
  readonly periods: Readonly<Record<CalendarUnit, Int32Array>>;
}

/** Once for a table, for all of its columns. −1 where a row has no time. */
export function calendarPlaces(timestampMs: Float64Array): CalendarPlaces[] {
  return CLOCK_RULES.map((timeZone) => placesIn(timestampMs, timeZone));
}

/**
 * The part of the calendar that a column is a function of; the smallest, null when it is of none. Asked is whether other
 * periods foretell a row: of a stretch of one week nothing can be said of weekdays, and a column that merely stays the
 * same for hours is foretold by none.
 *
 * @param codes of the values, −1 missing
 */
export function calendarColumn(codes: Int32Array, places: readonly CalendarPlaces[]): CalendarColumn | null {
  const most = codes.reduce((largest, code) => Math.max(largest, code), -1);
  if (most < 1) return null;
  const commonest = commonestOf(codes);
  for (const unit of CALENDAR_UNITS) {
    for (const { timeZone, cells, periods } of places) {
      const codeOf = functionOf({ codes, commonest }, cells[unit], periods[unit], CELLS[unit]);
      if (codeOf !== null) return { unit, timeZone, codeOf };
    }
  }
  return null;
}

function functionOf(
  { codes, commonest }: { readonly codes: Int32Array; readonly commonest: number },
  cells: Int32Array,
  periods: Int32Array,
  size: number,
): Int32Array | null {
  const codeOf = new Int32Array(size).fill(-1);
  // The first period each cell was seen in foretells the others; that keeps the look at a column to one pass.
  const firstPeriod = new Int32Array(size).fill(-1);
  const most = (1 - MIN_FORETOLD) * codes.length;
  let rows = 0;
  const [common, others] = [
    { repeated: 0, foretold: 0 },
    { repeated: 0, foretold: 0 },
  ];
  for (let row = 0; row < codes.length; row++) {
    const [code, cell] = [codes[row]!, cells[row]!];
    if (code < 0 || cell < 0) continue;
    rows += 1;
    if (firstPeriod[cell]! < 0) {
      firstPeriod[cell] = periods[row]!;
      codeOf[cell] = code;
    }
    // A cell that holds several values at once foretells nothing, in whatever period.
    const of = code === commonest ? common : others;
    const isForetold = codeOf[cell] === code;
    if (periods[row] !== firstPeriod[cell]) of.repeated += 1;
    if (periods[row] !== firstPeriod[cell] ? isForetold : !isForetold) of.foretold += isForetold ? 1 : -1;
    // Rows that are not foretold only become more, and are too many even if all others should be.
    if (of.repeated - of.foretold > most) return null;
  }
  const isFunction =
    rows >= MIN_ROWS &&
    common.repeated + others.repeated >= MIN_REPEATED * rows &&
    // The rare values, too: that nearly every row is 0 is foretold by anything.
    [common, others].every(({ repeated, foretold }) => repeated > 0 && foretold >= MIN_FORETOLD * repeated);
  return isFunction ? codeOf : null;
}

function commonestOf(codes: Int32Array): number {
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [-1, 0])[0];
}

function placesIn(timestampMs: Float64Array, timeZone: string): CalendarPlaces {
  const empty = (): Record<CalendarUnit, Int32Array> =>
    Object.fromEntries(
      CALENDAR_UNITS.map((unit) => [unit, new Int32Array(timestampMs.length).fill(-1)]),
    ) as Record<CalendarUnit, Int32Array>;
  const [cells, periods] = [empty(), empty()];
  const offsetOf = offsetsIn(timeZone);
  for (let row = 0; row < timestampMs.length; row++) {
    const ms = timestampMs[row]!;
    if (!Number.isFinite(ms)) continue;
    const local = ms + offsetOf(ms);
    const date = new Date(local);
    const [day, months] = [Math.floor(local / DAY_MS), date.getUTCFullYear() * 12 + date.getUTCMonth()];
    // 1 January 1970 was a Thursday.
    const [week, weekday] = [Math.floor((day + 3) / 7), (((day + 3) % 7) + 7) % 7];
    const put = (unit: CalendarUnit, cell: number, period: number): void => {
      cells[unit][row] = cell;
      periods[unit][row] = period;
    };
    put('hour_of_day', date.getUTCHours(), day);
    put('quarter_hour_of_day', 4 * date.getUTCHours() + Math.floor(date.getUTCMinutes() / 15), day);
    put('day_of_week', weekday, week);
    put('hour_of_week', weekday * 24 + date.getUTCHours(), week);
    put('day_of_month', date.getUTCDate() - 1, months);
    put('month', date.getUTCMonth(), date.getUTCFullYear());
  }
  return { timeZone, cells, periods };
}

/** What a zone's clock is ahead of UTC, in ms. Clocks are changed at full hours, on few days: rows of one day are many. */
function offsetsIn(timeZone: string): (ms: number) => number {
  const at = (ms: number): number => wallClock(ms, timeZone) - ms;
  const ofHours = new Map<number, number>();
  const ofHour = (hour: number): number => {
    const offsetMs = ofHours.get(hour) ?? at(hour * HOUR_MS);
    ofHours.set(hour, offsetMs);
    return offsetMs;
  };
  /** Null on days on which it changes. */
  const ofDays = new Map<number, number | null>();
  return (ms) => {
    const day = Math.floor(ms / DAY_MS);
    let offsetMs = ofDays.get(day);
    if (offsetMs === undefined) {
      const [first, last] = [24 * day, 24 * day + 24].map(ofHour) as [number, number];
      ofDays.set(day, (offsetMs = first === last ? first : null));
    }
    return offsetMs ?? ofHour(Math.floor(ms / HOUR_MS));
  };
}
