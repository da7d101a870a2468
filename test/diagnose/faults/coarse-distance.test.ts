import { expect, test } from 'vitest';
import { isNear } from '../../../src/diagnose/faults/coarse-distance.ts';
import { distanceWithin } from '../../../src/diagnose/faults/resolution.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('two samples are near where their distance says so, whatever the limit, with ties and without', () => {
  const random = createRandom(11);
  const drawn = (rows: number, values: number, shift: number): Float64Array =>
    Float64Array.from({ length: rows }, () => Math.floor(random() * values) / 10 + shift).sort();
  let [near, far] = [0, 0];
  for (let round = 0; round < 400; round++) {
    const values = [3, 40, 5_000][round % 3]!;
    const shift = ((round % 7) - 2) * 0.02 * values * 0.1;
    const a = drawn(Math.floor(random() * 300), values, 0);
    const b = drawn(1 + Math.floor(random() * 300), values, shift);
    const distance = distanceWithin(a, b, 0);
    for (const limit of [0, 0.03, 0.1, 0.3, distance, distance * (1 - 1e-15)]) {
      expect(isNear(a, b, limit)).toBe(distance <= limit);
      if (distance <= limit) near += 1;
      else far += 1;
    }
  }
  expect(Math.min(near, far)).toBeGreaterThan(300);
});
