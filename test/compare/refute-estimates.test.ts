import { describe, expect, it } from 'vitest';
import { withRealised } from '../../src/compare/estimation/refute-estimates.ts';
import type { EstimatedLabels, EstimatedMetric, Performance } from '../../src/core/findings.ts';

const estimate = (value: number): EstimatedMetric => ({
  reference: 0.85,
  value,
  interval: [value - 0.02, value + 0.02],
  method: 'cbpe',
  valid: true,
  reason: 'if_concept_stands',
});

function measured(accuracy: number, labelled: number): Performance {
  return {
    labelled: { reference: 2_000, current: labelled, share: 1 },
    mature: true,
    metrics: {
      accuracy: {
        reference: 0.85,
        current: accuracy,
        interval: [accuracy - 0.02, accuracy + 0.02],
        p_value: null,
      },
    },
  };
}

const shares: EstimatedLabels = {
  method: 'em',
  classes: [
    { class: 'yes', reference: 0.5, estimated: 0.3, interval: [0.27, 0.33] },
    { class: 'no', reference: 0.5, estimated: 0.7, interval: [0.67, 0.73] },
  ],
  valid: true,
  reason: 'if_only_labels_moved',
};

const labels = (yes: number, no: number) => ({
  labelled: yes + no,
  rowsOf: (name: string) => (name === 'yes' ? yes : no),
});

describe('an estimate beside what labels say', () => {
  it('stays as it was made while both may err so far by chance', () => {
    const made = { estimated: { accuracy: estimate(0.83) }, estimated_labels: [shares] };
    const both = withRealised(measured(0.85, 1_000), made, labels(310, 690), 200);
    expect(both.estimated).toEqual(made.estimated);
    expect(both.estimated_labels).toEqual([shares]);
    expect(both.metrics['accuracy']?.current).toBe(0.85);
  });

  it('is refuted further away, and keeps its value and interval', () => {
    // 0.02 of either side are 1.96 standard errors: 3.29 of both together are 0.0475.
    const at = (accuracy: number): EstimatedMetric | undefined =>
      withRealised(measured(accuracy, 1_000), { estimated: { accuracy: estimate(0.8) } }, null, 200)
        .estimated?.['accuracy'];
    expect(at(0.847)?.valid).toBe(true);
    expect(at(0.848)).toEqual({ ...estimate(0.8), valid: false, reason: 'refuted_by_labels' });
  });

  it('allows for what counts on a grid leave open', () => {
    const performance = measured(0.848, 1_000);
    const { accuracy } = performance.metrics;
    if (accuracy === undefined) throw new Error('no accuracy');
    const bounded = { ...performance, metrics: { accuracy: { ...accuracy, bound: 0.01 } } };
    const both = withRealised(bounded, { estimated: { accuracy: estimate(0.8) } }, null, 200);
    expect(both.estimated?.['accuracy']?.valid).toBe(true);
  });

  it('has its shares refuted by the labels’ own', () => {
    const judged = (yes: number, no: number) =>
      withRealised(measured(0.85, yes + no), { estimated_labels: [shares] }, labels(yes, no), 200)
        .estimated_labels?.[0];
    expect(judged(500, 500)).toEqual({ ...shares, valid: false, reason: 'refuted_by_labels' });
    expect(judged(300, 700)?.valid).toBe(true);
  });

  it('is not refuted by a few labels', () => {
    const made = { estimated: { accuracy: estimate(0.8) }, estimated_labels: [shares] };
    const both = withRealised(measured(0.2, 199), made, labels(150, 49), 200);
    expect(both.estimated?.['accuracy']?.valid).toBe(true);
    expect(both.estimated_labels?.[0]?.valid).toBe(true);
  });
});
