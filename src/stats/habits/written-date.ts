import { DAY_MS } from '../../core/clock.ts';
import type { Column } from '../../core/table.ts';

const WEEK_MS = 7 * DAY_MS;
/** The others may be hours beyond the end of a month: whose clock it is is not known. */
const MIN_WRITTEN = 0.95;
const MIN_ROWS = 50;

/** How people write of a date what comes only once, or once a year; quarters as `3` or `Q3`, months as `9`, `2025-09` or `202509`. */
const WRITTEN: Readonly<Record<DatePart, (date: Date) => readonly (number | string)[]>> = {
  year: (date) => [date.getUTCFullYear()],
  quarter: (date) => {
    const quarter = Math.floor(date.getUTCMonth() / 3) + 1;
    return [quarter, `Q${quarter}`];
  },
  month: (date) => [date.getUTCMonth() + 1],
  year_month: (date) => {
    const month = date.toISOString().slice(0, 7);
    return [month, Number(month.replace('-', ''))];
  },
  week: (date) => [weekOf(date)],
  day_of_year: (date) => [Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear())) / DAY_MS) + 1],
};

export type DatePart = 'year' | 'quarter' | 'month' | 'year_month' | 'week' | 'day_of_year';

/**
 * The parts of each row's own date that are written in the column: of one January the 1 may be the month or the quarter. Unlike what recurs (`calendarColumn`) this needs
 * no second year: it is the number itself. Of one month alone a column that is always 9 may be anything, so ask the other table, too.
 * O(rows · parts).
 *
 * @example writtenDate({ kind: 'numeric', name: 'm', invalid: 0, values: new Float64Array(60).fill(9) }, new Float64Array(60).fill(Date.UTC(2025, 8, 3))) // ['month']
 */
export function writtenDate(column: Column, timestampMs: Float64Array): DatePart[] {
  const cells: { cell: number | string; ms: number }[] = [];
  for (let row = 0; row < timestampMs.length; row++) {
    const ms = timestampMs[row]!;
    const cell = cellOf(column, row);
    if (cell !== null && Number.isFinite(ms)) cells.push({ cell, ms });
  }
  if (cells.length < MIN_ROWS) return [];
  const few = Math.floor((1 - MIN_WRITTEN) * cells.length);
  return (Object.keys(WRITTEN) as DatePart[]).filter((part) => {
    let others = 0;
    return cells.every(({ cell, ms }) => {
      if (!WRITTEN[part](new Date(ms)).includes(cell)) others += 1;
      return others <= few;
    });
  });
}

function cellOf(column: Column, row: number): number | string | null {
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  const level = column.levels[column.codes[row] ?? -1];
  if (level === undefined) return null;
  const number = Number(level);
  return level.trim() !== '' && Number.isInteger(number) ? number : level;
}

/** By ISO 8601: that of its Thursday. */
function weekOf(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * DAY_MS);
  return 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear())) / WEEK_MS);
}
