import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { furthestApart, stepPath } from '../../src/picture/cdf.ts';
import { fanPaths } from '../../src/picture/fan.ts';
import { ridgesOf, smoothed } from '../../src/picture/ridges.ts';
import { linearScale } from '../../src/picture/scale.ts';
import { symlogScale, symlogTicks } from '../../src/picture/symlog-scale.ts';

describe('distribution functions', () => {
  const x = linearScale([0, 4], [0, 40]);
  const y = linearScale([0, 1], [10, 0]);

  it('rise straight at each value, and are flat between', () => {
    expect(
      stepPath(
        [
          [1, 0.5],
          [3, 1],
        ],
        x,
        y,
      ),
    ).toBe('M0 10H10V5H30V0H40');
    expect(stepPath([], x, y)).toBe('');
  });

  it('stay within the axis', () => {
    expect(
      stepPath(
        [
          [-9, 0.25],
          [9, 1],
        ],
        x,
        y,
      ),
    ).toBe('M0 10H0V7.5H40V0H40');
  });

  it('are furthest apart at the first of the largest distances', () => {
    const points = [
      { x: 1, reference: 0.1, current: 0.2 },
      { x: 2, reference: 0.8, current: 0.3 },
      { x: 3, reference: 0.4, current: 0.9 },
    ];
    expect(furthestApart(points)).toBe(points[1]);
    expect(furthestApart([])).toBeNull();
  });
});

describe('fans', () => {
  it('are two bands and a middle, with a hole where there are no values', () => {
    const y = linearScale([0, 10], [10, 0]);
    const paths = fanPaths(
      [
        { x: 0, quantiles: [1, 2, 3, 4, 5] },
        { x: 10, quantiles: [1, 2, 3, 4, 5] },
        { x: 20, quantiles: null },
        { x: 30, quantiles: [0, 0, 0, 0, 0] },
      ],
      y,
    );
    expect(paths.outer).toBe('M0 9L10 9L10 5L0 5ZM30 10L30 10Z');
    expect(paths.inner).toBe('M0 8L10 8L10 6L0 6ZM30 10L30 10Z');
    expect(paths.middle).toBe('M0 7L10 7M30 10h0');
  });
});

describe('ridges', () => {
  const box = { left: 0, right: 30, height: 100, overlap: 2 };

  it('share one scale: the highest of all reaches as far as ridges may, and no ridge beyond the picture', () => {
    const [wide, narrow] = ridgesOf(
      [
        [1, 1, 1],
        [0, 3, 0],
      ].map((row) => row.map((count) => count / 3)),
      box,
    );
    const heights = ({ d, base }: { d: string; base: number }): number[] =>
      [...d.matchAll(/L\S+ (\S+?)(?=L|Z)/g)].map(([, top]) => base - Number(top));
    expect(Math.max(...heights(narrow!))).toBeCloseTo((2 * 100) / 3, 1);
    expect(Math.max(...heights(wide!))).toBeCloseTo((2 * 100) / 3 / 3, 1);
    expect(wide!.base).toBeCloseTo(200 / 3, 5);
    expect(narrow!.base).toBeCloseTo(100, 5);
  });

  it('are not flattened by what is heaped up beyond the axis, which is cut off', () => {
    const row = [0, 0.1, 0.2, 0.1, 0];
    const heap = [0, 0, 0, 0, 1];
    const [own, heaped] = ridgesOf([row, heap], box);
    expect(own!.d).toBe(ridgesOf([row, row], box)[0]!.d);
    const tops = [...heaped!.d.matchAll(/L\S+ (\S+?)(?=L|Z)/g)].map(([, top]) => Number(top));
    expect(heaped!.base - Math.min(...tops)).toBeCloseTo((2 * 100) / 3, 1);
  });

  it('keep the place of one that has no values', () => {
    const found = ridgesOf([[1], null, [1]], box);
    expect(found[1]!.d).toBe('');
    expect(found[2]!.base - found[1]!.base).toBeCloseTo(found[1]!.base - found[0]!.base, 9);
    expect(ridgesOf([], box)).toEqual([]);
  });

  it('are smoothed without losing a row', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (shares) => {
        const all = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
        expect(all(smoothed(shares))).toBeCloseTo(all(shares), 9);
      }),
    );
    expect(smoothed([0, 1, 0])).toEqual([0.25, 0.5, 0.25]);
  });
});

describe('a bent axis', () => {
  it('keeps the order of values, and gives each back', () => {
    const scale = symlogScale([-1_000, 1_000], [0, 100], 0.5);
    fc.assert(
      fc.property(fc.double({ min: -999, max: 998, noNaN: true }), (value) => {
        expect(scale.at(value)).toBeLessThan(scale.at(value + 0.5));
        expect(scale.from(scale.at(value))).toBeCloseTo(value, 6);
      }),
    );
    expect(scale.at(0)).toBe(50);
  });

  it('is marked at zero and at powers of ten, as many as fit', () => {
    expect(symlogTicks([-5, 2_000], 1, 6)).toEqual([-1, 0, 1, 10, 100, 1_000]);
    expect(symlogTicks([0, 1e6], 1, 4)).toEqual([0, 1, 1_000, 1_000_000]);
  });
});
