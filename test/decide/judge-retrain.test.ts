import { describe, expect, it } from 'vitest';
import type { OutcomeFigure } from '../../src/core/retrain/retrain.ts';
import {
  isWorthAnotherLook,
  judgeRetrain,
  type ComparedOutcomes,
  type JudgedRetrain,
} from '../../src/decide/judge-retrain.ts';

const NOW = Date.UTC(2026, 2, 10);
const LATER = NOW + 1;

function figure(
  version: string,
  value: number,
  half: number,
  rest: Partial<OutcomeFigure> = {},
): OutcomeFigure {
  return { version, value, interval: [value - half, value + half], labelled: 1_000, windows: 4, ...rest };
}

/** Accuracy was 0.86 in training, fell to 0.70, and 0.03 less than in training counts as lost. */
function compared(rest: Partial<ComparedOutcomes> = {}): ComparedOutcomes {
  return {
    metric: 'accuracy',
    basis: 'side_by_side',
    new: figure('4', 0.87, 0.02),
    old: figure('3', 0.7, 0.02),
    reference: 0.86,
    oldAgainstReferenceP: 1e-9,
    difference: { value: 0.17, interval: [0.14, 0.2], p_value: 1e-12 },
    ...rest,
  };
}

function judged(rest: Partial<JudgedRetrain> = {}): JudgedRetrain {
  return {
    trigger: 'performance',
    drop: 0.03,
    minLabelled: 200,
    oldVersion: '3',
    newVersion: '4',
    newWindows: 4,
    compared: compared(),
    labelledWithoutFigure: false,
    giveUpAtMs: LATER,
    ...rest,
  };
}

const alike = { value: 0.002, interval: [-0.02, 0.024] as [number, number], p_value: 0.8 };
const better = { value: 0.06, interval: [0.03, 0.09] as [number, number], p_value: 1e-5 };

