import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2025, 7, 1);

/** Rows of so many days, their dates read with the month first or the day. */
function rowsFrom(seed: number, fromMs: number, days: number, isTurned: boolean, hasTimes = true): Table {
  const draw = draws(seed);
  const times = Array.from({ length: 24 * days }, (_, i) => fromMs + i * HOUR_MS);
  const [month, day] = [
    times.map((ms) => new Date(ms).getUTCMonth() + 1),
    times.map((ms) => new Date(ms).getUTCDate()),
  ];
  return tableOf({
    features: {
      month: isTurned ? day : month,
      day: isTurned ? month : day,
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
