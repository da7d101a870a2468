/** A conversion that happens to fit, of a column that is where its company says. */
import { expect, test } from 'vitest';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { movesAsOthers } from '../../../../src/diagnose/faults/units/moves-as-others.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { FEATURES } from '../../samples-of-columns.ts';

/** Power by weight, and both gauges of a warmth that were converted, of heavier cargo. */
function crane(by: number, convert: (celsius: number) => number): NumericCells[] {
  const draw = draws(41);
  const rowOf = (heavier: number, as: (celsius: number) => number): number[] => {
    const [weight, warm] = [20 + heavier + 5 * draw.normal(), 15 + 6 * draw.normal()];
    return [weight, 250 + 4 * weight + 8 * draw.normal(), as(warm), as(warm + draw.normal())];
  };
  const before = Array.from({ length: 3_000 }, () => rowOf(0, (celsius) => celsius));
  const now = Array.from({ length: 400 }, () => rowOf(by, convert));
  return ['weight', 'power', 'warm', 'warm2'].map((name, at) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(before, (row) => row[at]!),
    current: Float64Array.from(now, (row) => row[at]!),
  }));
}

test('power moved as its weight did', () => {
  const columns = crane(4, (celsius) => celsius);
  expect(movesAsOthers(columns[1]!, columns, FEATURES)).toBe(true);
});

test('two gauges that were both converted say nothing of each other', () => {
  const columns = crane(0, (celsius) => 1.8 * celsius + 32);
  expect(movesAsOthers(columns[2]!, columns, FEATURES)).toBe(false);
  expect(movesAsOthers(columns[3]!, columns, FEATURES)).toBe(false);
});
