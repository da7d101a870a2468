import { DAY_MS } from '../../core/clock.ts';
import type { Column } from '../../core/table.ts';

const WRITTEN = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$|^(\d{1,2})([./])(\d{1,2})[./](\d{4})$/;
/** Nearly all cells are dates, or it is no column of them. */
const MIN_DATES = 0.95;
const MONTHS = 12;

/**
 * Days since 1970 of a column in which dates are written as text, with the year; NaN where a cell is empty or none. `3/4/2026` is read day first
 * unless a second number above 12 says otherwise. Null: fewer than 95 of 100 cells are dates. O(rows).
 *
 * @example writtenDays({ kind: 'categorical', name: 'on', codes: Int32Array.of(0), levels: ['2.1.1970'] }) // Float64Array.of(1)
 */
export function writtenDays(column: Column): Float64Array | null {
  if (column.kind === 'numeric') return null;
  const parts = column.levels.map(partsOf);
  const isMonthFirst =
    parts.every((part) => part === null || !part.isOpen || part.first <= MONTHS) &&
    parts.some((part) => part !== null && part.isOpen && part.second > MONTHS);
  const days = parts.map((part) => dayOf(part, isMonthFirst));
  const cells = Float64Array.from(column.codes, (code) => days[code] ?? Number.NaN);
  const present = column.codes.reduce((sum, code) => (code < 0 ? sum : sum + 1), 0);
  const dates = cells.reduce((sum, day) => (Number.isNaN(day) ? sum : sum + 1), 0);
  return present > 0 && dates >= MIN_DATES * present ? cells : null;
}

interface Parts {
  readonly year: number;
  readonly first: number;
  readonly second: number;
  /** Which of both is the month. */
  readonly isOpen: boolean;
  readonly isYearFirst: boolean;
}

function partsOf(text: string): Parts | null {
  const found = WRITTEN.exec(text.trim());
  if (found === null) return null;
  const [, year, month, day, first, separator, second, last] = found;
  return year === undefined
    ? {
        year: Number(last),
        first: Number(first),
        second: Number(second),
        isOpen: separator === '/',
        isYearFirst: false,
      }
    : { year: Number(year), first: Number(month), second: Number(day), isOpen: false, isYearFirst: true };
}

function dayOf(parts: Parts | null, isMonthFirst: boolean): number {
  if (parts === null) return Number.NaN;
  const { year, first, second, isOpen, isYearFirst } = parts;
  const [month, day] = isYearFirst || (isOpen && isMonthFirst) ? [first, second] : [second, first];
  return Math.floor(Date.UTC(year, month - 1, day) / DAY_MS);
}
