import { expect, test } from 'vitest';
import { distanceWithin } from '../../../src/diagnose/faults/resolution.ts';
import { createRandom } from '../../../src/stats/random.ts';

/** By its definition: both shares at every value. */
function byDefinition(a: Float64Array, b: Float64Array, tolerance: number): number {
  const beyond = (one: Float64Array, other: Float64Array): number[] =>
    Array.from(one, (x) => {
      const last = x + tolerance + 1e-9 * Math.abs(x);
      return (
        one.filter((value) => value <= x).length / one.length -
        other.filter((value) => value <= last).length / other.length
      );
    });
  return Math.max(0, ...beyond(a, b), ...beyond(b, a));
}

test('the distance is that of its definition, to the last bit, with ties and without', () => {
  const random = createRandom(7);
  const sorted = (rows: number, values: number, shift: number): Float64Array =>
    Float64Array.from({ length: rows }, () => Math.floor(random() * values) / 10 + shift).sort();
  for (let round = 0; round < 300; round++) {
    const values = round % 3 === 0 ? 12 : 5_000;
    const a = sorted(1 + Math.floor(random() * 60), values, 0);
    const b = sorted(1 + Math.floor(random() * 60), values, round % 2);
    for (const tolerance of [0, 0.05, 1]) {
      expect(distanceWithin(a, b, tolerance)).toBe(byDefinition(a, b, tolerance));
    }
  }
});

test('beyond the limit only that is told', () => {
  const [low, high] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(3, 4, 5, 6)];
  expect(distanceWithin(low, high, 0)).toBe(0.5);
  expect(distanceWithin(low, high, 0, 0.1)).toBeGreaterThan(0.1);
  expect(distanceWithin(low, high, 0, 0.5)).toBe(0.5);
});
