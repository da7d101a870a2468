import { expect, test } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import { DAY_MS } from '../../src/core/clock.ts';
import { draws } from '../../src/simulate/draws.ts';
import { tableOf } from '../diagnose/tables.ts';
import { judgeWindows } from '../worlds/judge-window.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 250;

/** Days with a weather of their own, a line that is held for hours, and what is as it comes. */
function days(seed: number, count: number, { moved = 0, width = 1, from = 0 } = {}) {
  const draw = draws(seed);
  const [weather, line, age, label, ms] = [[], [], [], [], []] as number[][];
  for (let day = 0; day < count; day++) {
    const today = draw.normal();
    let held = 0;
    for (let row = 0; row < ROWS; row++) {
      if (row % 40 === 0) held = Math.floor(4 * draw.uniform());
      weather!.push(today + 0.5 * draw.normal());
      line!.push(held);
      age!.push((day < from ? 0 : moved) + width * draw.normal());
      label!.push(draw.uniform() < 0.5 ? 1 : 0);
      ms!.push(START + (day + row / ROWS) * DAY_MS);
    }
  }
  return { weather: weather!, line: line!, age: age!, label: label!, ms: Float64Array.from(ms!) };
}

const table = ({ weather, line, age, label, ms }: ReturnType<typeof days>, isTimed: boolean) => ({
  ...tableOf({
    features: { weather, line: line.map((at) => `line ${at}`), age },
    label: label.map((one) => (one === 1 ? 'yes' : 'no')),
  }),
  timestampMs: isTimed ? ms : null,
});

const reference = table(days(1, 40), false);

async function judged(current: ReturnType<typeof days>): Promise<FileComparison[]> {
  const tables = { reference, current: table(current, true) };
  const model = { task: 'classification', positiveClass: 'yes', areInSeries: true } as const;
  const windows = await judgeWindows(tables, model, DAY_MS);
  return windows.map(({ comparison }) => comparison);
}

test('beside a reference without times windows say how far windows spread', async () => {
  const windows = await judged(days(2, 20));
  const moved = windows.map(({ features }) =>
    features.flatMap(({ name, drifted }) => (drifted ? [name] : [])),
  );
  // A line that is held for hours is known from the first window on to be few occasions, and one weather of a day by how narrow days are.
  expect(moved).toEqual(Array.from({ length: 20 }, () => []));
  const weather = windows.at(-1)?.features.find(({ name }) => name === 'weather');
  expect(weather?.overdispersion?.factor).toBeGreaterThan(20);
  expect(windows.map(({ diagnosis }) => diagnosis.verdict)).toEqual(Array(20).fill('none'));
});

test('what moved and became narrow may be a day, until a week of days is the same', async () => {
  const windows = await judged(days(4, 9, { moved: 0.8, width: 0.7 }));
  const told = windows.map(({ features }) => features.some(({ name, drifted }) => drifted && name === 'age'));
  expect(told).toEqual([false, false, false, false, false, false, true, true, true]);
});

test('what is as it comes and moves is told at once, and a window alone says of its rows what it says among others', async () => {
  const [first] = await judged(days(3, 1, { moved: 0.6 }));
  expect(first?.features.filter(({ drifted }) => drifted).map(({ name }) => name)).toContain('age');
  const many = await judged(days(3, 3, { moved: 0.6 }));
  expect(many[0]?.features.map(({ p_value: p }) => p)).toEqual(first?.features.map(({ p_value: p }) => p));
});

test('what lies beyond all that was is told, though all of it is in one cell of the table', async () => {
  const [window] = await judged(days(5, 1, { moved: 12 }));
  const age = window?.features.find(({ name }) => name === 'age');
  expect(age).toMatchObject({ drifted: true });
  expect(window?.diagnosis.verdict).not.toBe('none');
});

test('what lies beyond the last edge and no further than a few widths is told as well, in the first windows too', async () => {
  for (const moved of [3.5, 4.4, 6]) {
    const windows = await judged(days(7, 4, { moved, from: 3 }));
    const told = windows.map(({ features }) =>
      features.some(({ name, drifted }) => drifted && name === 'age'),
    );
    expect(told).toEqual([false, false, false, true]);
  }
});

test('a day all of which lies in the last cell is a day where it is as narrow as such days are', async () => {
  const [window] = await judged(days(8, 1, { moved: 1.9, width: 0.15 }));
  expect(window?.features.find(({ name }) => name === 'age')).toMatchObject({ drifted: false });
});
