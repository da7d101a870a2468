/** What a column goes with only where that one lies as a rule: a rotor turns at its rated speed in any storm. */
import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { misalignedJoin } from '../../../src/diagnose/faults/rows/misaligned-join.ts';
import { correlationWhereItLies } from '../../../src/diagnose/faults/rows/where-it-lies.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { tableOf } from '../tables.ts';

/** `storm`: how much of the rows beyond the rated wind of 12. */
function turbines(seed: number, rows: number, storm: number, shuffled = 0): Table {
  const draw = draws(seed);
  const drawn = Array.from({ length: rows }, () => {
    const wind = draw.uniform() < storm ? 12 + 8 * draw.uniform() : 3 + 9 * draw.uniform();
    return { wind, rotor: Math.min(12, wind) + 0.3 * draw.normal() };
  });
  const rotor = drawn.map(({ rotor: own }, row) =>
    draw.uniform() < shuffled ? drawn[(row * 7 + 3) % rows]!.rotor : own,
  );
  return tableOf({
    features: {
      wind: drawn.map(({ wind }) => wind),
      gust: drawn.map(({ wind }) => 1.3 * wind + 0.4 * draw.normal()),
      power: drawn.map(({ wind }) => wind ** 2 + 4 * draw.normal()),
      rotor,
    },
  });
}

const found = (window: Table): string[] => {
  const samples = pairSamples(turbines(1, 6_000, 0.1), window);
  return misalignedJoin(samples, samples.features).map(({ finding }) => finding.feature);
};

test('is no join of other rows, and what is one is told in any wind', () => {
  expect(found(turbines(2, 800, 0.6))).toEqual([]);
  expect(found(turbines(3, 800, 0.1, 0.5))).toEqual(['rotor']);
  expect(found(turbines(4, 800, 0.15, 0.5))).toEqual(['rotor']);
});

test('the correlation where the other lies as it does now', () => {
  const rows = Float64Array.from({ length: 1_000 }, (_, row) => row % 100);
  const pair = (name: string, change: (value: number) => number, current: Float64Array) =>
    ({ kind: 'numeric', name, reference: rows.map(change), current }) as const;
  const upper = rows.map((value) => 50 + (value % 50));
  const other = pair('wind', (value) => value, upper);
  // Below 50 both are one; beyond, one falls as the other rises.
  const tent = pair('rotor', (value) => Math.min(value, 100 - value), upper);
  expect(correlationWhereItLies(tent, other)).toBeCloseTo(-1, 2);
  expect(correlationWhereItLies(tent, { ...other, current: rows.map((value) => value / 2) })).toBeCloseTo(
    1,
    2,
  );
  expect(correlationWhereItLies(tent, { ...other, current: rows.slice(0, 40) })).toBeNull();
});
