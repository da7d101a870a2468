import { describe, expect, it } from 'vitest';
import { estimateBbse } from '../../../src/stats/estimation/bbse.ts';
import { estimateByEm } from '../../../src/stats/estimation/label-em.ts';
import { mixtureFit } from '../../../src/stats/estimation/mixture-fit.ts';
import { projectToSimplex } from '../../../src/stats/estimation/simplex.ts';
import { createRandom } from '../../../src/stats/random.ts';
import type { Random } from '../../../src/stats/random.ts';

/** Scores of a calibrated model of one normal feature, whose classes lie 2 apart; `share` positives. */
function scored(rows: number, share: number, random: Random): { score: Float64Array; label: Uint8Array } {
  const label = Uint8Array.from({ length: rows }, () => (random() < share ? 1 : 0));
  const score = Float64Array.from(label, (y) => {
    const x = normal(random) + (y === 1 ? 1 : -1);
    return 1 / (1 + Math.exp(-2 * x));
  });
  return { score, label };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const byClass = ({ score, label }: { score: Float64Array; label: Uint8Array }): Float64Array[] =>
  [0, 1].map((y) => score.filter((_, row) => label[row] === y));

describe('label shift', () => {
  const reference = scored(8_000, 0.5, createRandom(11));

  it('is found by both methods, and their intervals hold the truth nineteen times of twenty', () => {
    let bbseHolds = 0;
    let emHolds = 0;
    const runs = 60;
    const confusion = [0, 1].map((said) =>
      [0, 1].map(
        (y) =>
          reference.score.filter((s, row) => (s >= 0.5 ? 1 : 0) === said && reference.label[row] === y)
            .length,
      ),
    );
    for (let run = 0; run < runs; run++) {
      const { score, label } = scored(2_000, 0.2, createRandom(100 + run));
      const truth = label.reduce((sum, y) => sum + y, 0) / label.length;
      const said = score.reduce((sum, s) => sum + (s >= 0.5 ? 1 : 0), 0);
      const bbse = estimateBbse({
        classes: ['0', '1'],
        confusion,
        predictions: [score.length - said, said],
      });
      const em = estimateByEm(['0', '1'], [0.5, 0.5], [score.map((s) => 1 - s), score]);
      const holds = (interval: readonly [number, number] | undefined): number =>
        interval !== undefined && interval[0] <= truth && truth <= interval[1] ? 1 : 0;
      bbseHolds += holds(bbse.intervals?.[1]);
      emHolds += holds(em.intervals?.[1]);
      expect(Math.abs((em.estimate?.[1] ?? 1) - truth)).toBeLessThan(0.05);
    }
    expect(bbseHolds / runs).toBeGreaterThan(0.9);
    expect(emHolds / runs).toBeGreaterThan(0.9);
  });

  it('fits a mixture of the classes where only labels moved, and does not where the features did', () => {
    const moved = scored(2_000, 0.2, createRandom(5)).score;
    expect(mixtureFit(byClass(reference), [0.8, 0.2], moved)).toBeGreaterThan(0.01);
    // Everybody is surer: no mix of the classes looks like that.
    const surer = scored(2_000, 0.5, createRandom(6)).score.map((s) => (s < 0.5 ? s ** 3 : 1 - (1 - s) ** 3));
    expect(mixtureFit(byClass(reference), [0.5, 0.5], surer)).toBeLessThan(1e-6);
  });

  it('has nothing to fit without scores or with fewer bins than shares', () => {
    expect(mixtureFit(byClass(reference), [0.5, 0.5], new Float64Array(0))).toBeNull();
    const constant = [Float64Array.of(1, 1, 1), Float64Array.of(1, 1)];
    expect(mixtureFit(constant, [0.5, 0.5], Float64Array.of(1, 1, 1))).toBeNull();
  });
});

describe('BBSE refuses', () => {
  const ask = (confusion: number[][], predictions: number[]) =>
    estimateBbse({ classes: ['a', 'b'], confusion, predictions });

  it('a model whose predictions do not depend on the label', () => {
    expect(
      ask(
        [
          [50, 50],
          [50, 50],
        ],
        [30, 70],
      ),
    ).toMatchObject({ valid: false, reason: 'ill_conditioned', estimate: null });
    expect(
      ask(
        [
          [505, 500],
          [495, 500],
        ],
        [400, 600],
      ),
    ).toMatchObject({ valid: false, reason: 'ill_conditioned' });
  });

  it('one class of labels, and no rows', () => {
    expect(
      ask(
        [
          [50, 0],
          [20, 0],
        ],
        [30, 70],
      ),
    ).toMatchObject({ reason: 'one_class' });
    expect(
      ask(
        [
          [40, 10],
          [10, 40],
        ],
        [0, 0],
      ),
    ).toMatchObject({ reason: 'no_rows' });
  });

  it('nothing else, and stays a distribution where the inverse leaves the simplex', () => {
    const { estimate } = ask(
      [
        [4000, 1000],
        [1000, 4000],
      ],
      [1000, 0],
    );
    expect(estimate).toEqual([1, 0]);
  });
});

describe('EM', () => {
  it('refuses one class and no rows', () => {
    const none = new Float64Array(0);
    expect(estimateByEm(['a', 'b'], [1, 0], [none, none])).toMatchObject({ reason: 'one_class' });
    expect(estimateByEm(['a', 'b'], [0.5, 0.5], [none, none])).toMatchObject({ reason: 'no_rows' });
    const unknown = Float64Array.of(Number.NaN);
    expect(estimateByEm(['a', 'b'], [0.5, 0.5], [unknown, unknown])).toMatchObject({ reason: 'no_rows' });
  });

  it('goes to an end without an interval when every row says so', () => {
    const sure = new Float64Array(50).fill(1);
    const never = new Float64Array(50);
    const found = estimateByEm(['a', 'b'], [0.5, 0.5], [sure, never]);
    expect(found.estimate?.[0]).toBeCloseTo(1, 9);
    expect(found.intervals).toBeNull();
  });
});

describe('the simplex', () => {
  it('keeps shares, cuts what is outside, and splits nonsense evenly', () => {
    expect(projectToSimplex([0.2, 0.3, 0.5])).toEqual([0.2, 0.3, 0.5]);
    const [a = 0, b = 0, c = 0] = projectToSimplex([0.9, 0.5, -0.4]);
    expect(a + b + c).toBeCloseTo(1, 12);
    expect(c).toBe(0);
    expect(a - b).toBeCloseTo(0.4, 12);
    expect(projectToSimplex([Number.NaN, 1])).toEqual([0.5, 0.5]);
  });
});
