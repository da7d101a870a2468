import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judgeWindows } from '../../worlds/judge-window.ts';
import { tableOf } from '../tables.ts';

const HIVES = 40;
const HOURS = 24;
const START = Date.UTC(2026, 3, 6);

/** An hour of all hives after the other: what a hive has in common with itself stands forty rows apart. */
function days(from: number, count: number, tied: number): Table {
  const draw = draws(7);
  const hives = Array.from({ length: HIVES }, (_, at) => ({
    name: `B${at}`,
    firmware: draw.choice([2, 1, 1]),
    first: 30 * draw.uniform(),
    every: 20 + 20 * draw.uniform(),
  }));
  const noise = draws(100 + from);
  const rows = Array.from({ length: count * HOURS * HIVES }, (_, at) => {
    const hive = hives[at % HIVES]!;
    const day = from + at / HIVES / HOURS;
    const since = ((day + hive.first) % hive.every) / hive.every;
    return {
      ...hive,
      since,
      weight: 40 + 10 * since + tied * hive.firmware + noise.normal(),
      ms: START + day * DAY_MS,
    };
  });
  return tableOf({
    features: {
      hive: rows.map(({ name }) => name),
      firmware: rows.map(({ firmware }) => `v${firmware}`),
      since: rows.map(({ since }) => since),
      weight: rows.map(({ weight }) => weight),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('what forty hives do is told by forty hives, however many rows each has', async () => {
  const model = { task: 'classification', positiveClass: null, areInSeries: true } as const;
  const reference = days(0, 50, 0);
  const windows = await judgeWindows({ reference, current: days(50, 14, 0) }, model, DAY_MS);
  expect(windows.map(({ comparison }) => comparison.diagnosis.verdict)).toEqual(Array(14).fill('none'));
});
