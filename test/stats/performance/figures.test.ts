import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averaged } from '../../../src/stats/performance/averaged-figures.ts';
import { f1Of, precisionOf, recallOf, specificityOf } from '../../../src/stats/performance/class-figures.ts';
import { tabulate } from '../../../src/stats/performance/confusion-table.ts';
import { groupRates } from '../../../src/stats/performance/group-rates.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import type { Figure, Measured } from '../../../src/stats/performance/measured.ts';
import { regressionFigures, sumErrors } from '../../../src/stats/performance/regression-figures.ts';
import { logLoss, sumLosses } from '../../../src/stats/performance/score-losses.ts';
import { differenceInterval, testFigures } from '../../../src/stats/performance/test-figures.ts';
import { newcombeInterval } from '../../../src/stats/performance/group-rates.ts';
import { createRandom } from '../../../src/stats/random.ts';
import type { Random } from '../../../src/stats/random.ts';

function measured(figure: Figure | undefined): Measured {
  if (!isMeasured(figure)) throw new Error(`not measured: ${figure ?? 'absent'}`);
  return figure;
}

describe('figures of one class', () => {
  it('say why where a denominator is 0', () => {
    const none = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 9 };
    expect(precisionOf(none)).toBe('no_predicted_positive');
    expect(recallOf(none)).toBe('no_positive');
    expect(f1Of(none)).toBe('no_positive');
    expect(specificityOf({ ...none, trueNegatives: 0, truePositives: 4 })).toBe('one_class');
    expect(measured(f1Of({ ...none, falsePositives: 3 })).value).toBe(0);
  });

  it('F1 is the harmonic mean of precision and recall', () => {
    const counts = { truePositives: 30, falsePositives: 10, falseNegatives: 20, trueNegatives: 40 };
    const precision = measured(precisionOf(counts)).value;
    const recall = measured(recallOf(counts)).value;
    expect(measured(f1Of(counts)).value).toBeCloseTo((2 * precision * recall) / (precision + recall), 14);
  });
});

describe('averages over classes', () => {
  // 3 classes by hand: recalls 3/4, 2/4, 1; precisions 3/5, 2/4, 1/1.
  const table = {
    classes: ['a', 'b', 'c'],
    counts: [
      [3, 1, 0],
      [2, 2, 0],
      [0, 1, 1],
    ],
  };

  it('are what scikit-learn gives', () => {
    expect(measured(averaged(table, 'recall', 'macro')).value).toBeCloseTo((0.75 + 0.5 + 0.5) / 3, 14);
    expect(measured(averaged(table, 'precision', 'macro')).value).toBeCloseTo((0.6 + 0.5 + 1) / 3, 14);
    expect(measured(averaged(table, 'precision', 'weighted')).value).toBeCloseTo(
      (4 * 0.6 + 4 * 0.5 + 2) / 10,
      14,
    );
    expect(measured(averaged(table, 'recall', 'weighted')).value).toBeCloseTo(0.6, 14);
  });

  it('count a class that was never predicted as 0, and one that nobody has or gets not at all', () => {
    const gap = {
      classes: ['a', 'b', 'c'],
      counts: [
        [5, 0, 0],
        [5, 0, 0],
        [0, 0, 0],
      ],
    };
    expect(measured(averaged(gap, 'precision', 'macro')).value).toBeCloseTo(0.25, 14);
    expect(averaged({ classes: ['a'], counts: [[0]] }, 'f1', 'macro')).toBe('no_rows');
  });

  it('have standard errors as large as the figures really spread', () => {
    const shares = [0.2, 0.1, 0.05, 0.05, 0.25, 0.05, 0.1, 0, 0.2];
    for (const kind of AVERAGED) {
      for (const weighting of ['macro', 'weighted'] as const) {
        const values: number[] = [];
        const errors: number[] = [];
        for (let run = 0; run < 400; run++) {
          const random = createRandom(run);
          const drawn = Array.from({ length: 400 }, () => pick(shares, random));
          const sample = tabulate(
            ['a', 'b', 'c'],
            drawn.map((at) => Math.floor(at / 3)),
            drawn.map((at) => at % 3),
          );
          const figure = measured(averaged(sample, kind, weighting));
          values.push(figure.value);
          errors.push(figure.standardError);
        }
        const spread = deviation(values);
        expect(Math.abs(mean(errors) / spread - 1), `${kind} ${weighting}`).toBeLessThan(0.12);
      }
    }
  });
});

const AVERAGED = ['precision', 'recall', 'f1'] as const;
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));

function pick(shares: readonly number[], random: Random): number {
  let left = random();
  for (const [at, share] of shares.entries()) {
    left -= share;
    if (left < 0) return at;
  }
  return shares.length - 1;
}