describe('judgeRetrain', () => {
  it.each<[string, string, JudgedRetrain]>([
    ['fixed', 'performance_restored', judged()],
    // 0.85 ± 0.02 at 95 % reaches below 0.83 at 99.9 %.
    ['too_early', 'not_certain_yet', judged({ compared: compared({ new: figure('4', 0.85, 0.02) }) })],
    ['fixed', 'performance_restored', judged({ compared: compared({ new: figure('4', 0.85, 0.01) }) })],
    [
      'not_fixed',
      'still_beyond_limit',
      judged({ compared: compared({ new: figure('4', 0.702, 0.02), difference: alike }) }),
    ],
    // Better than the old, and far from what it was.
    [
      'not_fixed',
      'still_beyond_limit',
      judged({ compared: compared({ new: figure('4', 0.76, 0.02), difference: better }) }),
    ],
    [
      'worse',
      'worse_than_old',
      judged({
        compared: compared({
          new: figure('4', 0.6, 0.02),
          difference: { value: -0.1, interval: [-0.13, -0.07], p_value: 1e-8 },
        }),
      }),
    ],
    // Worse by chance is not worse.
    [
      'not_fixed',
      'still_beyond_limit',
      judged({
        compared: compared({
          new: figure('4', 0.68, 0.02),
          difference: { value: -0.02, interval: [-0.05, 0.01], p_value: 0.02 },
        }),
      }),
    ],
    [
      'kept',
      'recovered_by_itself',
      judged({ compared: compared({ old: figure('3', 0.87, 0.02), difference: alike }) }),
    ],
    ['fixed', 'performance_restored', judged({ compared: compared({ old: null, difference: null }) })],
    [
      'kept',
      'nothing_was_lost',
      judged({
        trigger: 'schedule',
        compared: compared({ basis: 'before', old: figure('3', 0.87, 0.02), difference: alike }),
      }),
    ],
    ['too_early', 'no_new_version', judged({ newVersion: null })],
    ['undecided', 'same_version', judged({ newVersion: '3' })],
    ['too_early', 'no_predictions_yet', judged({ newWindows: 0, compared: null })],
    ['too_early', 'no_mature_labels', judged({ compared: null })],
    ['too_early', 'metric_unavailable', judged({ compared: null, labelledWithoutFigure: true })],
    [
      'too_early',
      'too_few_labels',
      judged({ compared: compared({ new: figure('4', 0.99, 0.001, { labelled: 199 }) }) }),
    ],
  ])('says %s, %s', (outcome, reason, input) => {
    const found = judgeRetrain(input, NOW);
    expect({ outcome: found.outcome, reason: found.reason }).toEqual({ outcome, reason });
    expect(found.summary).toMatch(/^[A-Z].*\.$/);
  });

  it.each<[string, string, Partial<ComparedOutcomes>]>([
    // Half of the 0.16 that was lost has to come back.
    ['fixed', 'performance_restored', {}],
    ['not_fixed', 'still_beyond_limit', { new: figure('4', 0.72, 0.02), difference: alike }],
    ['too_early', 'not_certain_yet', { new: figure('4', 0.78, 0.02), difference: better }],
    // The old version had lost nothing: drift alone is no loss.
    [
      'kept',
      'nothing_was_lost',
      { old: figure('3', 0.86, 0.02), oldAgainstReferenceP: 0.9, difference: alike },
    ],
    [
      'fixed',
      'better_than_old',
      { old: figure('3', 0.84, 0.02), oldAgainstReferenceP: 0.2, difference: better },
    ],
    [
      'too_early',
      'not_certain_yet',
      {
        old: figure('3', 0.86, 0.08),
        oldAgainstReferenceP: 0.9,
        difference: { value: -0.01, interval: [-0.09, 0.07], p_value: 0.8 },
      },
    ],
    ['too_early', 'nothing_to_compare_with', { old: null, reference: null, difference: null }],
    // Too few labels of the old version say nothing about it.
    [
      'too_early',
      'nothing_to_compare_with',
      { old: figure('3', 0.1, 0.2, { labelled: 9 }), oldAgainstReferenceP: 1e-9 },
    ],
  ])('asked for by drift, without a limit of its own, says %s, %s', (outcome, reason, rest) => {
    const found = judgeRetrain(judged({ trigger: 'drift', drop: null, compared: compared(rest) }), NOW);
    expect({ outcome: found.outcome, reason: found.reason }).toEqual({ outcome, reason });
  });

  it('knows errors, of which less is better', () => {
    const errors = (value: number) =>
      judged({
        drop: 0.5,
        compared: compared({
          metric: 'rmse',
          new: figure('4', value, 0.1),
          old: figure('3', 4, 0.1),
          reference: 2,
          difference: { value: value - 4, interval: [value - 4.1, value - 3.9], p_value: 1e-9 },
        }),
      });
    expect(judgeRetrain(errors(2.1), NOW)).toMatchObject({ outcome: 'fixed', limit: 2.5 });
    expect(judgeRetrain(errors(3), NOW).outcome).toBe('not_fixed');
    expect(judgeRetrain(errors(5), NOW).outcome).toBe('worse');
  });

  it('stops waiting when its time is over, and not before', () => {
    const input = judged({ compared: null });
    expect(judgeRetrain(input, LATER - 1).outcome).toBe('too_early');
    expect(judgeRetrain(input, LATER)).toMatchObject({ outcome: 'undecided', reason: 'no_mature_labels' });
    // What is certain is said even then.
    expect(judgeRetrain(judged(), LATER).outcome).toBe('fixed');
  });

  it('tells it in one sentence with its figures', () => {
    expect(judgeRetrain(judged(), NOW).summary).toBe(
      'The retraining has fixed it: version 4 has accuracy 0.87 (0.85 to 0.89), version 3 0.7 (0.68 to 0.72) in the same windows; in training it was 0.86.',
    );
    expect(judgeRetrain(judged(), NOW).evidence.map(({ claim }) => claim)).toEqual([
      'version 4 on 1000 labels of 4 windows',
      'version 3 on 1000 labels of 4 windows',
      'the old version on its training data',
      'new less old',
    ]);
  });

  it('looks seldom enough for chance to stay out of it', () => {
    expect(isWorthAnotherLook(null, 200)).toBe(true);
    expect(isWorthAnotherLook(200, 299)).toBe(false);
    let looks = 0;
    let last: number | null = null;
    for (let labelled = 200; labelled <= 1_000_000; labelled += 10) {
      if (!isWorthAnotherLook(last, labelled)) continue;
      looks += 1;
      last = labelled;
    }
    expect(looks).toBeLessThanOrEqual(22);
  });
});
