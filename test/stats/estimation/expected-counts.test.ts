import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedFromCounts } from '../../../src/stats/estimation/expected-counts.ts';
import { expectedPerformance } from '../../../src/stats/estimation/expected-performance.ts';
import { fitIsotonic, isotonicAt } from '../../../src/stats/estimation/isotonic.ts';
import type { IsotonicCurve } from '../../../src/stats/estimation/isotonic.ts';
import { scoreStretches } from '../../../src/stats/estimation/score-stretches.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import type { Measured } from '../../../src/stats/performance/measured.ts';
import { scoreCells } from '../../../src/stats/performance/score-cells.ts';
import { coarsenNumeric } from '../../../src/stats/profile/coarsen.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { numericColumn, tableOf } from '../profile/rows.ts';

/** Two ways lead to an expected figure: the rows, and a window's counts of them. This holds them together. */

interface Window {
  readonly training: readonly number[];
  readonly scores: readonly number[];
  readonly threshold: number;
  readonly curve: IsotonicCurve | null;
  readonly points?: number;
}

function expectedOfRows({ scores, threshold, curve }: Window): Map<string, Measured> {
  const given = Float64Array.from(scores);
  const positive = probabilityAt(curve, given);
  const figures = expectedPerformance(
    {
      classes: ['yes', 'no'],
      predictions: Int32Array.from(scores, (score) => (score >= threshold ? 0 : 1)),
      probabilities: [positive, positive.map((p) => 1 - p)],
      scores: [given, null],
    },
    'yes',
  );
  return new Map([...figures].flatMap(([name, figure]) => (isMeasured(figure) ? [[name, figure]] : [])));
}

function expectedOfCounts({ training, scores, threshold, curve, points }: Window): Map<string, Measured> {
  const table = tableOf([numericColumn('x', training)], { score: numericColumn('score', training) });
  const { score } = buildReference(table, { task: 'classification', positiveClass: 'yes' });
  if (score?.kind !== 'numeric') throw new Error('no scores');
  const profile = new NumericProfile(points === undefined ? score : coarsenNumeric(score, points));
  for (const each of scores) profile.addNumber(each, 1);
  return new Map(
    expectedFromCounts({
      stretches: scoreStretches(profile),
      selected: scores.filter((each) => each >= threshold).length,
      positiveClass: 'yes',
      negativeClass: 'no',
      probabilityAt: (values) => probabilityAt(curve, values),
    }),
  );
}

function probabilityAt(curve: IsotonicCurve | null, scores: Float64Array): Float64Array {
  return scores.map((score) => (curve === null ? Math.min(1, Math.max(0, score)) : isotonicAt(curve, score)));
}

/** Learned from labels of other rows. */
function curveOf(scores: readonly number[], labels: readonly boolean[]): IsotonicCurve {
  return fitIsotonic(
    scoreCells(
      Float64Array.from(scores),
      labels.map((label) => (label ? 1 : 0)),
    ),
  );
}

function expectWithinBounds(window: Window): Map<string, Measured> {
  const rows = expectedOfRows(window);
  const counts = expectedOfCounts(window);
  for (const [name, figure] of counts) {
    const exact = rows.get(name);
    if (exact === undefined) throw new Error(`${name} is not measured of the rows`);
    const off = Math.abs(figure.value - exact.value);
    expect(off, name).toBeLessThanOrEqual(figure.bound + 1e-9 * Math.max(1, Math.abs(exact.value)));
  }
  return counts;
}

describe('figures expected from counts', () => {
  const probability = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 0.25, 0.5, 1) },
  );

  it('are those of the rows within their bounds, whatever the scores, the grid and the calibration', () => {
    const labelled = fc.array(fc.tuple(probability, fc.boolean()), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(
        labelled,
        fc.array(probability, { minLength: 1, maxLength: 80 }),
        probability,
        fc.boolean(),
        (training, scores, threshold, isCalibrated) => {
          const taught = training.map(([score]) => score);
          const labels = training.map(([, label]) => label);
          const curve = isCalibrated ? curveOf(taught, labels) : null;
          expectWithinBounds({ training: taught, scores, threshold, curve });
        },
      ),
      { numRuns: 300, seed: 20_260_301 },
    );
  });

  it('have bounds that say something, on the grid that a baseline has', () => {
    const random = createRandom(3);
    const draw = (rows: number): number[] => Array.from({ length: rows }, () => random() ** 2);
    const training = draw(20_000);
    const curve = curveOf(
      training,
      training.map((score) => random() < 0.1 + 0.8 * score),
    );
    const window = { training, scores: draw(20_000), threshold: 0.4, curve };
    const counts = expectWithinBounds(window);
    const few = expectWithinBounds({ ...window, points: 512 });
    const names = [
      'accuracy',
      'precision',
      'recall',
      'f1',
      'specificity',
      'roc_auc',
      'pr_auc',
      'log_loss',
      'brier',
    ];
    expect([...counts.keys()].toSorted()).toEqual(names.toSorted());
    const boundOf = (of: typeof counts, name: string): number => of.get(name)?.bound ?? Infinity;
    expect(names.map((name) => boundOf(counts, name) < 0.003)).toEqual(names.map(() => true));
    expect(boundOf(counts, 'accuracy')).toBeLessThan(0.0005);
    expect(boundOf(few, 'accuracy')).toBeLessThan(0.003);
  });

  it('are exact where every score is a point of the grid', () => {
    const training = [0.1, 0.3, 0.3, 0.8];
    const counts = expectedOfCounts({ training, scores: [0.1, 0.8, 0.3], threshold: 0.5, curve: null });
    for (const [name, figure] of counts) expect(figure.bound, name).toBe(0);
    expect(counts.get('accuracy')?.value).toBeCloseTo((0.9 + 0.8 + 0.7) / 3, 12);
  });
});
