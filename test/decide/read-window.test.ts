import { describe, expect, test } from 'vitest';
import type { WindowSilence } from '../../src/core/alerts/alert.ts';
import type { Breach } from '../../src/core/operational.ts';
import {
  operationWindow,
  shiftWindow,
  silenceWindow,
  type ShiftFacts,
} from '../../src/decide/read-window.ts';

const NAMED = { id: '7', startMs: 0 };

describe('shiftWindow', () => {
  const facts = (
    rest: Partial<ShiftFacts> & {
      verdict: ShiftFacts['diagnosis']['verdict'];
      reason?: string;
      advice?: ShiftFacts['diagnosis']['advice'];
    },
  ) => ({
    diagnosis: {
      verdict: rest.verdict,
      types: [],
      reason: rest.reason ?? null,
      advice: rest.advice ?? 'watch',
    },
    series: 'closed' as const,
    silence: null,
    moved: ['age'],
    nearest: 0,
    clearShare: 0.8,
    togetherSinceMs: null,
    labelsSinceMs: null,
    shownBack: true,
    labelsBack: false,
    areFaultsTold: true,
    isUnnamedLoss: false,
    ...rest,
  });
  test.each([
    [facts({ verdict: 'covariate_shift' }), 'shifted'],
    [facts({ verdict: 'covariate_shift', togetherSinceMs: 1 }), 'shifted'],
    [facts({ verdict: 'none', shownBack: false }), 'recovery_not_shown'],
    [facts({ verdict: 'none', reason: 'known_event' }), 'known_event'],
    [facts({ verdict: 'none', reason: 'seasonal' }), 'clean'],
    [facts({ verdict: 'none', reason: 'seasonal', shownBack: false }), 'recovery_not_shown'],
    // A loss on a day of which something is known is one all the same.
    [facts({ verdict: 'none', reason: 'known_event', isUnnamedLoss: true }), 'shifted'],
    [facts({ verdict: 'data_fault' }), 'shifted'],
    // However near it is to what the incident was about.
    [facts({ verdict: 'mixed', nearest: 9 }), 'shifted'],
    [facts({ verdict: 'data_fault', series: 'matured' }), 'told_by_closed_series'],
    // Labels that are inverted nobody saw before they came.
    [facts({ verdict: 'data_fault', series: 'matured', areFaultsTold: false }), 'shifted'],
    [facts({ verdict: 'covariate_shift', series: 'matured' }), 'told_by_closed_series'],
    [facts({ verdict: 'covariate_shift', series: 'matured', labelsBack: true }), 'clean'],
    [
      facts({ verdict: 'covariate_shift', series: 'matured', advice: 'retrain', labelsBack: true }),
      'shifted',
    ],
    [facts({ verdict: 'covariate_shift', series: 'matured', advice: 'retrain' }), 'shifted'],
    [facts({ verdict: 'concept_drift', series: 'matured' }), 'shifted'],
    [facts({ verdict: 'none' }), 'clean'],
    [facts({ verdict: 'none', nearest: 0.79 }), 'clean'],
    [facts({ verdict: 'none', nearest: 0.8 }), 'between_thresholds'],
    [facts({ verdict: 'none', nearest: 0.8, clearShare: 1 }), 'clean'],
    [facts({ verdict: 'undetermined', reason: 'too_few_rows' }), 'insufficient'],
    [facts({ verdict: 'undetermined', reason: 'no_baseline' }), 'undetermined'],
    [facts({ verdict: 'undetermined', reason: 'conflicting_evidence' }), 'undetermined'],
    // A model that got worse is told of, whatever the cause.
    [facts({ verdict: 'undetermined', reason: 'conflicting_evidence', isUnnamedLoss: true }), 'shifted'],
    [facts({ verdict: 'undetermined', reason: 'labels_immature' }), 'undetermined'],
    [facts({ verdict: 'undetermined', reason: 'no_rows' }), 'no_data'],
    [facts({ verdict: 'undetermined', reason: 'no_rows', silence: 'unexpected' }), 'no_data'],
    [facts({ verdict: 'undetermined', reason: 'no_rows', silence: 'usual' }), 'usual_silence'],
    [facts({ verdict: 'undetermined', reason: 'no_rows', silence: 'served_elsewhere' }), 'served_elsewhere'],
  ])('%j counts as %s', (given, counts) => {
    expect(shiftWindow(NAMED, given)).toMatchObject({ ...NAMED, cause: 'shift', counts, subjects: ['age'] });
  });
});

test('an unnamed loss is the kind that people hear of', () => {
  const given = {
    diagnosis: {
      verdict: 'undetermined',
      types: [],
      reason: 'conflicting_evidence',
      advice: 'watch',
    },
    series: 'matured',
    silence: null,
    moved: [],
    nearest: 0,
    clearShare: 0.8,
    togetherSinceMs: null,
    labelsSinceMs: null,
    shownBack: true,
    labelsBack: false,
    areFaultsTold: false,
    isUnnamedLoss: true,
  } satisfies ShiftFacts;
  expect(shiftWindow(NAMED, given).types).toEqual(['performance_loss']);
});

describe('operationWindow', () => {
  const breach = (metric: Breach['metric']): Breach => ({
    metric,
    kind: 'threshold',
    threshold: 1,
    value: 2,
    interval: null,
    p_value: 1e-9,
    claim: '',
  });
  const facts = (breaches: Breach[] | null, rest = {}) => ({
    diagnosis: { verdict: 'none' as const },
    operational: breaches === null ? null : { breaches },
    rows: 500,
    minRows: 200,
    nearest: 0,
    clearShare: 0.8,
    ...rest,
  });
  test.each([
    [facts([]), 'clean'],
    [facts([], { nearest: 0.9 }), 'between_thresholds'],
    [facts([], { rows: 100 }), 'insufficient'],
    [facts(null), 'not_measured'],
    [facts(null, { rows: 0 }), 'no_data'],
    // Few rows are themselves the news of throughput.
    [facts([breach('throughput_per_s')], { rows: 3 }), 'shifted'],
  ])('%j counts as %s', (given, counts) => {
    expect(operationWindow(NAMED, given).counts).toBe(counts);
  });

  test('names metrics, and their kinds once', () => {
    const breaches = [
      breach('latency_p95_ms'),
      breach('latency_p99_ms'),
      breach('error_rate'),
      breach('error_rate'),
    ];
    expect(operationWindow(NAMED, facts(breaches))).toMatchObject({
      types: ['latency', 'errors'],
      subjects: ['latency_p95_ms', 'latency_p99_ms', 'error_rate'],
    });
  });
});

describe('silenceWindow', () => {
  test.each([
    [0, 'unexpected', 'shifted', ['no_data']],
    [0, 'usual', 'usual_silence', []],
    [0, 'served_elsewhere', 'clean', []],
    // A row opened it and was a duplicate: nothing came.
    [0, null, 'shifted', ['no_data']],
    [1, null, 'clean', []],
    // What came late fills it.
    [5, 'unexpected', 'clean', []],
  ] satisfies [number, WindowSilence | null, string, string[]][])(
    '%i rows, %s: %s',
    (rows, silence, counts, types) => {
      const window = silenceWindow(NAMED, { diagnosis: { verdict: 'undetermined' }, rows, silence });
      expect(window).toMatchObject({ cause: 'no_data', counts, types });
    },
  );
});
