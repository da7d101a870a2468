import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolCells } from '../../src/stats/cells.ts';
import { benjaminiHochberg, bonferroni, CORRECTIONS, holm } from '../../src/stats/corrections.ts';

fc.configureGlobal({ seed: 20_260_301 });

const cells = fc.array(fc.tuple(fc.nat(30), fc.nat(300)), { minLength: 1, maxLength: 25 });
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('pooling cells', () => {
  it.each([true, false])(
    'keeps every row and leaves no cell that expects too little (ordered %s)',
    (ordered) => {
      fc.assert(
        fc.property(cells, (pairs) => {
          const a = pairs.map(([x]) => x);
          const b = pairs.map(([, y]) => y);
          const n = sum(a);
          const m = sum(b);
          const pooled = poolCells(a, b, { ordered, minExpected: 5 });
          expect(sum(pooled.reference)).toBe(n);
          expect(sum(pooled.current)).toBe(m);
          if (n === 0 || m === 0 || pooled.reference.length < 2) return;
          for (const [i, x] of pooled.reference.entries()) {
            const share = (x + (pooled.current[i] ?? 0)) / (n + m);
            expect(share * Math.min(n, m)).toBeGreaterThanOrEqual(5 - 1e-9);
          }
        }),
      );
    },
  );

  it('looks at pooled totals only: swapping the samples pools the same cells', () => {
    fc.assert(
      fc.property(cells, fc.boolean(), (pairs, ordered) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        const one = poolCells(a, b, { ordered, minExpected: 5 });
        const other = poolCells(b, a, { ordered, minExpected: 5 });
        expect(other).toEqual({ reference: one.current, current: one.reference });
      }),
    );
  });

  it('merges ordered cells with a neighbour and levels with the next smallest', () => {
    const a = [40, 1, 50, 2, 60];
    const b = [40, 1, 50, 2, 60];
    expect(poolCells(a, b, { ordered: true, minExpected: 5 }).reference).toEqual([41, 52, 60]);
    expect(poolCells(a, b, { ordered: false, minExpected: 5 }).reference).toEqual([43, 50, 60]);
  });

  it('leaves a single cell where there are too few rows', () => {
    expect(poolCells([1, 1, 1], [1, 1, 1], { ordered: true, minExpected: 5 }).reference).toEqual([3]);
    expect(poolCells([1, 1, 1], [1, 1, 1], { ordered: false, minExpected: 5 }).reference).toEqual([3]);
    expect(poolCells([], [], { ordered: true, minExpected: 5 }).reference).toEqual([]);
  });
});

describe('corrections', () => {
  const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

  it.each(Object.entries(CORRECTIONS))(
    '%s never lowers a p-value, keeps its order, stays in [0, 1]',
    (_, correct) => {
      fc.assert(
        fc.property(family, (p) => {
          const adjusted = correct(p);
          expect(adjusted).toHaveLength(p.length);
          for (const [i, value] of adjusted.entries()) {
            expect(value).toBeGreaterThanOrEqual((p[i] ?? 0) * (1 - 1e-15));
            expect(value).toBeLessThanOrEqual(1);
            for (const [j, other] of adjusted.entries()) {
              if ((p[i] ?? 0) < (p[j] ?? 0)) expect(value).toBeLessThanOrEqual(other);
            }
          }
        }),
      );
    },
  );

  it('is strictest for Bonferroni, then Holm, then Benjamini–Hochberg', () => {
    fc.assert(
      fc.property(family, (p) => {
        const strict = bonferroni(p);
        const step = holm(p);
        const discovery = benjaminiHochberg(p);
        for (const i of p.keys()) {
          expect(strict[i]).toBeGreaterThanOrEqual((step[i] ?? 0) - 1e-12);
          expect(step[i]).toBeGreaterThanOrEqual((discovery[i] ?? 0) - 1e-12);
        }
      }),
    );
  });
});
