import { describe, expect, it } from 'vitest';
import type { Performance, PerformanceMetric } from '../../src/core/findings.ts';
import { performanceEvidence } from '../../src/diagnose/evidence.ts';
import { performanceChange, performanceFell } from '../../src/diagnose/performance-change.ts';

const figure = (reference: number, current: number, p_value: number): PerformanceMetric => ({
  reference,
  current,
  interval: null,
  p_value,
});
const of = (metrics: Performance['metrics']): Performance => ({ metrics }) as Performance;

describe('the change of performance that is quoted', () => {
  const accuracy = figure(0.633, 0.61, 0.056);

  it('names the other figure that is worse beyond chance, most clearly', () => {
    const performance = of({
      accuracy,
      roc_auc: figure(0.686, 0.639, 4e-5),
      log_loss: figure(0.64, 0.674, 3e-5),
    });
    const change = performanceChange(performance);
    expect(change).toMatchObject({
      metric: 'accuracy',
      lost: false,
      beside: { metric: 'log_loss', p: 3e-5 },
    });
    expect(performanceFell(performance)).toBe(true);
    expect(performanceEvidence(change!, false).map(({ claim }) => claim)).toEqual([
      'accuracy 63.3 % → 61.0 %',
      'log loss 0.6400 → 0.6740',
    ]);
  });

  it('keeps every other figure that may be worse, those too that fall with the mix of classes', () => {
    const metrics = {
      accuracy: figure(0.666, 0.763, 3e-6),
      f1: figure(0.594, 0.47, 5e-4),
      precision: figure(0.7, 0.55, 4e-4),
      roc_auc: figure(0.722, 0.705, 0.422),
      log_loss: figure(0.624, 0.518, 2e-7),
      bias: figure(0.1, -0.1, 1e-9),
      // Shown in no mail.
      ece: figure(0.01, 0.05, 1e-9),
    };
    const change = performanceChange(of(metrics));
    expect(change?.worsened?.map(({ metric }) => metric)).toEqual(['precision', 'f1']);
    expect(change).not.toHaveProperty('perhaps');
    expect(performanceFell(of(metrics))).toBe(false);
    expect(performanceChange(of({ accuracy, f1: figure(0.7, 0.6, 0.01) }))).not.toHaveProperty('worsened');
  });

  it('names none that is better, by chance, or falls with the mix of classes', () => {
    for (const metrics of [
      { accuracy, roc_auc: figure(0.686, 0.72, 1e-9) },
      { accuracy, roc_auc: figure(0.686, 0.639, 4e-4) },
      { accuracy, f1: figure(0.7, 0.6, 1e-9) },
    ])
      expect(performanceChange(of(metrics))).not.toHaveProperty('beside');
  });
});
