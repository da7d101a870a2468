import { expect, test } from 'vitest';
import { forgetKept } from '../../../../src/core/memory/remember.ts';
import { rankCorrelations } from '../../../../src/diagnose/faults/rows/rank-correlations.ts';
import type { ColumnCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { createRandom } from '../../../../src/stats/random.ts';

const random = createRandom(9);
const ROWS = 300;
const numbers = (): Float64Array => Float64Array.from({ length: ROWS }, () => random());
const numeric = (name: string, reference: Float64Array): ColumnCells => ({
  kind: 'numeric',
  name,
  reference,
  current: numbers(),
});

test("a reference's correlations outlast forgetting, for another window too", () => {
  const [a, b] = [numbers(), numbers()];
  const codes = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 4));
  const kind = (): ColumnCells => ({
    kind: 'levels',
    name: 'kind',
    levels: ['a', 'b', 'c', 'd'],
    reference: codes,
    current: Int32Array.from(codes, (code) => 3 - code),
  });
  const first = rankCorrelations([numeric('a', a), kind(), numeric('b', b)]);
  forgetKept();
  const second = rankCorrelations([numeric('a', a), kind(), numeric('b', b)]);
  expect(second.reference).toBe(first.reference);
  expect(second.current).not.toEqual(first.current);
  expect(second.ranks.reference(0)).toEqual(first.ranks.reference(0));
});

test('columns of the same names that hold something else have correlations of their own', () => {
  const a = numbers();
  const together = rankCorrelations([numeric('a', a), numeric('b', Float64Array.from(a))]);
  const apart = rankCorrelations([numeric('a', a), numeric('b', numbers())]);
  expect(together.reference[1]).toBeCloseTo(Math.atanh(0.999), 12);
  expect(Math.abs(apart.reference[1]!)).toBeLessThan(0.3);
});
