import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Maturity, Performance, PerformanceMetric } from '../../src/core/findings.ts';
import type { RetrainSpec } from '../../src/core/model.ts';
import { decideRetrain, enoughToTrainOn, stateOfRequest } from '../../src/decide/decide-retrain.ts';
import type { RetrainInput } from '../../src/decide/decide-retrain.ts';
import { metricLoss } from '../../src/decide/performance-drop.ts';

const NOW = Date.UTC(2026, 2, 1);

const spec: RetrainSpec = {
  webhook: 'airflow-retrain',
  schedule: '0 3 1 * *',
  performance: { metric: 'accuracy', drop: 0.03 },
  drift: ['concept_drift'],
  cooldownMs: 24 * HOUR_MS,
};

function accuracy(metric: Partial<PerformanceMetric>, rest: Partial<Performance> = {}): Performance {
  return {
    labelled: { reference: 5000, current: 1000, share: 0.9 },
    mature: true,
    metrics: {
      accuracy: { reference: 0.86, current: 0.71, interval: [0.69, 0.73], p_value: 1e-12, ...metric },
    },
    ...rest,
  };
}

const PROVISIONAL: Maturity = {
  labelled_share: 0.5,
  expected_share: 0.9,
  expected_interval: [0.88, 0.92],
  expected_labels: 400,
  state: 'provisional',
  reason: 'labels_expected',
  arrival_bias: {
    tested: false,
    biased: false,
    p_value: null,
    feature: null,
    distance: null,
    rows: { labelled: 0, unlabelled: 0 },
    reason: 'no_rows',
  },
};

const quiet: RetrainInput = {
  spec,
  labels: { minLabelled: 200 },
  types: [],
  alert: null,
  performance: null,
  scheduleDue: false,
  history: {
    hasOpenRun: false,
    lastRunAtMs: null,
    runsThisWeek: 0,
    newestWindowFaulty: false,
    faultOpen: false,
  },
};
const past = (rest: Partial<RetrainInput['history']>): RetrainInput['history'] => ({
  ...quiet.history,
  ...rest,
});
const firing: RetrainInput['alert'] = {
  state: 'firing',
  types: ['concept_drift'],
  toldTypes: ['concept_drift'],
};

const decide = (input: Partial<RetrainInput>) => decideRetrain({ ...quiet, ...input }, NOW);

