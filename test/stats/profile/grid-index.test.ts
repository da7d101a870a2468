import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridIndex, gridIndex } from '../../../src/stats/profile/grids/grid-index.ts';

const spread = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 5e-324, -5e-324, 1e12, 1.7e308, -1.7e308),
);

describe('a grid index', () => {
  it('finds the place a plain search finds, on any grid', () => {
    fc.assert(
      fc.property(fc.array(spread, { maxLength: 80 }), fc.array(spread), (points, others) => {
        const grid = Float64Array.from(new Set(points.map((x) => x + 0))).sort();
        const index = new GridIndex(grid);
        const values = Float64Array.of(...points, ...others, Number.NaN, Infinity);
        const places = new Int32Array(values.length);
        index.locate(values, places, values.length - 2);
        for (const [i, x] of values.subarray(0, -2).entries()) {
          const plain = grid.findIndex((point) => point >= x);
          expect(places[i]).toBe(plain === -1 ? grid.length : plain);
        }
        // No places, but no harm either.
        index.locate(values, places, values.length);
      }),
      { numRuns: 500, seed: 20_260_301 },
    );
  });

  it('is built once a grid', () => {
    const grid = Float64Array.of(1, 2, 3);
    expect(gridIndex(grid)).toBe(gridIndex(grid));
  });
});
