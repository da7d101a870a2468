import { expect, test } from 'vitest';
import { codedPair } from '../../../src/diagnose/faults/coded-pair.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('numbers have codes in the order in which they come, first those of the reference', () => {
  const coded = codedPair({
    kind: 'numeric',
    name: 'x',
    reference: Float64Array.of(5, Number.NaN, -0, 5, 2, 0, -3),
    current: Float64Array.of(7, 2, 0, -0, Number.NaN, 8, 7),
  });
  expect([...coded.current]).toEqual([4, 2, 1, 1, -1, 5, 4]);
  expect([0, 1, 2, 3, 4, 5, 6].map(coded.numberOf)).toEqual([5, 0, 2, -3, 7, 8, Number.NaN]);
  expect(coded.valueOf(1)).toBe('0');
  expect([...coded.counts.reference]).toEqual([2, 2, 1, 1, 0, 0]);
  expect([...coded.counts.current]).toEqual([0, 2, 1, 0, 2, 1]);
  expect(coded.rows).toEqual({ reference: 6, current: 6 });
});

test('as many numbers as a map would tell apart', () => {
  const random = createRandom(3);
  const drawn = (): Float64Array =>
    Float64Array.from({ length: 500 }, () => (random() < 0.05 ? Number.NaN : Math.floor(random() * 90) - 40));
  const [reference, current] = [drawn(), drawn()];
  const coded = codedPair({ kind: 'numeric', name: 'x', reference, current });
  const known = [...new Set([...reference, ...current].filter((value) => !Number.isNaN(value)))];
  expect(known.map((_, code) => coded.numberOf(code))).toEqual(known);
  expect([...coded.counts.reference]).toEqual(
    known.map((value) => reference.filter((each) => each === value).length),
  );
  expect([...coded.current]).toEqual(Array.from(current, (value) => known.indexOf(value)));
});
