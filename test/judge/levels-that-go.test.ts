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

/** Most rows have one of ten brands that are always sold, the others one that is sold for a fortnight. */
function sales(seed: number, from: number, count: number, ofFirst: number): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: count * ROWS }, (_, at) => {
    const day = from + at / ROWS;
    const passing = `p${Math.floor((day + 14 * draw.uniform()) / 2)}-${draw.choice([3, 2, 1])}`;
    const staying = `s${draw.choice([ofFirst, 4, 3, 3, 2, 2, 1, 1, 1, 1])}`;
    return {
      brand: draw.uniform() < 0.3 ? passing : staying,
      minutes: Math.exp(draw.normal()),
      ms: START + day * DAY_MS,
    };
  });
  return tableOf({
    features: { brand: rows.map(({ brand }) => brand), minutes: rows.map(({ minutes }) => minutes) },
    label: rows.map(() => (draw.uniform() < 0.4 ? 'yes' : 'no')),
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('where some levels stay these tell, and those that pass do not', async () => {
  const reference = sales(1, 0, 60, 5);
  const model = { task: 'classification', positiveClass: 'yes', areInSeries: true } as const;
  const told = async (ofFirst: number): Promise<string[]> => {
    const windows = await judgeWindows({ reference, current: sales(2, 60, 12, ofFirst) }, model, DAY_MS);
    return windows.map(({ comparison }) => comparison.diagnosis.verdict);
  };
  expect(await told(5)).toEqual(Array.from({ length: 12 }, () => 'none'));
  expect(await told(60)).toEqual(Array.from({ length: 12 }, () => 'covariate_shift'));
});

/** Three lots of flour in turns, changed for the next three after five days. */
function loaves(seed: number, from: number, count: number, isTimed: boolean): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: count * ROWS }, (_, at) => {
    const day = from + Math.floor(at / ROWS);
    return {
      lot: `f${3 * Math.floor(day / 5) + (at % 3)}`,
      grams: draw.normal(),
      ms: START + (from + at / ROWS) * DAY_MS,
    };
  });
  const features = { lot: rows.map(({ lot }) => lot), grams: rows.map(({ grams }) => grams) };
  const label = rows.map(() => (draw.uniform() < 0.4 ? 'yes' : 'no'));
  return tableOf({ features, label, ...(isTimed && { timestampMs: rows.map(({ ms }) => ms) }) });
}

test('lots that are changed within the week are no news beside a table without times', async () => {
  const tables = { reference: loaves(3, 0, 210, false), current: loaves(4, 210, 56, true) };
  const model = { task: 'classification', positiveClass: 'yes', areInSeries: true } as const;
  const windows = await judgeWindows(tables, model, 7 * DAY_MS);
  // Of three days nobody sees them change.
  const [, ...whole] = windows.map(({ comparison }) => comparison.diagnosis.verdict);
  expect(whole).toEqual(Array.from({ length: whole.length }, () => 'none'));
});
