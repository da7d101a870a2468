import type { FeatureComparison } from '../../src/core/findings.ts';
import { runNews } from '../../src/act/retrain/run-news.ts';
import type { IncidentNews, RetrainRequest, RunNews } from '../../src/core/jobs.ts';

const SINCE = Date.UTC(2026, 2, 1, 9);
const HOUR = 3_600_000;

export function sampleFeature(name: string, rest: Partial<FeatureComparison> = {}): FeatureComparison {
  return {
    name,
    kind: 'numeric',
    status: 'ok',
    rows: { reference: 6000, current: 3000 },
    missing: { reference: 0, current: 0 },
    invalid: { reference: 0, current: 0 },
    metrics: { psi: 0.003 },
    threshold: { psi: 0.031 },
    p_value: 0.4,
    q_value: 0.8,
    severity: 'none',
    drifted: false,
    faults: [],
    reason: 'not_significant',
    ...rest,
  };
}

const age = sampleFeature('age', {
  status: 'drift',
  drifted: true,
  severity: 'critical',
  missing: { reference: 0, current: 0.25 },
  metrics: { psi: 0.41, wasserstein: 8.1, wasserstein_normalized: 0.62 },
  counts: {
    bins: [25, 31, 38, 45, 52, 61, null],
    reference: [857, 857, 857, 857, 857, 857, 858],
    current: [150, 250, 300, 380, 460, 440, 1020],
  },
});
const country = sampleFeature('country', {
  kind: 'categorical',
  status: 'drift',
  drifted: true,
  severity: 'warning',
  new_levels: { reference: 0, current: 0.08 },
  metrics: { psi: 0.18 },
  counts: { bins: ['DE', 'FR', 'AT'], reference: [4000, 1500, 500], current: [1400, 1200, 160] },
});

/** Concept drift at 3 a.m.: labels are in, accuracy has fallen, a retraining has been asked for. */
export function sampleNotification(rest: Partial<IncidentNews> = {}): IncidentNews {
  return {
    about: 'incident',
    kind: 'firing',
    cause: 'shift',
    incidentId: '12',
    model: 'credit-risk',
    modelVersion: '3',
    segment: '',
    series: 'matured',
    windowId: '345',
    windowStartMs: SINCE + HOUR,
    windowEndMs: SINCE + 2 * HOUR,
    sinceMs: SINCE,
    windowsInARow: 2,
    rows: 3000,
    diagnosis: {
      verdict: 'concept_drift',
      types: ['concept_drift'],
      not_tested: [],
      confidence: 0.93,
      evidence: [
        {
          claim: 'outcomes differ at equal features',
          statistic: 'conditional G',
          value: 212.4,
          p_value: 1e-12,
        },
        {
          claim: 'of the loss in accuracy, the new mix explains 0.02 and the new concept 0.13',
          statistic: 'share of the new concept',
          value: 0.87,
          p_value: null,
        },
      ],
      faults: [],
      summary:
        'The relation between inputs and outcomes has changed: accuracy fell from 0.86 to 0.71, and the moved inputs explain only 0.02 of it.',
      advice: 'retrain',
      reason: null,
    },
    features: [age, country, sampleFeature('income')],
    performance: {
      labelled: { reference: 6000, current: 2450, share: 0.817 },
      mature: true,
      metrics: {
        accuracy: { reference: 0.86, current: 0.71, interval: [0.692, 0.727], p_value: 1e-40 },
        f1: { reference: 0.84, current: 0.69, interval: null, p_value: null },
        log_loss: { reference: 0.34, current: 0.58, interval: [0.55, 0.61], p_value: 2.4e-7 },
      },
    },
    decisionReason: 'enough_windows',
    nextReminderAtMs: SINCE + 26 * HOUR,
    retrain: { state: 'requested', reason: 'performance_drop' },
    ...rest,
  };
}

/** A broken pipeline: one feature in another unit, one half empty; labels are not there yet. */
export function faultNotification(): IncidentNews {
  return sampleNotification({
    series: 'closed',
    segment: 'country=DE',
    diagnosis: {
      verdict: 'data_fault',
      types: ['data_fault'],
      not_tested: ['concept_drift'],
      confidence: 0.93,
      evidence: [],
      faults: [
        {
          fault: 'unit_change',
          feature: 'temperature',
          detail: 'values fit °C → °F (distance 0.01, untransformed 0.93)',
          share: 1,
          statistic: 0.01,
          p_value: null,
        },
        {
          fault: 'missing_spike',
          feature: 'income',
          detail: 'missing in 48 % of the rows, 2 % in training',
          share: 0.48,
          statistic: 40,
          p_value: 1e-30,
        },
      ],
      summary: 'The pipeline delivers temperature in another unit and half of income not at all.',
      advice: 'fix_pipeline',
      reason: null,
    },
    features: [
      sampleFeature('temperature', {
        status: 'fault',
        faults: ['unit_change'],
        severity: 'critical',
        metrics: { psi: 7.9 },
      }),
      sampleFeature('income', {
        status: 'fault',
        faults: ['missing_spike'],
        severity: 'critical',
        missing: { reference: 0.02, current: 0.48 },
        metrics: { psi: 0.004 },
      }),
      sampleFeature('a_rather_long_feature_name_that_some_pipeline_has_generated_for_us_0123456789', {
        status: 'drift',
        drifted: true,
        severity: 'info',
        metrics: { psi: 0.045 },
      }),
    ],
    performance: null,
    retrain: { state: 'not_requested', reason: 'pipeline_fault' },
  });
}

export function resolvedNotification(): IncidentNews {
  return sampleNotification({
    kind: 'resolved',
    windowStartMs: SINCE + 25 * HOUR,
    windowEndMs: SINCE + 26 * HOUR,
    windowsInARow: 0,
    firedVerdict: 'concept_drift',
    diagnosis: {
      verdict: 'none',
      types: [],
      not_tested: [],
      confidence: 0.9,
      evidence: [],
      faults: [],
      summary: 'Inputs, predictions and labels look like the training data again.',
      advice: 'none',
      reason: null,
    },
    features: [sampleFeature('age'), sampleFeature('country')],
    performance: {
      labelled: { reference: 6000, current: 2450, share: 0.817 },
      mature: true,
      metrics: { accuracy: { reference: 0.86, current: 0.855, interval: [0.84, 0.869], p_value: 0.4 } },
    },
    decisionReason: 'enough_clean_windows',
    nextReminderAtMs: null,
    retrain: null,
  });
}

/** What that alert asks for. */
export function sampleRequest(): RetrainRequest {
  const { diagnosis, performance } = sampleNotification();
  return {
    runId: '0195815e-0000-7000-8000-000000000001',
    model: 'credit-risk',
    modelVersion: '3',
    trigger: 'performance',
    reason: 'performance_drop',
    requestedAtMs: SINCE,
    window: { id: '345', startMs: SINCE - 2 * HOUR, endMs: SINCE - HOUR },
    verdict: 'concept_drift',
    advice: 'retrain',
    summary: diagnosis.summary,
    evidence: diagnosis.evidence,
    performance,
    training: {
      begins: 'concept_drift',
      labelsKnown: true,
      rows: 9_000,
      labels: 7_500,
      intervals: [],
      leftOut: [],
    },
  };
}

export function sampleRunNews(
  kind: RunNews['kind'],
  { reason = 'performance_drop', ...rest }: Partial<RunNews> & { readonly reason?: string } = {},
): RunNews {
  return { ...runNews(sampleRequest(), { kind, retrain: { state: 'failed', reason } }), ...rest };
}
