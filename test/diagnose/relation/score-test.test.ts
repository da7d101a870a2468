import { describe, expect, test } from 'vitest';
import { cholesky, quadraticForm, solve } from '../../../src/diagnose/relation/algebra/cholesky.ts';
import { weightedGram } from '../../../src/diagnose/relation/algebra/weighted-gram.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import type { Design } from '../../../src/diagnose/relation/design-matrix.ts';
import { fitLinear, fitLogistic } from '../../../src/diagnose/relation/null-model.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { scoreTests } from '../../../src/diagnose/relation/score-test.ts';
import { everywhere, numericZones } from '../../../src/diagnose/relation/zones.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { chiSquareTest } from '../../../src/stats/significance/chi-square.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Table } from '../../../src/core/table.ts';
import { simulate } from '../office.ts';
import { tableOf } from '../tables.ts';

/** Reference rows first; columns are 1 and whatever is given. */
function design(referenceRows: number, ...columns: Float64Array[]): Design {
  const rows = columns[0]?.length ?? 0;
  const width = columns.length + 1;
  const x = new Float64Array(rows * width).fill(1);
  for (const [j, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) x[row * width + j + 1] = column[row] ?? 0;
  }
  return { rows, referenceRows, columns: width, x };
}

function intercept(referenceRows: number, rows: number): Design {
  return { rows, referenceRows, columns: 1, x: new Float64Array(rows).fill(1) };
}

describe('dense algebra', () => {
  test('solves, and drops a column that repeats another', () => {
    const x = Float64Array.of(1, 2, 2, 1, 3, 3, 1, 5, 5, 1, 7, 7);
    const gram = weightedGram(x, 4, 3, null);
    const factor = cholesky(gram, 3);
    expect(factor.rank).toBe(2);
    const b = Float64Array.of(10, 50, 50);
    const beta = solve(factor, b);
    expect(beta[2]).toBe(0);
    // 4a + 17b = 10, 17a + 87b = 50
    expect(beta[0]).toBeCloseTo((10 * 87 - 17 * 50) / (4 * 87 - 17 * 17), 12);
    expect(beta[1]).toBeCloseTo((4 * 50 - 17 * 10) / (4 * 87 - 17 * 17), 12);
    expect(quadraticForm(factor, b)).toBeCloseTo(10 * beta[0]! + 50 * beta[1]!, 10);
  });

  test('a Gram matrix of what is infinite leaves out no row', () => {
    const none = Number.NaN;
    const x = Float64Array.of(1, 0, 0, 0, 0, Infinity, 1, 0, 0, 0, 0, 2);
    expect([...weightedGram(x, 2, 6, null)].slice(30)).toEqual([Infinity, none, none, none, none, Infinity]);
  });

  test('Gram matrices are what row after row adds up to, to the last bit', () => {
    expect([...weightedGram(Float64Array.of(1, 2, 1, 3), 2, 2, null)]).toEqual([2, 0, 5, 13]);
    const random = createRandom(5);
    for (const [rows, size] of [
      [1, 1],
      [63, 5],
      [64, 8],
      [300, 11],
      [129, 260],
    ] as const) {
      const x = Float64Array.from({ length: rows * size }, () => (random() < 0.4 ? 0 : random() - 0.5));
      const weight = Float64Array.from({ length: rows }, () => (random() < 0.1 ? 0 : random()));
      const sums = new Float64Array(size * size);
      for (let row = 0; row < rows; row++)
        for (let j = 0; j < size; j++)
          for (let k = 0; k <= j; k++)
            sums[j * size + k]! += weight[row]! * x[row * size + j]! * x[row * size + k]!;
      expect(weightedGram(x, rows, size, weight)).toEqual(sums);
    }
  });
});

describe('null models', () => {
  test('logistic regression on one 0/1 column gives the log odds of each half', () => {
    const group = Float64Array.from({ length: 400 }, (_, i) => (i < 200 ? 0 : 1));
    const y = Float64Array.from({ length: 400 }, (_, i) => Number(i < 200 ? i < 50 : i < 350));
    const { index, residual } = fitLogistic(design(200, group), y);
    expect(index[0]).toBeCloseTo(Math.log(50 / 150), 2);
    expect(index[399]).toBeCloseTo(Math.log(150 / 50), 2);
    expect(residual.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 3);
  });

  test('separable data still have a finite fit', () => {
    const x = Float64Array.from({ length: 60 }, (_, i) => i - 30);
    const y = x.map((value) => Number(value > 0));
    const { index } = fitLogistic(design(30, x), y);
    expect(index.every(Number.isFinite)).toBe(true);
  });
});

