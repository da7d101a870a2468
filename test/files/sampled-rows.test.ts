import { expect, it } from 'vitest';
import { cutRows, sampledRows } from '../../src/files/compare/cut.ts';

/** Rows of either side that a comparison of so many columns looks at together. */
function sampled(features: number): number[] {
  const keys = Float64Array.from({ length: 30_000 }, (_, row) => (row * 7919 * 2 ** 30) % 2 ** 53);
  const rows = { reference: keys.length, current: keys.length };
  const cut = cutRows({
    rows,
    keys: { reference: keys, current: keys },
    labelled: null,
    features,
    referenceMs: null,
    currentMs: null,
    segments: [],
    windowed: null,
  });
  const [whole] = cut.slices;
  return [whole!.reference.sample.length, whole!.current[0]!.sample.length];
}

it('looks at 20,000 rows of each side up to 400 columns, then at fewer, and never at fewer than 2,000', () => {
  expect(sampled(20)).toEqual([20_000, 20_000]);
  expect(sampled(400)).toEqual([20_000, 20_000]);
  expect(sampled(1_000)).toEqual([8_000, 8_000]);
  expect(sampled(100_000)).toEqual([2_000, 2_000]);
  expect(sampledRows(0)).toBeGreaterThan(20_000);
});
