import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Column, Table } from '../../../src/core/table.ts';
import { writtenDates } from '../../../src/diagnose/samples/calendar.ts';
import { writtenDays } from '../../../src/stats/habits/date-cells.ts';
import { levels } from '../../simulate/table-of-rows.ts';

const days = (cells: readonly (string | null)[]): number[] | null => {
  const found = writtenDays(levels('d', cells));
  return found && [...found];
};

test('dates are read however they are written, and the day first unless it cannot be', () => {
  expect(days(['2.1.1970', '03.01.1970'])).toEqual([1, 2]);
  expect(days(['1970-01-02', null, '1970/01/03'])).toEqual([1, Number.NaN, 2]);
  expect(days(['2/1/1970', '3/1/1970'])).toEqual([1, 2]);
  expect(days(['1/2/1970', '1/31/1970'])).toEqual([1, 30]);
  expect(days(['red', 'green'])).toBeNull();
});

test('dates of rows that nobody dated otherwise go on, and those of births do not', () => {
  const table = (column: Column): Table => ({
    rows: column.kind === 'numeric' ? 0 : column.codes.length,
    features: [column],
    prediction: null,
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  });
  const on = (day: number): string => new Date(day * DAY_MS).toLocaleDateString('de-DE', { timeZone: 'UTC' });
  const rows = (from: number, count: number, spread: number): Table =>
    table(
      levels(
        'on',
        Array.from({ length: count }, (_, row) => on(from + (row % spread))),
      ),
    );
  expect(writtenDates(rows(20_000, 400, 60), rows(20_062, 100, 7))).toEqual(['on']);
  expect(writtenDates(rows(10_000, 400, 60), rows(10_020, 100, 40))).toEqual([]);
  // Each of its own: a birth.
  expect(writtenDates(rows(1_000, 400, 400), rows(1_410, 100, 100))).toEqual([]);
});
