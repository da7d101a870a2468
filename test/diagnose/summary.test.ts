import { describe, expect, it } from 'vitest';
import type { Performance, PerformanceMetric } from '../../src/core/findings.ts';
import { performanceChange } from '../../src/diagnose/performance-change.ts';
import { summarise } from '../../src/diagnose/summary.ts';

const figure = (reference: number, current: number, p_value: number): PerformanceMetric => ({
  reference,
  current,
  interval: null,
  p_value,
});

/** Of rows that show nothing but these figures. */
function said(metrics: Performance['metrics']): string {
  return summarise({
    verdict: 'none',
    types: [],
    advice: 'none',
    faults: [],
    input: { moved: [], movedP: 1, quietP: 0.4, columns: 12 },
    answers: null,
    labelled: null,
    performance: performanceChange({ metrics } as Performance),
    strata: null,
    split: null,
    bound: null,
    odds: null,
    windowStartMs: null,
  });
}

describe('what a summary says of performance', () => {
  const f1 = figure(0.594, 0.47, 5e-4);

  it('is that no loss is shown where no figure is worse', () => {
    expect(said({ accuracy: figure(0.666, 0.763, 3e-6), f1: figure(0.594, 0.59, 0.4) })).toContain(
      ', no loss shown (accuracy 66.6 % → 76.3 %).',
    );
  });

  it('is which of those that are listed got worse', () => {
    expect(said({ accuracy: figure(0.666, 0.763, 3e-6), f1, recall: figure(0.515, 0.409, 0.005) })).toContain(
      ', and accuracy rose 66.6 % → 76.3 %, while f1 fell 59.4 % → 47.0 % (p 5e-4), and recall got worse, too.',
    );
    expect(said({ accuracy: figure(0.666, 0.668, 0.924), f1 })).toContain(
      ', and accuracy 66.6 % → 66.8 % did not get worse, while f1 fell 59.4 % → 47.0 % (p 5e-4).',
    );
    expect(said({ accuracy: figure(0.666, 0.661, 0.6), f1 })).toContain(
      ', and accuracy 66.6 % → 66.1 % may be chance by itself (p 0.6), while f1 fell',
    );
    expect(said({ mae: figure(4, 3, 1e-6), r2: figure(0.7, 0.5, 1e-4) })).toContain(
      ', and mae fell 4.000 → 3.000, while r2 fell 0.7000 → 0.5000 (p 1e-4).',
    );
  });
});