describe('regression', () => {
  const draw = (seed: number, rows: number): { labels: Float64Array; predictions: Float64Array } => {
    const random = createRandom(seed);
    const labels = Float64Array.from({ length: rows }, () => 1_000 + 10 * random() ** 2);
    return { labels, predictions: labels.map((y) => y + (random() - 0.4) * 4) };
  };

  it('gives the textbook figures', () => {
    const figures = regressionFigures(
      sumErrors(Float64Array.of(3, -0.5, 2, 7), Float64Array.of(2.5, 0, 2, 8)),
    );
    const value = (name: string): number => measured(figures.get(name)).value;
    expect(value('mae')).toBeCloseTo(0.5, 14);
    expect(value('rmse')).toBeCloseTo(Math.sqrt(0.375), 14);
    expect(value('r2')).toBeCloseTo(0.9486081370449679, 12);
    expect(value('mape')).toBeCloseTo(0.3273809523809524, 14);
    expect(value('bias')).toBeCloseTo(0.25, 14);
  });

  it('has standard errors as large as the figures really spread, far from 0 too', () => {
    for (const name of ['mae', 'rmse', 'mape', 'r2', 'bias']) {
      const all = Array.from({ length: 400 }, (_, run) => {
        const { labels, predictions } = draw(run, 300);
        return measured(regressionFigures(sumErrors(labels, predictions)).get(name));
      });
      const spread = deviation(all.map(({ value }) => value));
      expect(Math.abs(mean(all.map(({ standardError }) => standardError)) / spread - 1), name).toBeLessThan(
        0.12,
      );
    }
  });

  it('says why: no rows, labels of 0, equal labels', () => {
    const none = regressionFigures(sumErrors(new Float64Array(0), new Float64Array(0)));
    expect([...none.values()]).toEqual(['no_rows', 'no_rows', 'no_rows', 'no_rows', 'no_rows']);
    const zero = regressionFigures(sumErrors(Float64Array.of(0, 0), Float64Array.of(1, 2)));
    expect(zero.get('mape')).toBe('zero_labels');
    expect(zero.get('r2')).toBe('constant_label');
    const equal = regressionFigures(sumErrors(Float64Array.of(0.1, 0.1, 0.1), Float64Array.of(1, 2, 3)));
    expect(equal.get('r2')).toBe('constant_label');
  });

  it('leaves out rows where either number is missing or infinite', () => {
    const clean = sumErrors(Float64Array.of(1, 2), Float64Array.of(2, 2));
    const odd = sumErrors(
      Float64Array.of(1, Number.NaN, 2, 4, Infinity),
      Float64Array.of(2, 1, 2, Number.NaN, 1),
    );
    expect(odd).toEqual(clean);
  });
});

describe('losses', () => {
  it('stay finite when what was said to be impossible happens', () => {
    expect(logLoss(0)).toBeCloseTo(34.538776394910684, 9);
    expect(logLoss(1)).toBeCloseTo(0, 9);
    expect(logLoss(0.5)).toBeCloseTo(Math.LN2, 14);
    expect(sumLosses([1, Number.NaN, 2, Infinity])).toEqual({ n: 2, sum: 3, sumOfSquares: 5 });
  });
});

describe('differences', () => {
  it('of two shares have the interval Newcombe prints', () => {
    // Newcombe 1998, table II, method 10: 56/70 − 48/80 and 9/10 − 3/10.
    expect(newcombeInterval(56, 70, 48, 80).map((x) => Number(x.toFixed(4)))).toEqual([0.0524, 0.3339]);
    expect(newcombeInterval(9, 10, 3, 10).map((x) => Number(x.toFixed(4)))).toEqual([0.1705, 0.809]);
    expect(newcombeInterval(0, 0, 3, 10)).toEqual([-1, 1]);
  });

  it('of two figures are MOVER, which for shares is Newcombe', () => {
    const share = (x: number, n: number): Measured =>
      measured(recallOf({ truePositives: x, falseNegatives: n - x, falsePositives: 0, trueNegatives: 0 }));
    const [low, high] = differenceInterval(share(48, 80), share(56, 70));
    const [a, b] = newcombeInterval(56, 70, 48, 80);
    expect(low).toBeCloseTo(a, 12);
    expect(high).toBeCloseTo(b, 12);
  });

  it('are symmetric and quiet on one and the same sample', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (x, y) => {
        const figure = (hit: number): Measured =>
          measured(
            recallOf({ truePositives: hit, falseNegatives: 41 - hit, falsePositives: 0, trueNegatives: 0 }),
          );
        expect(testFigures(figure(x), figure(x))).toBe(1);
        expect(testFigures(figure(x), figure(y))).toBeCloseTo(testFigures(figure(y), figure(x)) ?? -1, 12);
      }),
    );
  });
});

describe('groups', () => {
  const counts = (
    rows: number,
    selected: number,
    positives: number,
    truePositives: number,
    falsePositives: number,
  ) => ({
    rows,
    selected,
    positives,
    truePositives,
    negatives: rows - positives,
    falsePositives,
  });

  it('are each compared with everyone else', () => {
    const rates = groupRates(
      new Map([
        ['a', counts(70, 56, 40, 36, 20)],
        ['b', counts(80, 48, 40, 30, 18)],
      ]),
    );
    const selection = rates.get('a')?.get('selection_rate');
    expect(selection).toMatchObject({ value: 0.8, others: 0.6 });
    expect(selection?.difference).toBeCloseTo(0.2, 12);
    expect(selection?.differenceInterval?.map((x) => Number(x.toFixed(4)))).toEqual([0.0524, 0.3339]);
    expect(rates.get('b')?.get('selection_rate')?.difference).toBeCloseTo(-0.2, 12);
    expect(rates.get('a')?.get('true_positive_rate')?.value).toBe(0.9);
    expect(rates.get('a')?.get('false_positive_rate')?.value).toBeCloseTo(20 / 30, 12);
  });

  it('say nothing where there is nobody: a single group, a group without positives', () => {
    const alone = groupRates(new Map([['a', counts(10, 5, 4, 3, 2)]])).get('a');
    expect(alone?.get('selection_rate')).toMatchObject({
      value: 0.5,
      others: null,
      difference: null,
      pValue: null,
    });
    const none = groupRates(
      new Map([
        ['a', counts(10, 5, 0, 0, 5)],
        ['b', counts(10, 5, 5, 4, 1)],
      ]),
    );
    expect(none.get('a')?.get('true_positive_rate')).toMatchObject({
      value: null,
      interval: null,
      difference: null,
    });
  });
});
