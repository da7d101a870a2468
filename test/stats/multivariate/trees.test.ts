import { describe, expect, it } from 'vitest';
import { bestSplit, goesLeft } from '../../../src/stats/multivariate/best-split.ts';
import { binFeatures } from '../../../src/stats/multivariate/binned-features.ts';
import type { BinnedFeatures } from '../../../src/stats/multivariate/binned-features.ts';
import { boostTrees, scoreRows } from '../../../src/stats/multivariate/boosted-trees.ts';
import {
  addToHistogram,
  binOffsets,
  subtractHistogram,
} from '../../../src/stats/multivariate/gradient-histogram.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { levels, mixedSample, numbers, repeat } from './samples.ts';

const RULES = { minLeafRows: 1, ridgeRows: 0 };

function binsOf(...features: Parameters<typeof binFeatures>[0]['features'][number][]): BinnedFeatures {
  const first = features[0];
  const rows = first?.kind === 'numeric' ? first.values.length : (first?.codes.length ?? 0);
  return binFeatures({ referenceRows: rows, currentRows: 0, features });
}

describe('bins for trees', () => {
  it('keep the order of numbers, their ties together, and missing apart', () => {
    const binned = binsOf(numbers('x', [3, Number.NaN, 1, 3, -Infinity, 1e12, Infinity]));
    expect([...binned.bins]).toEqual([3, 0, 2, 3, 1, 4, 5]);
    expect(binned.binCounts[0]).toBe(6);
  });

  it('are 63 of equal size for many values', () => {
    const binned = binsOf(
      numbers(
        'x',
        repeat(6_300, (row) => row),
      ),
    );
    const counts = new Map<number, number>();
    for (const bin of binned.bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    expect([...counts.keys()]).toEqual(repeat(63, (bin) => bin + 1));
    expect(new Set(counts.values())).toEqual(new Set([100]));
  });

  it('give frequent levels a bin each and share one among the rest', () => {
    const codes = repeat(2_000, (row) => (row < 1_000 ? row % 62 : row % 400));
    const binned = binsOf(levels('c', [...codes, -1], 400));
    expect(binned.binCounts[0]).toBe(64);
    expect(binned.bins.at(-1)).toBe(0);
    expect(binned.bins[399 + 1_200]).toBe(63);
    expect(binned.bins[399 + 1_200]).toBe(binned.bins[200 + 1_200]);
  });
});

describe('the best split', () => {
  it('is the one of all possible ones that gains most', () => {
    const random = createRandom(31);
    for (let round = 0; round < 20; round++) {
      const binned = binFeatures(mixedSample(30, 30, 4, random));
      const gradients = Float64Array.from(repeat(60, () => random() - 0.5));
      const offsets = binOffsets(binned);
      const histogram = new Float64Array(2 * (offsets.at(-1) ?? 0));
      const all = Int32Array.from(repeat(60, (row) => row));
      addToHistogram(histogram, offsets, binned, all, gradients);
      const found = bestSplit(histogram, offsets, binned, RULES);
      expect(found?.gain).toBeCloseTo(bestGainByTrying(binned, gradients), 9);
    }
  });

  it('does not exist where nothing gains, or too few rows are left', () => {
    const binned = binsOf(numbers('x', [1, 2, 3, 4]));
    const offsets = binOffsets(binned);
    const flat = new Float64Array(2 * (offsets.at(-1) ?? 0));
    addToHistogram(flat, offsets, binned, Int32Array.of(0, 1, 2, 3), new Float64Array(4));
    expect(bestSplit(flat, offsets, binned, RULES)).toBeNull();
    const steep = new Float64Array(flat.length);
    addToHistogram(steep, offsets, binned, Int32Array.of(0, 1, 2, 3), Float64Array.of(-1, -1, 1, 1));
    expect(bestSplit(steep, offsets, binned, { ...RULES, minLeafRows: 2 })?.gain).toBeCloseTo(4, 12);
    expect(bestSplit(steep, offsets, binned, { ...RULES, minLeafRows: 3 })).toBeNull();
  });

  it('leaves of a node what its other child has', () => {
    expect([...subtractHistogram(Float64Array.of(3, 5), Float64Array.of(1, 2))]).toEqual([2, 3]);
  });
});

function bestGainByTrying(binned: BinnedFeatures, gradients: Float64Array): number {
  let best = 0;
  for (let feature = 0; feature < binned.features; feature++) {
    const ordered = binned.ordered[feature] === true;
    for (let bin = 0; bin < (binned.binCounts[feature] ?? 0); bin++) {
      for (const missingLeft of ordered ? [true, false] : [false]) {
        const split = { feature, bin, ordered, missingLeft, gain: 0 };
        const sides = [0, 0, 0, 0];
        for (const [row, gradient] of gradients.entries()) {
          const side = goesLeft(split, binned.bins[row * binned.features + feature] ?? 0) ? 0 : 2;
          sides[side] = (sides[side] ?? 0) + gradient;
          sides[side + 1] = (sides[side + 1] ?? 0) + 1;
        }
        const [left = 0, leftRows = 0, right = 0, rightRows = 0] = sides;
        if (leftRows === 0 || rightRows === 0) continue;
        const node = (left + right) ** 2 / (leftRows + rightRows);
        best = Math.max(best, left ** 2 / leftRows + right ** 2 / rightRows - node);
      }
    }
  }
  return best;
}

describe('boosted trees', () => {
  const rules = { trees: 60, leaves: 8, learningRate: 0.3, minLeafRows: 5, ridgeRows: 0 };

  it('learn the log-odds of every cell of a table', () => {
    // Two levels; 20 % of the first and 70 % of the second are current.
    const codes = repeat(400, (row) => row % 2);
    const isCurrent = Uint8Array.from(codes, (code, row) => ((row >> 1) % 10 < (code === 0 ? 2 : 7) ? 1 : 0));
    const features = binFeatures({ referenceRows: 400, currentRows: 0, features: [levels('c', codes, 2)] });
    const rows = Int32Array.from(repeat(400, (row) => row));
    const credit = new Float64Array(1);
    const scores = scoreRows(
      boostTrees(features, isCurrent, rows, rules),
      features,
      isCurrent,
      Int32Array.of(0, 1),
      credit,
    );
    expect(scores[0]).toBeCloseTo(Math.log(0.2 / 0.8), 3);
    expect(scores[1]).toBeCloseTo(Math.log(0.7 / 0.3), 3);
  });

  it('stop where there is nothing to learn', () => {
    const features = binFeatures({
      referenceRows: 9,
      currentRows: 3,
      features: [
        numbers(
          'x',
          repeat(12, () => 1),
        ),
      ],
    });
    const isCurrent = new Uint8Array(12).fill(1, 9);
    const model = boostTrees(features, isCurrent, Int32Array.from(repeat(12, (row) => row)), rules);
    expect(model).toEqual({ logOdds: Math.log(3 / 9), trees: [] });
  });

  it('learn from missing alone', () => {
    const values = repeat(100, (row) => (row >= 50 ? Number.NaN : 1));
    const features = binFeatures({ referenceRows: 50, currentRows: 50, features: [numbers('x', values)] });
    const isCurrent = new Uint8Array(100).fill(1, 50);
    const rows = Int32Array.from(repeat(100, (row) => row));
    const credit = new Float64Array(1);
    const scores = scoreRows(boostTrees(features, isCurrent, rows, rules), features, isCurrent, rows, credit);
    expect(scores[0]).toBeLessThan(-3);
    expect(scores[99]).toBeGreaterThan(3);
    expect(credit[0]).toBeGreaterThan(0);
  });
});