describe('decideRetrain', () => {
  it('asks when an alert of a listed kind fires', () => {
    const decision = decide({ types: ['concept_drift'], alert: firing });
    expect(decision.request).toEqual({ trigger: 'drift', reason: 'drift_firing' });
    expect(decision.reason).toBe('drift_firing');
  });

  it.each([
    ['still pending', { ...firing, state: 'pending' as const }, 'not_firing'],
    ['recovering', { ...firing, state: 'recovering' as const }, 'not_firing'],
    ['of another kind', { ...firing, types: ['covariate_shift' as const] }, 'kind_not_listed'],
    ['of a kind nobody was told of yet', { ...firing, toldTypes: [] }, 'kind_not_listed'],
    ['absent', null, 'not_firing'],
  ])('does not ask for an alert that is %s', (_, alert, drift) => {
    const decision = decide({ alert });
    expect(decision.request).toBeNull();
    expect(decision.reason).toBe('no_trigger');
    expect(decision.triggers.drift).toBe(drift);
  });

  it('asks when performance has dropped enough and certainly', () => {
    expect(decide({ performance: accuracy({}) }).request).toEqual({
      trigger: 'performance',
      reason: 'performance_drop',
    });
  });

  it.each([
    ['labels_immature', accuracy({}, { mature: false })],
    ['labels_immature', accuracy({}, { maturity: PROVISIONAL })],
    ['too_few_labels', accuracy({}, { labelled: { reference: 5000, current: 199, share: 0.9 } })],
    ['metric_unavailable', accuracy({ current: null })],
    ['metric_unavailable', accuracy({}, { metrics: {} })],
    ['drop_below_limit', accuracy({ current: 0.84 })],
    ['drop_below_limit', accuracy({ current: 0.95 })],
    ['drop_not_significant', accuracy({ p_value: 0.02 })],
    ['drop_not_significant', accuracy({ p_value: null, interval: [0.68, 0.9] })],
    ['drop_not_significant', accuracy({ p_value: null, interval: null })],
    ['no_labels', null],
  ])('does not ask: %s', (reason, performance) => {
    const decision = decide({ performance });
    expect(decision.request).toBeNull();
    expect(decision.triggers.performance).toBe(reason);
  });

  it('falls back on the interval where there is no test, and counts a drop on the limit', () => {
    expect(decide({ performance: accuracy({ p_value: null }) }).reason).toBe('performance_drop');
    expect(decide({ performance: accuracy({ current: 0.83 }) }).reason).toBe('performance_drop');
  });

  it('asks when the schedule is due', () => {
    expect(decide({ scheduleDue: true }).request).toEqual({ trigger: 'schedule', reason: 'schedule_due' });
  });

  it('names the strongest trigger when several speak', () => {
    const decision = decide({ performance: accuracy({}), alert: firing, scheduleDue: true });
    expect(decision.request?.trigger).toBe('performance');
  });

  it('never asks while the pipeline is at fault, whatever else is true', () => {
    const decision = decide({
      types: ['concept_drift', 'data_fault'],
      alert: firing,
      performance: accuracy({}),
      scheduleDue: true,
      history: past({ hasOpenRun: true }),
    });
    expect(decision).toMatchObject({ request: null, reason: 'pipeline_fault' });
  });

  it('leaves an open run alone, before it looks at the cooldown', () => {
    const history = past({ hasOpenRun: true, lastRunAtMs: NOW, runsThisWeek: 9 });
    expect(decide({ alert: firing, history }).reason).toBe('open_run');
  });

  it('waits for the cooldown to the millisecond, then asks while the alert still fires', () => {
    const since = NOW - 24 * HOUR_MS;
    expect(decide({ alert: firing, history: past({ lastRunAtMs: since + 1 }) }).reason).toBe('cooldown');
    expect(decide({ alert: firing, history: past({ lastRunAtMs: since }) }).reason).toBe('drift_firing');
  });

  it.each([
    ['pipeline_fault', past({ newestWindowFaulty: true, hasOpenRun: true })],
    ['fault_open', past({ faultOpen: true, hasOpenRun: true })],
    ['weekly_cap', past({ runsThisWeek: 2 })],
    ['drift_firing', past({ runsThisWeek: 1 })],
  ])('says %s', (reason, history) => {
    expect(decide({ alert: firing, spec: { ...spec, maxPerWeek: 2 }, history }).reason).toBe(reason);
  });

  it('lets a person past cooldown and cap with force, and past a fault or an open run never', () => {
    const byHand = (force: boolean, history: Partial<RetrainInput['history']>) =>
      decide({ byHand: { force }, spec: { ...spec, maxPerWeek: 1 }, history: past(history) }).reason;
    expect(byHand(false, {})).toBe('asked_by_hand');
    expect(byHand(false, { lastRunAtMs: NOW })).toBe('cooldown');
    expect(byHand(true, { lastRunAtMs: NOW, runsThisWeek: 5 })).toBe('asked_by_hand');
    expect(byHand(true, { hasOpenRun: true })).toBe('open_run');
    expect(byHand(true, { faultOpen: true })).toBe('fault_open');
    expect(byHand(true, { newestWindowFaulty: true })).toBe('pipeline_fault');
  });

  it('wants enough mature labels where labels are logged', () => {
    expect(enoughToTrainOn({ labelsKnown: true, labels: 199 }, 200)).toBe(false);
    expect(enoughToTrainOn({ labelsKnown: true, labels: 200 }, 200)).toBe(true);
    expect(enoughToTrainOn({ labelsKnown: false, labels: 0 }, 200)).toBe(true);
  });

  it('rehearses before it asks anybody, and asks before it sends', () => {
    const approval = { expiresAfterMs: HOUR_MS };
    expect(stateOfRequest({})).toBe('requested');
    expect(stateOfRequest({ approval })).toBe('awaiting_approval');
    expect(stateOfRequest({ approval, dryRun: true })).toBe('dry_run');
  });

  it('says when nothing is configured', () => {
    expect(decide({ spec: null, alert: firing }).reason).toBe('not_configured');
    const bare = { ...spec, performance: null, drift: [] };
    expect(decide({ spec: bare, alert: firing, performance: accuracy({}) })).toMatchObject({
      reason: 'no_trigger',
      triggers: { performance: 'not_configured', drift: 'not_configured' },
    });
  });
});

describe('metricLoss', () => {
  it.each([
    ['accuracy', 0.86, 0.71, 0.15],
    ['mae', 2, 3, 1],
    ['rmse', 3, 2, -1],
    ['log_loss', 0.3, 0.4, 0.1],
    ['bias', -1, 0.5, -0.5],
    ['bias', 0.5, -1, 0.5],
  ])('%s from %d to %d is worse by %d', (metric, reference, current, loss) => {
    expect(metricLoss(metric, reference, current)).toBeCloseTo(loss, 12);
  });
});
