import { describe, expect, it } from 'vitest';
import { isAnswerBack, labelledAnswer } from '../../src/judge/answer-back.ts';
import type { LabelledAnswer } from '../../src/judge/answer-back.ts';
import { normalTwoSided } from '../../src/stats/distributions.ts';
import { draws } from '../../src/simulate/draws.ts';

const LABELLED = 500;
const of = (...ps: readonly number[]): LabelledAnswer[] => ps.map((p) => ({ p, labelled: LABELLED }));

/** The p of a window whose change is so many standard errors. */
function windowsAt(seed: number, errors: number, count: number): LabelledAnswer[] {
  const { normal } = draws(seed);
  return Array.from({ length: count }, () => ({ p: normalTwoSided(errors + normal()), labelled: LABELLED }));
}

describe('whether what labels said is over', () => {
  it('is not known from windows that say it more quietly', () => {
    expect(isAnswerBack(of(5e-4, 7e-6), of(0.05, 0.15))).toBe(false);
    expect(isAnswerBack(of(5e-4, 7e-6), of(0.05, 0.15, 0.01, 0.02, 0.005))).toBe(false);
    expect(isAnswerBack(of(5e-4, 7e-6), of(0.8, 0.6))).toBe(true);
  });

  it('takes more windows of fewer labels', () => {
    const few = Array.from({ length: 2 }, () => ({ p: 0.8, labelled: 50 }));
    expect(isAnswerBack(of(5e-4, 7e-6), few)).toBe(false);
    expect(isAnswerBack(of(5e-4, 7e-6), [...few, ...of(0.8, 0.9)])).toBe(true);
  });

  it('is not known without labels, and nothing is known of an incident without any', () => {
    expect(isAnswerBack(of(1e-9), [])).toBe(false);
    expect(isAnswerBack([], [])).toBeNull();
  });

  it('is hardly ever said of what goes on at the strength at which it began, and soon of what has ended', () => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    // Two windows that were seen, of a change that is seen at 0.001 in half of them.
    const wrongly = seeds.filter((seed) => isAnswerBack(of(3e-4, 3e-4), windowsAt(seed, 3.3, 2)));
    expect(wrongly.length).toBeLessThan(4);
    const after = (windows: number): number =>
      seeds.filter((seed) => isAnswerBack(of(1e-6, 1e-6), windowsAt(1_000 + seed, 0, windows))).length;
    expect(after(2)).toBeGreaterThan(160);
    expect(after(5)).toBeGreaterThan(195);
  });

  it('is asked of the question that the incident is about', () => {
    const evidence = [
      { claim: 'relation', statistic: 'score_test', value: 12, p_value: 0.02 },
      { claim: 'labels', statistic: 'label_test', value: null, p_value: 0.3 },
    ];
    const performance = { labelled: { reference: 900, current: 400, share: 1 }, mature: true, metrics: {} };
    expect(labelledAnswer({ evidence }, performance, ['concept_drift', 'covariate_shift'])).toEqual({
      p: 0.02,
      labelled: 400,
    });
    expect(labelledAnswer({ evidence }, performance, ['label_shift'])).toEqual({ p: 0.3, labelled: 400 });
    // Shares of labels follow inputs that are moved still.
    expect(labelledAnswer({ evidence }, performance, ['covariate_shift', 'label_shift'])?.p).toBe(0.02);
    expect(labelledAnswer({ evidence }, performance, ['covariate_shift'])).toBeNull();
    expect(labelledAnswer({ evidence }, null, ['label_shift'])).toBeNull();
  });
});
