/** A training table in no order, without times: what rows of one day have in common nobody has learned. */
import { expect, test } from 'vitest';
import type { FaultFinding } from '../../../src/core/faults.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;

interface Row {
  readonly rain: number;
  readonly age: number;
  readonly weight: number;
  readonly release: number;
  readonly score: number;
}

/** Weather and releases are those of the hour, all else those of a person. */
function row(draw: Draws, hour: { readonly rain: number; readonly release: number }): Row {
  const age = Math.round(45 + 12 * draw.normal());
  const weight = 30 + age + 10 * draw.normal();
  const rain = hour.rain === 0 ? 0 : Math.round(10 * hour.rain * (0.5 + draw.uniform())) / 10;
  return { rain, age, weight, release: hour.release, score: draw.normal() };
}

const rainIn = (draw: Draws): number => (draw.uniform() < 0.15 ? 1 + 4 * draw.uniform() : 0);

function faultsOf(seed: number, change: (row: Row, at: number) => Row, release = 7): readonly FaultFinding[] {
  const draw = draws(seed);
  const reference = Array.from({ length: 4_000 }, () =>
    row(draw, { rain: rainIn(draw), release: 3 + Math.floor(4 * draw.uniform()) }),
  );
  // It rained for an hour of the first four; ten rows an hour.
  const current = Array.from({ length: 400 }, (_, at) =>
    change(row(draw, { rain: at < 40 && at >= 25 ? 3 : 0, release }), at),
  );
  const table = (rows: readonly Row[], fromMs: number | null): Table =>
    tableOf({
      features: Object.fromEntries(
        (['rain', 'age', 'weight', 'release', 'score'] as const).map((name) => [
          name,
          rows.map((each) => each[name]),
        ]),
      ),
      ...(fromMs !== null && { timestampMs: rows.map((_, i) => fromMs + i * 6 * MINUTE_MS) }),
    });
  return judge('classification', { reference: table(reference, null), current: table(current, START_MS) })
    .faults;
}

test('a dry day and a release of which all rows are one are no faults', () => {
  expect(faultsOf(1, (each) => each)).toEqual([]);
  expect(faultsOf(2, (each) => ({ ...each, rain: 0 }))).toEqual([]);
});

test('a number that every person had for himself is stuck, the whole day or a part of it', () => {
  expect(faultsOf(3, (each) => ({ ...each, score: 0.123 }))).toMatchObject([
    { fault: 'constant_value', feature: 'score' },
  ]);
  expect(faultsOf(4, (each, at) => ({ ...each, score: at > 150 ? 0.123 : each.score }))).toMatchObject([
    { fault: 'constant_value', feature: 'score' },
  ]);
});

test('a common value is stuck where the rows before it come in no order, and what goes with it goes on', () => {
  expect(faultsOf(5, (each, at) => ({ ...each, age: at > 250 ? 45 : each.age }))).toMatchObject([
    { fault: 'constant_value', feature: 'age' },
  ]);
  expect(faultsOf(6, (each) => ({ ...each, age: 99 }))).toMatchObject([{ feature: 'age' }]);
});
