/** Who works is another three of eight each half day, and the table does not say when. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import { draws } from '../../src/simulate/draws.ts';
import { tableOf } from '../diagnose/tables.ts';
import { takesTurns } from '../../src/stats/significance/takes-turns.ts';
import { judgeWindows } from '../worlds/judge-window.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 600;
const STAFF = 8;

type Roster = (half: number, draw: ReturnType<typeof draws>) => readonly number[];

const three: Roster = (_, draw) => {
  const all = Array.from({ length: STAFF }, (_one, who) => who);
  return Array.from({ length: 3 }, () => all.splice(Math.floor(all.length * draw.uniform()), 1)[0]!);
};
const everybody: Roster = () => Array.from({ length: STAFF }, (_, who) => who);

function days(seed: number, count: number, roster: Roster): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: 2 * count }, (_, half) => half).flatMap((half) => {
    const onDuty = roster(half, draw);
    return Array.from({ length: ROWS / 2 }, (_, at) => ({
      who: `w${onDuty[Math.floor(onDuty.length * draw.uniform())]!}`,
      age: draw.normal(),
      ms: START + ((half + (2 * at) / ROWS) / 2) * DAY_MS,
    }));
  });
  return tableOf({
    features: { who: rows.map(({ who }) => who), age: rows.map(({ age }) => age) },
    label: rows.map(() => (draw.uniform() < 0.4 ? 'yes' : 'no')),
    timestampMs: rows.map(({ ms }) => ms),
  });
}

async function moved(seed: number, roster: Roster): Promise<string[]> {
  const reference = { ...days(1, 60, three), timestampMs: null };
  const model = { task: 'classification', positiveClass: 'yes', areInSeries: true } as const;
  const windows = await judgeWindows({ reference, current: days(seed, 4, roster) }, model, DAY_MS);
  return windows.map(({ comparison: { features } }) =>
    features.flatMap(({ name, drifted }) => (drifted ? [name] : [])).join(' '),
  );
}

test('is no shift of a window, and three who work from noon on alone are', async () => {
  const told = await Promise.all([2, 3, 4].map((seed) => moved(seed, three)));
  expect(told.flat().filter((name) => name !== '').length).toBeLessThan(2);
  expect(await moved(5, (half) => (half % 2 === 0 ? everybody(half, draws(1)) : [0, 1, 2]))).toEqual(
    Array.from({ length: 4 }, () => 'who'),
  );
});

test('of fifty levels some are missing from half of a small window by chance, and none takes turns', () => {
  const draw = draws(6);
  const window = (levels: number): Int32Array =>
    Int32Array.from({ length: 240 }, () => Math.floor(levels * draw.uniform()));
  for (const levels of [5, 12, 50])
    for (let seed = 0; seed < 100; seed++)
      expect(takesTurns(window(levels), Array<number>(levels).fill(100))).toBe(false);
});
