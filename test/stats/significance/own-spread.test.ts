import { expect, test } from 'vitest';
import { draws } from '../../../src/simulate/draws.ts';
import { areNeighboursApart, ownSpread } from '../../../src/stats/significance/own-spread.ts';

const BINS = 10;
const SEEDS = Array.from({ length: 200 }, (_, at) => 300 + at);

/** Of ten equally likely cells, with a memory of so many rows (Ornstein and Uhlenbeck; 0: none). */
function course(seed: number, rows: number, memory: number): Int32Array {
  const draw = draws(seed);
  const keep = memory === 0 ? 0 : Math.exp(-1 / memory);
  let at = draw.normal();
  return Int32Array.from({ length: rows }, () => {
    at = keep * at + Math.sqrt(1 - keep ** 2) * draw.normal();
    return Math.min(BINS - 1, Math.floor(BINS / (1 + Math.exp(-1.7 * at))));
  });
}

test('rows that are independent of each other have no spread of their own', () => {
  const found = SEEDS.filter((seed) => ownSpread(course(seed, 500, 0), BINS) !== null);
  expect(found.length).toBeLessThanOrEqual(4);
});

/** Mean X²/df of all rows beside the shares that such courses have, and the middle factor. */
function spreads(rows: number, memory: number): { readonly is: number; readonly said: number } {
  const shares = new Float64Array(BINS);
  for (const cell of course(1, 400_000, 0)) shares[cell]! += 1 / 400_000;
  const all = SEEDS.map((seed) => {
    const cells = course(seed, rows, memory);
    const counts = new Float64Array(BINS);
    for (const cell of cells) counts[cell]! += 1;
    const x2 = counts.reduce(
      (sum, n, bin) => sum + (n - rows * shares[bin]!) ** 2 / (rows * shares[bin]!),
      0,
    );
    return { x2: x2 / (BINS - 1), factor: ownSpread(cells, BINS)?.factor ?? 1 };
  });
  const factors = all.map(({ factor }) => factor).sort((a, b) => a - b);
  return {
    is: all.reduce((sum, { x2 }) => sum + x2, 0) / all.length,
    said: factors[factors.length >> 1]!,
  };
}

test('a course with a memory spreads by about as much as it has fewer occasions than rows', () => {
  for (const memory of [6, 12, 50]) {
    const { is, said } = spreads(600, memory);
    expect(said / is).toBeGreaterThan(0.6);
    expect(said / is).toBeLessThan(1.4);
  }
});

test('one step is no spread, and one value throughout is one occasion', () => {
  const stepped = SEEDS.filter((seed) => {
    const draw = draws(seed);
    const cells = Int32Array.from({ length: 480 }, (_, row) =>
      Math.floor((row < 200 ? 6 : 10) * draw.uniform()),
    );
    const found = ownSpread(cells, BINS);
    return found !== null && found.factor > 2.5;
  });
  expect(stepped.length).toBeLessThanOrEqual(10);
  expect(ownSpread(new Int32Array(300), BINS)).toEqual({ factor: 300, windows: 0 });
  expect(ownSpread(new Int32Array(0), BINS)).toBeNull();
});

test('windows that are now here and now there are apart, those of one step are not', () => {
  const windows = (seed: number, shareOf: (at: number, draw: ReturnType<typeof draws>) => number) => {
    const draw = draws(seed);
    return Array.from({ length: 12 }, (_, at) => {
      const share = shareOf(at, draw);
      const ones = Array.from({ length: 300 }, () => draw.uniform() < share).filter(Boolean).length;
      return [300 - ones, ones];
    });
  };
  const apart = (shareOf: Parameters<typeof windows>[1]): number =>
    SEEDS.filter((seed) => areNeighboursApart(windows(seed, shareOf))).length / SEEDS.length;
  expect(apart(() => 0.4)).toBeLessThan(0.01);
  expect(apart((at) => (at < 7 ? 0.4 : 0.6))).toBeLessThan(0.03);
  expect(apart((_, draw) => 0.2 + 0.5 * draw.uniform())).toBeGreaterThan(0.9);
  expect(areNeighboursApart([[1, 2]])).toBe(false);
});
