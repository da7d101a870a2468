import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import { draws } from '../../src/simulate/draws.ts';
import { tableOf } from '../diagnose/tables.ts';
import { judgeWindows } from '../worlds/judge-window.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 300;

/** Episodes are heard for four days, from phones and speakers. */
function days(seed: number, from: number, count: number, speakers: number): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: count * ROWS }, (_, at) => {
    const day = from + Math.floor(at / ROWS);
    const age = Math.floor(4 * draw.uniform());
    return {
      episode: `e${day - age}-${draw.choice([3, 2, 1])}`,
      device: draw.uniform() < speakers ? 'speaker' : 'phone',
      minutes: Math.exp(draw.normal()),
      ms: START + (from + at / ROWS) * DAY_MS,
    };
  });
  return tableOf({
    features: {
      episode: rows.map(({ episode }) => episode),
      device: rows.map(({ device }) => device),
      minutes: rows.map(({ minutes }) => minutes),
    },
    label: rows.map(() => (draw.uniform() < 0.4 ? 'yes' : 'no')),
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('levels that come and are gone are others after the reference, and move nothing', async () => {
  const reference = days(1, 0, 40, 0.3);
  const model = { task: 'classification', positiveClass: 'yes', areInSeries: true } as const;
  const told = async (speakers: number): Promise<string[][]> => {
    const windows = await judgeWindows({ reference, current: days(2, 40, 8, speakers) }, model, DAY_MS);
    return windows.map(({ comparison: { features, diagnosis } }) => [
      diagnosis.verdict,
      ...features.flatMap(({ name, drifted, pooled }) => (drifted || pooled?.drifted === true ? [name] : [])),
    ]);
  };
  expect(await told(0.3)).toEqual(Array.from({ length: 8 }, () => ['none']));
  expect(await told(0.55)).toEqual(Array.from({ length: 8 }, () => ['covariate_shift', 'device']));
});