describe('score tests', () => {
  test('with an intercept alone, "everywhere" is Pearson’s test of two proportions', () => {
    const y = Float64Array.from({ length: 500 }, (_, i) => Number(i < 300 ? i < 90 : i < 380));
    const model = intercept(300, 500);
    const [both] = scoreTests(model, fitLogistic(model, y), [everywhere(500)], 'both');
    const pearson = chiSquareTest([90, 210], [80, 120]);
    // The larger of both p-values counts; the robust statistic is never far from Pearson's here.
    expect(both?.df).toBe(1);
    expect(Math.abs((both?.statistic ?? 0) - pearson.statistic)).toBeLessThan(0.2);
    expect(both?.p).toBeGreaterThanOrEqual(pearson.p_value - 1e-9);
  });

  test('a crooked null model is not a changed relation: zones are judged against themselves', () => {
    const draw = draws(5);
    const x = Float64Array.from({ length: 4000 }, () => draw.normal());
    // The truth has a step the straight line misses; both halves are drawn alike.
    const y = x.map((value) => (value > 0.8 ? 3 : 0) + draw.normal());
    const model = design(2000, x);
    const zones = numericZones('x', x, {
      weight: new Float64Array(4000).fill(1),
      referenceRows: 2000,
      atLeast: 15,
    });
    const [found] = scoreTests(model, fitLinear(model, y), [zones], 'robust');
    expect(found?.p).toBeGreaterThan(0.01);
  });

  test('keeps its level under the null: 5 % of 1,500 worlds', () => {
    let rejected = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const draw = draws(seed);
      const x = Float64Array.from({ length: 600 }, () => draw.normal());
      const y = x.map((value) => Number(draw.uniform() < 1 / (1 + Math.exp(-value))));
      const model = design(400, x);
      const fit = fitLogistic(model, y);
      const zones = numericZones('x', x, { weight: fit.weight, referenceRows: 400, atLeast: 10 });
      const [found] = scoreTests(model, fit, [zones], 'both');
      if ((found?.p ?? 1) < 0.05) rejected += 1;
    }
    expect(rejected / 1500).toBeGreaterThan(0.035);
    expect(rejected / 1500).toBeLessThan(0.065);
  });

  test('a zone without a single event is not a proof of anything', () => {
    const y = new Float64Array(1000);
    for (let i = 0; i < 950; i += 100) y[i] = 1;
    const model = intercept(900, 1000);
    const [found] = scoreTests(model, fitLogistic(model, y), [everywhere(1000)], 'both');
    expect(found?.p).toBeGreaterThan(0.2);
  });
});

describe('conceptTest', () => {
  const spec = {
    seed: 3,
    task: 'classification',
    model: 'weak',
    rows: { reference: 3000, current: 1500 },
  } as const;

  test('says where the relation changed', () => {
    const { reference, current } = simulate(spec, {
      concept: (index, row) => (row.country === 'FR' ? index - 1.5 : index),
    });
    const found = conceptTest('classification', pairSamples(reference, current));
    expect(found.p).toBeLessThan(1e-6);
    expect(found.blocks[0]?.feature).toBe('country');
    expect(found.unevenP).toBeLessThan(1e-3);
  });

  test('a common step in the log odds is even', () => {
    const { reference, current } = simulate(spec, { concept: (index) => index + 1.5 });
    const found = conceptTest('classification', pairSamples(reference, current));
    expect(found.p).toBeLessThan(1e-20);
    expect(found.unevenP).toBeGreaterThan(1e-3);
  });

  test('of several classes: another mix of them is even, and a relation that moved at one level is not', () => {
    const names = ['ok', 'cold', 'spatter'];
    const side = (rows: number, seed: number, change: (x: number, zinc: boolean) => number[]): Table => {
      const draw = draws(seed);
      const drawn = Array.from({ length: rows }, () => {
        const [x, zinc] = [draw.normal(), draw.uniform() < 0.3];
        return { x, zinc, label: names[draw.choice(change(x, zinc))]! };
      });
      return tableOf({
        features: { x: drawn.map(({ x }) => x), zinc: drawn.map(({ zinc }) => (zinc ? 'yes' : 'no')) },
        label: drawn.map(({ label }) => label),
      });
    };
    const odds = (x: number, zinc: boolean): number[] => [3, Math.exp(0.8 * x), Math.exp(zinc ? 1 : 0)];
    const reference = side(4_000, 5, odds);
    const unevenP = (change: typeof odds): number =>
      conceptTest('classification', pairSamples(reference, side(2_000, 6, change))).unevenP;
    expect(
      unevenP((x, zinc) => {
        const [ok = 0, cold = 0, spatter = 0] = odds(x, zinc);
        return [ok, 2.5 * cold, spatter];
      }),
    ).toBeGreaterThan(1e-3);
    expect(
      unevenP((x, zinc) => {
        const [ok = 0, cold = 0, spatter = 0] = odds(x, zinc);
        return [ok, cold, zinc ? 2.5 * spatter : spatter];
      }),
    ).toBeLessThan(1e-6);
  });

  test('is quiet when only the inputs moved, however far', () => {
    const { reference, current } = simulate(spec, {
      inputs: (row) => ({ ...row, debt: row.debt + 1, age: row.age + 10 }),
    });
    expect(conceptTest('classification', pairSamples(reference, current)).p).toBeGreaterThan(1e-3);
  });

  test('has nothing to say about one class', () => {
    const { reference, current } = simulate(spec, { keep: (label) => label });
    const onlyOnes = conceptTest('classification', pairSamples(current, current));
    expect(onlyOnes).toMatchObject({ p: 1, blocks: [] });
    expect(conceptTest('regression', pairSamples(reference, current))).toMatchObject({ p: 1, blocks: [] });
  });
});
