import { describe, expect, test } from 'vitest';
import { LevelCompany } from '../../src/stats/company/level-company.ts';
import { crossProducts, levelSpace } from '../../src/stats/company/level-space.ts';
import type { AxisRows, LevelSpace } from '../../src/stats/company/level-space.ts';
import { referenceScores } from '../../src/stats/company/reference-scores.ts';
import { sameShares } from '../../src/stats/company/same-shares.ts';
import { logGamma } from '../../src/stats/special/log-gamma.ts';
import { draws } from '../../src/simulate/draws.ts';

test('ln Γ', () => {
  expect(logGamma(5)).toBeCloseTo(Math.log(24), 12);
  expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
  expect(logGamma(1e6) - logGamma(1e6 - 1)).toBeCloseTo(Math.log(1e6 - 1), 6);
});

test('normal scores of ranks', () => {
  expect([...referenceScores(Float64Array.of(1, 2, 3), Float64Array.of(2, Number.NaN))]).toEqual([0, 0]);
  const [low, high] = referenceScores(Float64Array.of(1, 2, 3), Float64Array.of(-99, 99));
  expect(low).toBeLessThan(-0.9);
  expect(high).toBe(-(low ?? 0));
  const half = [...referenceScores(Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1))];
  expect(half[1]).toBeCloseTo(0.6745, 3);
});

describe('shares', () => {
  test('that are sharp and agree are evidence, equal ones are none', () => {
    expect(sameShares([4000, 3000, 2000, 1000], [2010, 1490, 1005, 495])).toBeGreaterThan(Math.log(100));
    expect(sameShares([100, 100, 100], [50, 50, 50])).toBeLessThan(0);
    expect(sameShares([4000, 3000, 2000, 1000], [1500, 1400, 1100, 1000])).toBeLessThan(-10);
    expect(sameShares([100], [100])).toBe(-Infinity);
  });
});

/** Levels on a line: the first axis bears their means, a second one copies it, others bear nothing. */
function world(seed: number, between: number): { rows: AxisRows; codes: Int32Array; levels: number } {
  const draw = draws(seed);
  const levels = 12;
  const means = Array.from({ length: levels }, () => between * draw.normal());
  const codes = Int32Array.from({ length: 3000 }, () => Math.floor(levels * draw.uniform()));
  const values = Float64Array.from(codes, () => 0);
  const axes = 4;
  const all = new Float64Array(values.length * axes);
  for (const [row, code] of codes.entries()) {
    const x = (means[code] ?? 0) + draw.normal();
    all.set([x, x + 0.1 * draw.normal(), draw.normal(), draw.normal()], row * axes);
  }
  return { rows: { axes, values: all }, codes, levels };
}

function spaceOf({ rows, codes, levels }: ReturnType<typeof world>): LevelSpace | null {
  return levelSpace(rows, crossProducts(rows), { codes, levels }, [0, 1, 2, 3]);
}

test.each([0, 1, 3, 4, 5, 11])(
  'cross products of %i rows are those added row by row, to the last bit',
  (rows) => {
    const draw = draws(rows);
    const axes = 5;
    const values = Float64Array.from({ length: rows * axes }, (_, at) =>
      at % 7 === 3 ? 0 : draw.normal() * 10 ** (at % 9),
    );
    const expected = new Float64Array(axes * axes);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < axes; i++)
        for (let j = 0; j < axes; j++)
          expected[i * axes + j]! += values[row * axes + i]! * values[row * axes + j]!;
    }
    expect(crossProducts({ axes, values })).toStrictEqual(expected);
  },
);

describe('the space of levels', () => {
  test('has one dimension where one thing tells them apart, however many columns repeat it', () => {
    const space = spaceOf(world(61, 0.5));
    const told = [...(space?.between ?? [])].filter((variance) => variance > 0);
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(0.1);
    expect(told[0]).toBeLessThan(0.6);
  });

  test('is none where nothing tells them apart', () => {
    const none = Array.from({ length: 40 }, (_, i) => spaceOf(world(100 + i, 0))).filter(
      (space) => space !== null,
    );
    expect(none.length).toBeLessThanOrEqual(2);
  });

  test('rows of a level fit it better than any, and two levels differ as before', () => {
    const given = world(62, 0.7);
    const space = spaceOf(given);
    if (space === null) throw new Error('levels have no company');
    const company = new LevelCompany(space, given.rows, given.codes, given);
    const drift = company.drift(new Set([0]));
    const rows = company.rowsOf(0);
    expect(rows && company.likeness(0, rows, drift)).toBeGreaterThan(0);
    const far = [...space.reference.keys()].sort(
      (a, b) => (space.reference[a]?.mean[0] ?? 0) - (space.reference[b]?.mean[0] ?? 0),
    );
    const [low = 0, high = 0] = [far[0], far.at(-1)];
    expect(rows && company.turned(low, high)?.factor).toBeCloseTo(1, 1);
    const turned = Int32Array.from(given.codes, (code) => (code === low ? high : code === high ? low : code));
    const other = new LevelCompany(space, given.rows, turned, given);
    expect(other.turned(low, high)?.factor).toBeCloseTo(-1, 1);
    expect(other.turnedFrom(low, high, Int32Array.from(turned.keys()))).toBeLessThan(60);
    // The same, row by row.
    const along = other.along(low, high);
    const mean = (values: Float64Array, codes: Int32Array, level: number): number => {
      const of = [...values].filter((_, row) => codes[row] === level);
      return of.reduce((sum, value) => sum + value, 0) / of.length;
    };
    const apart = (values: Float64Array, codes: Int32Array): number =>
      mean(values, codes, low) - mean(values, codes, high);
    expect(along && apart(along.current, turned)).toBeCloseTo(-1, 1);
    expect(along && apart(along.reference, given.codes)).toBeCloseTo(1, 1);
  });
});
