import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { codedPair } from '../../../src/diagnose/faults/coded-pair.ts';
import { stuckRun } from '../../../src/diagnose/faults/stuck-run.ts';
import { movedWithRun, strayedFrom } from '../../../src/diagnose/faults/company-of-run.ts';
import type { ColumnCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;

interface Patient {
  readonly admission: string;
  readonly age: number;
  readonly pulse: number;
}

function patient(draw: Draws, admission?: string): Patient {
  const why = admission ?? (draw.uniform() < 0.15 ? 'trauma' : draw.uniform() < 0.5 ? 'planned' : 'acute');
  const mean = why === 'trauma' ? 34 : 62;
  return {
    admission: why,
    age: mean + 12 * draw.normal(),
    pulse: 80 + (why === 'trauma' ? 12 : 0) + 10 * draw.normal(),
  };
}

function tableFrom(rows: readonly Patient[], fromMs: number): Table {
  return tableOf({
    features: {
      admission: rows.map(({ admission }) => admission),
      age: rows.map(({ age }) => age),
      pulse: rows.map(({ pulse }) => pulse),
    },
    timestampMs: rows.map((_, i) => fromMs + i * MINUTE_MS),
  });
}

/** 1,500 rows, of which 250 in a row have trauma. */
function verdictOf(seed: number, arrive: (draw: Draws) => Patient): Diagnosis {
  const draw = draws(seed);
  const reference = Array.from({ length: 6_000 }, () => patient(draw));
  const current = Array.from({ length: 1_500 }, (_, i) =>
    i >= 600 && i < 850 ? arrive(draw) : patient(draw),
  );
  return judge('classification', {
    reference: tableFrom(reference, START_MS - 6_000 * MINUTE_MS),
    current: tableFrom(current, START_MS),
  });
}

test('rows that came all at once bring what goes with them: nothing is claimed to be stuck', () => {
  const { faults, verdict } = verdictOf(1, (draw) => patient(draw, 'trauma'));
  expect(faults).toEqual([]);
  expect(verdict).not.toBe('data_fault');
});

test('a column that is stuck leaves the others as they are', () => {
  const { faults } = verdictOf(2, (draw) => ({ ...patient(draw), admission: 'trauma' }));
  expect(faults).toMatchObject([{ fault: 'constant_value', feature: 'admission' }]);
});

test('a run that other numbers go along with, the way they go with its value, is told from one they do not', () => {
  const draw = draws(3);
  // Off where it is cold; by night, the first half of the window, it is colder than it ever was.
  const side = (rows: number, airOf: (row: number) => number): { cooler: Int32Array; air: Float64Array } => {
    const air = Float64Array.from({ length: rows }, (_, row) => airOf(row) + draw.normal());
    return { cooler: Int32Array.from(air, (each) => (each + draw.normal() > 15 ? 1 : 0)), air };
  };
  const before = side(2_000, () => 15);
  const night = Int32Array.from({ length: 150 }, (_, row) => row);
  const witnessOf = (now: { cooler: Int32Array; air: Float64Array }): string | null => {
    const cooler: ColumnCells = {
      kind: 'levels',
      name: 'cooler',
      levels: ['off', 'on'],
      reference: before.cooler,
      current: now.cooler,
    };
    const air: ColumnCells = { kind: 'numeric', name: 'air', reference: before.air, current: now.air };
    return movedWithRun(cooler, (cell) => cell === 0, [cooler, air], night);
  };
  const cold = side(300, (row) => (row < 150 ? 9 : 15));
  expect(witnessOf(cold)).toBe('air');
  const stuck = side(300, () => 15);
  stuck.cooler.fill(0, 0, 150);
  expect(witnessOf(stuck)).toBeNull();
  const hot = side(300, (row) => (row < 150 ? 21 : 15));
  hot.cooler.fill(0, 0, 150);
  expect(witnessOf(hot)).toBeNull();
});

test('gusts that rise and fall say that the wind does not stand', () => {
  const draw = draws(4);
  const winds = (rows: number): number[] =>
    Array.from({ length: rows }, () => Math.round(100 * draw.uniform()) / 10);
  const gusts = (each: readonly number[]): Float64Array =>
    Float64Array.from(each, (speed) => speed * (1.2 + 0.3 * draw.uniform()));
  const [before, now] = [winds(4_000), winds(400)];
  const run = Int32Array.from({ length: 300 }, (_, row) => row);
  const calm = now.map((speed, row) => (row < 300 ? 6.9 : speed));
  const strays = (gust: Float64Array): string | null => {
    const [wind, other]: ColumnCells[] = [
      {
        kind: 'numeric',
        name: 'wind',
        reference: Float64Array.from(before),
        current: Float64Array.from(calm),
      },
      { kind: 'numeric', name: 'gust', reference: gusts(before), current: gust },
    ];
    return strayedFrom(wind!, 6.9, [wind!, other!], run);
  };
  expect(strays(gusts(now))).toBe('gust');
  expect(strays(gusts(calm))).toBeNull();
});

test('a dry half of a day is no broken gauge beside a table in no order, and one that stands at a tenth is', () => {
  const draw = draws(8);
  const amount = (): number => 0.1 * (1 + Math.floor(20 * draw.uniform() ** 2));
  const mixed = (rows: number): number[] =>
    Array.from({ length: rows }, () => (draw.uniform() < 0.81 ? 0 : amount()));
  const found = (value: number): string | undefined => {
    const pair: ColumnCells = {
      kind: 'numeric',
      name: 'rain_mm',
      reference: Float64Array.from(mixed(7_000)),
      current: Float64Array.from([...Array.from({ length: 240 }, () => value), ...mixed(80)]),
    };
    const inTime = Int32Array.from(pair.current.keys());
    const order = { inTime, currentMs: null, rowsEach: 1, referenceSpanMs: null };
    return stuckRun(codedPair(pair), order, undefined, 10)?.finding.fault;
  };
  expect(found(0)).toBeUndefined();
  expect(found(0.4)).toBe('constant_value');
});

test.each([
  ['many windows', 6_000, 'data_fault', 0],
  ['a few of them, as of any day', 1_500, 'undetermined', 1],
])('one value of a column whose rows mix, beside a reference of %s', (_, rows, verdict, readings) => {
  const draw = draws(5);
  const side = (count: number, fromMs: number, scoreOf: () => number): Table =>
    tableOf({
      features: {
        score: Array.from({ length: count }, scoreOf),
        pulse: Array.from({ length: count }, () => 80 + 10 * draw.normal()),
      },
      timestampMs: Array.from({ length: count }, (__, i) => fromMs + i * MINUTE_MS),
    });
  const said = judge('classification', {
    reference: side(rows, START_MS - rows * MINUTE_MS, () => 50 + Math.floor(100 * draw.uniform())),
    current: side(300, START_MS, () => 61),
  });
  expect(said.verdict).toBe(verdict);
  expect(said.readings?.filter(({ fault }) => fault === 'constant_value') ?? []).toHaveLength(readings);
});
