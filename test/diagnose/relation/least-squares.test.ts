import { expect, test } from 'vitest';
import {
  correlationOfKnown,
  explainedBy,
  leastSquares,
} from '../../../src/diagnose/relation/algebra/least-squares.ts';

const NONE = Number.NaN;
const one = Float64Array.of(0, 1, 2, 3, NONE, 5);
const other = Float64Array.of(1, 0, 1, 0, 1, 1);
// 2 + 2 · one + 3 · other
const values = Float64Array.of(5, 4, 9, NONE, 1, 15);

test('rows with something unknown do not count, and what witnesses say of them is unknown', () => {
  const weights = leastSquares(values, [one, other]);
  expect([...weights].map((weight) => Math.round(weight * 1e9) / 1e9)).toEqual([2, 2, 3]);
  expect(explainedBy([one, other], weights)[3]).toBeCloseTo(8, 9);
  expect(explainedBy([one, other], weights)[4]).toBeNaN();
});

test('a witness that follows from others has no weight', () => {
  const weights = leastSquares(values, [other, other.map((value) => 2 * value)]);
  expect(weights[2]).toBe(0);
});

test('a correlation is that of rows where both are known', () => {
  expect(correlationOfKnown(one, Float64Array.of(0, 2, NONE, 6, 100, 10))).toBeCloseTo(1, 12);
  expect(correlationOfKnown(one, Float64Array.of(1, 1, 1, 1, 1, 1))).toBe(0);
});
