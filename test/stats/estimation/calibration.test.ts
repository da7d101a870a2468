import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, fitCalibrator } from '../../../src/stats/estimation/calibrator.ts';
import { fitIsotonic, isotonicAt } from '../../../src/stats/estimation/isotonic.ts';
import { scoreCells } from '../../../src/stats/performance/score-cells.ts';
import { createRandom } from '../../../src/stats/random.ts';

describe('isotonic curve', () => {
  it('rises, keeps to [0, 1], and keeps the mean of the labels', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, (pairs) => {
        const scores = Float64Array.from(pairs, ([score]) => score / 12);
        const labels = pairs.map(([, label]) => (label ? 1 : 0));
        const curve = fitIsotonic(scoreCells(scores, labels));
        let before = 0;
        for (const p of curve.probabilities) {
          expect(p).toBeGreaterThanOrEqual(before);
          expect(p).toBeLessThanOrEqual(1);
          before = p;
        }
        const mean = (values: Iterable<number>): number => {
          let sum = 0;
          for (const value of values) sum += value;
          return sum / pairs.length;
        };
        expect(mean(scores.map((score) => isotonicAt(curve, score)))).toBeCloseTo(mean(labels), 9);
      }),
    );
  });

  it('is straight between its points, level beyond them, and silent on nothing', () => {
    const curve = { scores: Float64Array.of(0.2, 0.6), probabilities: Float64Array.of(0.1, 0.5) };
    expect(isotonicAt(curve, 0.4)).toBeCloseTo(0.3, 12);
    expect(isotonicAt(curve, -5)).toBe(0.1);
    expect(isotonicAt(curve, Infinity)).toBe(0.5);
    expect(isotonicAt(curve, Number.NaN)).toBeNaN();
    expect(isotonicAt(fitIsotonic(scoreCells(new Float64Array(0), [])), 0.5)).toBeNaN();
  });
});

describe('calibrator', () => {
  const rows = 4_000;
  const draw = (truth: (p: number) => number, seed: number): { scores: Float64Array; labels: Uint8Array } => {
    const random = createRandom(seed);
    const scores = Float64Array.from({ length: rows }, () => random());
    return { scores, labels: Uint8Array.from(scores, (p) => (random() < truth(p) ? 1 : 0)) };
  };

  it('bends an overconfident score, and lowers its error on rows it has not seen', () => {
    const { scores, labels } = draw((p) => 0.3 + 0.4 * p, 1);
    const calibrator = fitCalibrator(scores, labels);
    expect(calibrator.curve).not.toBeNull();
    expect(calibrator.error?.after).toBeLessThan((calibrator.error?.before ?? 0) / 3);
    const [low, high] = calibrate(calibrator, Float64Array.of(0.05, 0.95));
    expect(low).toBeGreaterThan(0.22);
    expect(high).toBeLessThan(0.78);
  });

  it('calibrates a score that is no probability, whatever it costs', () => {
    const { scores, labels } = draw((p) => p, 2);
    const { curve, range } = fitCalibrator(
      scores.map((p) => 20 * p - 10),
      labels,
    );
    expect(curve).not.toBeNull();
    expect(range[0]).toBeLessThan(-9.9);
  });

  it('leaves alone what it cannot learn: one class, few rows', () => {
    const scores = Float64Array.from({ length: 300 }, (_, i) => i / 300);
    expect(fitCalibrator(scores, new Uint8Array(300)).curve).toBeNull();
    expect(
      fitCalibrator(
        scores.slice(0, 50),
        Uint8Array.from({ length: 50 }, (_, i) => i % 2),
      ).curve,
    ).toBeNull();
    expect([...calibrate({ curve: null, error: null, range: [0, 1] }, Float64Array.of(-1, 0.5, 2))]).toEqual([
      0, 0.5, 1,
    ]);
  });

  it('gives the same answer whatever the order of calls', () => {
    const { scores, labels } = draw((p) => p ** 2, 3);
    expect(fitCalibrator(scores, labels)).toEqual(fitCalibrator(scores, labels));
  });
});

describe('a calibrator', () => {
  it('does not depend on the order of its rows, also where it hardly pays', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = createRandom(seed);
      // Scores that are right already: whether calibration seems worth it is chance.
      const rows = Array.from({ length: 400 }, () => {
        const score = Math.round(random() * 200) / 200;
        return { score, label: random() < score ? 1 : 0 };
      });
      const fitted = [rows, rows.toReversed(), rows.toSorted((a, b) => a.label - b.label)].map((some) =>
        fitCalibrator(
          Float64Array.from(some, ({ score }) => score),
          some.map(({ label }) => label),
        ),
      );
      expect(fitted[1]).toEqual(fitted[0]);
      expect(fitted[2]).toEqual(fitted[0]);
    }
  });
});
