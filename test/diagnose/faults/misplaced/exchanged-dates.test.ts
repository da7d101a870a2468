import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../src/core/clock.ts';
import type { Table } from '../../../../src/core/table.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

const START_MS = Date.UTC(2025, 7, 1);

/** Rows of so many days, their dates read with the month first or the day. */
function rowsFrom(
  seed: number,
  fromMs: number,
  days: number,
  isTurned: boolean | 'where it can be',
  hasTimes = true,
): Table {
  const draw = draws(seed);
  const times = Array.from({ length: 24 * days }, (_, i) => fromMs + i * HOUR_MS);
  const [month, day] = [
    times.map((ms) => new Date(ms).getUTCMonth() + 1),
    times.map((ms) => new Date(ms).getUTCDate()),
  ];
  const turned = day.map((each) => (isTurned === 'where it can be' ? each <= 12 : isTurned));
  return tableOf({
    features: {
      month: month.map((each, i) => (turned[i] ? day[i]! : each)),
      day: day.map((each, i) => (turned[i] ? month[i]! : each)),
      amount: times.map(() => draw.normal()),
    },
    ...(hasTimes && { timestampMs: times }),
  });
}

test.each([
  ['beside a reference with times', true],
  ['beside one without', false],
])('a day read as the month is claimed of both columns, %s', (_, hasTimes) => {
  const reference = rowsFrom(1, START_MS, 60, false, hasTimes);
  const judged = (isTurned: boolean): ReturnType<typeof judge> =>
    judge('classification', { reference, current: rowsFrom(2, START_MS + 64 * DAY_MS, 12, isTurned) });
  expect(judged(true).faults).toMatchObject([
    { fault: 'swapped_columns', feature: 'month' },
    { fault: 'swapped_columns', feature: 'day' },
  ]);
  expect(judged(false).faults).toEqual([]);
});

test('a reader that helps itself turns the first twelve days of a month alone', () => {
  const reference = rowsFrom(3, START_MS, 120, false);
  const current = rowsFrom(4, START_MS + 122 * DAY_MS, 30, 'where it can be');
  const { faults } = judge('classification', { reference, current });
  expect(faults).toMatchObject([
    { fault: 'swapped_columns', feature: 'month' },
    { fault: 'swapped_columns', feature: 'day' },
  ]);
  expect(faults[0]?.share).toBeCloseTo(11 / 30, 1);
});
