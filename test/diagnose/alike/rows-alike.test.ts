import { expect, test } from 'vitest';
import { asItWas, rowsAlike } from '../../../src/diagnose/samples/rows-alike.ts';
import { draws } from '../../../src/simulate/draws.ts';

const draw = draws(5);
const wind = Float64Array.from({ length: 3_000 }, () => 8 + 3 * draw.normal());
const rotor = wind.map((value) => Math.min(15, 3 + 1.1 * value + 0.5 * draw.normal()));
const reference = { driver: wind, other: rotor };
const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('in rows of one wind the rotor turns as it did at that wind', () => {
  const hour = Float64Array.from({ length: 400 }, () => 6 + 0.4 * draw.normal());
  const expected = asItWas(reference, hour)!;
  expect(meanOf(expected)).toBeCloseTo(3 + 1.1 * meanOf(hour), 0);
  expect(Math.max(...expected)).toBeLessThan(13);
});

test('the same whatever order the reference comes in, none where the wind is missing, none of too few', () => {
  const hour = Float64Array.of(5, Number.NaN, 7, 7, 9);
  const turned = { driver: wind.toReversed(), other: rotor.toReversed() };
  expect(asItWas(turned, hour)).toEqual(asItWas(reference, hour));
  expect(rowsAlike(reference, hour)![1]).toBe(-1);
  expect(rowsAlike({ driver: wind.slice(0, 20), other: rotor.slice(0, 20) }, hour)).toBeNull();
});

test('among equal values any of their rows', () => {
  const marks = { driver: wind.map((_, row) => row % 3), other: wind.map((_, row) => row) };
  const rows = rowsAlike(marks, new Float64Array(200).fill(1))!;
  expect(new Set(Array.from(rows, (row) => row % 3))).toEqual(new Set([1]));
  expect(new Set(rows).size).toBeGreaterThan(150);
});
