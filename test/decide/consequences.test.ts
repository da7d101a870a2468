import { describe, expect, it } from 'vitest';
import type { Performance } from '../../src/core/findings.ts';
import type { Breach } from '../../src/core/operational.ts';
import { consequencesOf } from '../../src/decide/consequences.ts';

const measured = (current: number, p: number, rest: Partial<Performance> = {}): Performance => ({
  labelled: { reference: 6_000, current: 2_000, share: 1 },
  mature: true,
  metrics: { accuracy: { reference: 0.86, current, interval: null, p_value: p } },
  ...rest,
});
const estimated = (interval: [number, number], valid = true): Performance => ({
  labelled: { reference: 6_000, current: 0, share: 0 },
  mature: false,
  metrics: {},
  estimated: {
    accuracy: { reference: 0.86, value: 0.8, interval, method: 'cbpe', valid, reason: 'if_concept_stands' },
  },
});
const errors = (mae: number): Performance => ({
  ...measured(0, 1),
  metrics: { mae: { reference: 3, current: mae, interval: null, p_value: 1e-9 } },
});
const breach = (kind: Breach['kind']): Breach => ({
  metric: 'error_rate',
  kind,
  threshold: 0.1,
  value: 0.5,
  interval: null,
  p_value: 0,
  claim: '',
});
const shift = { diagnosis: { types: ['covariate_shift' as const] } };

describe('what a window means', () => {
  it.each([
    ['moved inputs and no labels', null, ['covariate_shift']],
    ['a loss beyond chance', measured(0.7, 1e-9), ['performance_loss', 'covariate_shift']],
    ['a loss that chance explains', measured(0.85, 0.2), ['covariate_shift']],
    ['a gain', measured(0.95, 1e-9), ['covariate_shift']],
    ['larger errors', errors(4), ['performance_loss', 'covariate_shift']],
    ['smaller errors', errors(2), ['covariate_shift']],
    ['a loss in the first labels', measured(0.7, 1e-9, { mature: false }), ['covariate_shift']],
    ['an estimate below training', estimated([0.78, 0.82]), ['expected_loss', 'covariate_shift']],
    ['an estimate that may be training', estimated([0.78, 0.87]), ['covariate_shift']],
    ['an estimate above training', estimated([0.88, 0.9]), ['covariate_shift']],
    ['an estimate that is known not to hold', estimated([0.7, 0.72], false), ['covariate_shift']],
  ] as const)('%s', (_, performance, found) => {
    expect(consequencesOf({ ...shift, performance })).toEqual(found);
  });

  it('gravest first', () => {
    const diagnosis = { types: ['covariate_shift' as const, 'data_fault' as const] };
    expect(consequencesOf({ diagnosis, performance: measured(0.7, 0) })).toEqual([
      'data_fault',
      'performance_loss',
      'covariate_shift',
    ]);
  });

  it('by what the incident is about', () => {
    const operational = { rows: 100, breaches: [breach('drift'), breach('threshold')] };
    const facts = { ...shift, performance: null, operational };
    expect(consequencesOf({ ...facts, cause: 'operational' })).toEqual([
      'operational_limit',
      'operational_drift',
    ]);
    expect(consequencesOf({ ...facts, cause: 'no_data' })).toEqual(['no_data']);
    expect(consequencesOf({ ...facts, cause: 'shift' })).toEqual(['covariate_shift']);
    expect(consequencesOf({ ...facts, cause: 'operational', operational: null })).toEqual([]);
  });
});
