import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationError } from '../../../src/stats/performance/calibration-error.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import type { Figure, Measured } from '../../../src/stats/performance/measured.ts';
import { prAuc } from '../../../src/stats/performance/pr-auc.ts';
import { rocAuc } from '../../../src/stats/performance/roc-auc.ts';
import { expectedCells, isConstant, scoreCells } from '../../../src/stats/performance/score-cells.ts';
import type { ScoreCells } from '../../../src/stats/performance/score-cells.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { coarsen } from './coarsen.ts';

const FIGURES: readonly (readonly [string, (cells: ScoreCells) => Figure])[] = [
  ['roc_auc', rocAuc],
  ['pr_auc', prAuc],
  ['ece', (cells) => calibrationError(cells)],
];

const rowsOfScores = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), {
  minLength: 1,
  maxLength: 80,
});
const cutsOf = fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 12 });

function cellsOf(pairs: readonly (readonly [number, boolean])[]): ScoreCells {
  return scoreCells(
    Float64Array.from(pairs, ([score]) => score / 40),
    pairs.map(([, positive]) => (positive ? 1 : 0)),
  );
}

/** What holds for every figure of scores, from rows and from counts. */
describe.each(FIGURES)('%s', (_, figureOf) => {
  it('from counts lies within its bound of the exact one, and in [0, 1]', () => {
    fc.assert(
      fc.property(rowsOfScores, cutsOf, (pairs, cuts) => {
        const exact = figureOf(cellsOf(pairs));
        const coarse = figureOf(
          coarsen(
            cellsOf(pairs),
            cuts.map((cut) => (cut + 0.5) / 40),
          ),
        );
        expect(isMeasured(coarse)).toBe(isMeasured(exact));
        if (!isMeasured(exact) || !isMeasured(coarse)) return;
        expect(exact.bound).toBe(0);
        expect(Math.abs(exact.value - coarse.value)).toBeLessThanOrEqual(coarse.bound + 1e-9);
        for (const figure of [exact, coarse]) expectSound(figure);
      }),
      { numRuns: 500 },
    );
  });

  it('from cells of one score each is exact', () => {
    fc.assert(
      fc.property(rowsOfScores, (pairs) => {
        const every = Array.from({ length: 41 }, (_step, i) => (i + 0.5) / 40);
        expect(figureOf(coarsen(cellsOf(pairs), every))).toEqual(figureOf(cellsOf(pairs)));
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(rowsOfScores, (pairs) => {
        expect(figureOf(cellsOf(pairs.toReversed()))).toEqual(figureOf(cellsOf(pairs)));
      }),
    );
  });

  it('of probabilities 0 and 1 is that of labels', () => {
    fc.assert(
      fc.property(rowsOfScores, (pairs) => {
        const scores = Float64Array.from(pairs, ([score]) => score / 40);
        const labels = Float64Array.from(pairs, ([, positive]) => (positive ? 1 : 0));
        const [a, b] = [figureOf(expectedCells(scores, labels)), figureOf(cellsOf(pairs))];
        if (isMeasured(a) && isMeasured(b)) expect(a.value).toBeCloseTo(b.value, 9);
        else expect(a).toEqual(b);
      }),
    );
  });

  it('says why without rows', () => {
    expect(figureOf(cellsOf([]))).toBe('no_rows');
  });
});

function expectSound({ value, interval, standardError }: Measured): void {
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(1);
  expect(interval[0]).toBeGreaterThanOrEqual(0);
  expect(interval[1]).toBeLessThanOrEqual(1);
  expect(interval[0]).toBeLessThanOrEqual(value + 1e-9);
  expect(interval[1]).toBeGreaterThanOrEqual(value - 1e-9);
  expect(standardError).toBeGreaterThanOrEqual(0);
}

describe('intervals of scores hold the truth', () => {
  /** Positives score √u, negatives u: AUC 2/3; a calibrated score needs no bending. */
  const runs = 200;
  const rows = 400;

  it('ROC AUC nineteen times of twenty', () => {
    let holds = 0;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(run);
      const labels = Uint8Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0));
      const figure = rocAuc(
        scoreCells(
          Float64Array.from(labels, (y) => (y === 1 ? Math.sqrt(random()) : random())),
          labels,
        ),
      );
      if (isMeasured(figure) && figure.interval[0] <= 2 / 3 && 2 / 3 <= figure.interval[1]) holds++;
    }
    expect(holds / runs).toBeGreaterThan(0.91);
  });

  it('average precision nineteen times of twenty', () => {
    const draw = (seed: number, size: number): Figure => {
      const random = createRandom(seed);
      const labels = Uint8Array.from({ length: size }, () => (random() < 0.3 ? 1 : 0));
      return prAuc(
        scoreCells(
          Float64Array.from(labels, (y) => (y === 1 ? Math.sqrt(random()) : random())),
          labels,
        ),
      );
    };
    const large = draw(9_999, 400_000);
    const truth = isMeasured(large) ? large.value : Number.NaN;
    let holds = 0;
    for (let run = 0; run < runs; run++) {
      const figure = draw(run, rows);
      if (isMeasured(figure) && figure.interval[0] <= truth && truth <= figure.interval[1]) holds++;
    }
    expect(holds / runs).toBeGreaterThan(0.91);
  });

  it('calibration error, of a calibrated score and of one that is off by a tenth', () => {
    for (const off of [0, 0.1]) {
      let holds = 0;
      for (let run = 0; run < runs; run++) {
        const random = createRandom(run);
        const scores = Float64Array.from({ length: rows }, () => 0.2 + 0.6 * random());
        const labels = Uint8Array.from(scores, (p) => (random() < p - off ? 1 : 0));
        const figure = calibrationError(scoreCells(scores, labels));
        if (isMeasured(figure) && figure.interval[0] <= off && off <= figure.interval[1]) holds++;
      }
      expect(holds / runs, `off by ${off}`).toBeGreaterThan(0.93);
    }
  });
});

describe('odd scores', () => {
  const cells = (scores: number[], labels: number[]): ScoreCells =>
    scoreCells(Float64Array.from(scores), labels);

  it('constant: AUC ½, average precision the share of positives', () => {
    const constant = cells([0.4, 0.4, 0.4, 0.4], [1, 0, 0, 0]);
    expect(isConstant(constant)).toBe(true);
    expect(rocAuc(constant)).toMatchObject({ value: 0.5, bound: 0 });
    expect(prAuc(constant)).toMatchObject({ value: 0.25, bound: 0 });
  });

  it('one class: no AUC; no positive: no average precision; only positives: 1', () => {
    expect(rocAuc(cells([0.1, 0.9], [1, 1]))).toBe('one_class');
    expect(prAuc(cells([0.1, 0.9], [0, 0]))).toBe('no_positive');
    expect(prAuc(cells([0.1, 0.9], [1, 1]))).toMatchObject({ value: 1 });
    expect(isMeasured(calibrationError(cells([0.1, 0.9], [1, 1])))).toBe(true);
  });

  it('perfect: 1, with an interval that knows how few rows say so', () => {
    const figure = rocAuc(cells([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]));
    expect(figure).toMatchObject({ value: 1, standardError: 0 });
    if (isMeasured(figure)) expect(figure.interval[0]).toBeLessThan(0.5);
  });

  it('NaN and ±Infinity take no part; −0 is 0', () => {
    const clean = cells([0.1, 0.7], [0, 1]);
    expect(cells([Number.NaN, 0.1, Infinity, 0.7, -Infinity], [1, 0, 1, 1, 0])).toEqual(clean);
    expect(cells([0, -0], [0, 1]).low).toHaveLength(1);
  });
});
