import { describe, expect, test } from 'vitest';
import { conceptTest } from '../../../../src/diagnose/relation/concept-test.ts';
import { crowdedColumns } from '../../../../src/diagnose/relation/level-effects.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { tableOf } from '../../tables.ts';

const LEVELS = 2000;

interface Shop {
  /** Weight of each level among the current rows, of its effect and its weight before. */
  weight(before: number, effect: number, draw: Draws): number;
  /** Added to the current rows' log odds, or mean. */
  readonly step?: number;
}

const SAME: Shop = { weight: (before) => before };
const MOVED: Shop = { weight: (before, _, draw) => before * Math.exp(draw.normal()) };
const FOLLOWS: Shop = { weight: (before, effect) => before * Math.exp(effect / 2) };

function cumulative(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}

function pick(sums: Float64Array, at: number): number {
  const wanted = at * sums.at(-1)!;
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Thousands of levels, each with an effect of its own, and two numbers of which one goes with the level. */
function shop(seed: number, change: Shop, isNumber = false): RowSamples {
  const draw = draws(seed);
  const weights = Array.from({ length: LEVELS }, (_, i) => 1 / (i + 5) ** 0.9);
  const effects = weights.map(() => draw.normal());
  const before = cumulative(weights);
  const now = cumulative(weights.map((weight, level) => change.weight(weight, effects[level]!, draw)));
  const side = (rows: number, sums: Float64Array, step: number): Parameters<typeof pairSamples>[0] => {
    const drawn = Array.from({ length: rows }, () => {
      const level = pick(sums, draw.uniform());
      const [x, z] = [draw.normal() + 0.3 * effects[level]!, draw.normal()];
      const index = -0.3 + 0.8 * x - 0.5 * z + effects[level]! + step;
      const label = isNumber
        ? 3 * index + 3 * draw.normal()
        : draw.uniform() < 1 / (1 + Math.exp(-index))
          ? 'yes'
          : 'no';
      return { x, z, item: `item ${level}`, label };
    });
    return tableOf({
      features: {
        x: drawn.map((row) => row.x),
        z: drawn.map((row) => row.z),
        item: drawn.map((row) => row.item),
      },
      label: drawn.map((row) => row.label),
    });
  };
  return pairSamples(side(3000, before, 0), side(1500, now, change.step ?? 0));
}

describe('the relation where a column has thousands of levels', () => {
  test.each([
    ['nothing moved', SAME],
    ['the shares of the levels moved', MOVED],
    ['the shares followed the effect', FOLLOWS],
  ])('%s: the relation held', (_, change) => {
    for (const seed of [11, 12]) {
      expect(conceptTest('classification', shop(seed, change)).p).toBeGreaterThan(1e-3);
    }
    expect(conceptTest('regression', shop(13, change, true)).p).toBeGreaterThan(1e-3);
  });

  test('a step in the log odds is found, and beside moved shares as well', () => {
    for (const change of [SAME, MOVED]) {
      expect(conceptTest('classification', shop(21, { ...change, step: 0.8 })).p).toBeLessThan(1e-3);
      expect(conceptTest('regression', shop(22, { ...change, step: 0.8 }, true)).p).toBeLessThan(1e-3);
    }
  });

  test('rows of levels that the reference never had are told of', () => {
    const { oneSided } = conceptTest('classification', shop(31, MOVED));
    expect(oneSided?.feature).toBe('item');
    expect(oneSided?.share).toBeGreaterThan(0.05);
    expect(oneSided?.share).toBeLessThan(0.4);
  });
});

describe('which columns are crowded', () => {
  test('thousands of levels are, a handful are not, nor is a number of each row', () => {
    const samples = shop(41, SAME);
    expect(crowdedColumns(samples).map(({ feature }) => feature)).toEqual(['item']);
    const few = {
      ...samples,
      features: samples.features.map((pair) =>
        pair.kind === 'levels'
          ? {
              ...pair,
              reference: pair.reference.map((code) => code % 5),
              current: pair.current.map((code) => code % 5),
            }
          : pair,
      ),
    };
    expect(crowdedColumns(few)).toEqual([]);
    const own = {
      ...samples,
      features: samples.features.map((pair) =>
        pair.kind === 'levels'
          ? {
              ...pair,
              levels: Array.from({ length: 4500 }, (_, row) => `row ${row}`),
              reference: pair.reference.map((_, row) => row),
              current: pair.current.map((_, row) => 3000 + row),
            }
          : pair,
      ),
    };
    expect(crowdedColumns(own)).toEqual([]);
  });
});
