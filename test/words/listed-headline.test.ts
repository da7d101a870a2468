import { describe, expect, test } from 'vitest';
import { deliveriesLine, listedHeadline } from '../../src/words/incident/listed-headline.ts';

const INCIDENT = {
  cause: 'shift',
  state: 'firing',
  verdict: 'mixed',
  types: ['concept_drift', 'covariate_shift'],
  subjects: ['age', 'income', 'region', 'job'],
  since: '2026-03-01T10:00:00.000Z',
  until: null,
  clean_in_a_row: 0,
  confidence: 0.99,
  advice: 'retrain',
} as const;

describe('an incident in one sentence', () => {
  test.each<[string, object, string]>([
    [
      'goes on',
      {},
      'Covariate shift and concept drift of age, income, region and 1 more since 1 Mar 2026 10:00 UTC, 99 % sure: retrain.',
    ],
    [
      'shows nothing of itself any more',
      { clean_in_a_row: 2, types: ['data_fault'], subjects: ['age'] },
      'Data fault of age since 1 Mar 2026 10:00 UTC; the newest 2 windows show none of it.',
    ],
    [
      'is over',
      { state: 'resolved', until: '2026-03-02T00:00:00.000Z', subjects: [] },
      'Over: covariate shift and concept drift, from 1 Mar 2026 10:00 UTC to 2 Mar 2026 00:00 UTC.',
    ],
    [
      'is of two columns',
      { subjects: ['age', 'income'], types: ['covariate_shift'] },
      'Covariate shift of age and income since 1 Mar 2026 10:00 UTC, 99 % sure: retrain.',
    ],
    [
      'is of three',
      { subjects: ['age', 'income', 'job'], types: ['covariate_shift'] },
      'Covariate shift of age, income and job since 1 Mar 2026 10:00 UTC, 99 % sure: retrain.',
    ],
    [
      'is over because its version is gone',
      { state: 'resolved', subjects: [], closed: { replaced_by: '2' } },
      'Over: covariate shift and concept drift, since 1 Mar 2026 10:00 UTC; version 2 has replaced its version.',
    ],
    [
      'nobody knows the kind of',
      { verdict: 'undetermined', types: ['performance_loss'], subjects: [], advice: 'watch' },
      'Loss of performance since 1 Mar 2026 10:00 UTC: watch.',
    ],
    [
      'is judged no more',
      { advice: null, subjects: [] },
      'Covariate shift and concept drift since 1 Mar 2026 10:00 UTC.',
    ],
    [
      'is silence',
      { cause: 'no_data', types: ['no_data'], subjects: [] },
      'No predictions since 1 Mar 2026 10:00 UTC.',
    ],
    [
      'is of operation',
      { cause: 'operational', types: ['latency'], subjects: ['latency_p95_ms'] },
      'Latency beyond the usual since 1 Mar 2026 10:00 UTC.',
    ],
  ])('that %s', (_, changes, line) => {
    expect(listedHeadline({ ...INCIDENT, ...changes })).toBe(line);
  });

  test('and what became of its messages', () => {
    expect(deliveriesLine({ delivered: 2, failed: 1, waiting: 0 })).toBe('2 delivered, 1 failed');
    expect(deliveriesLine({ delivered: 0, failed: 0, waiting: 0 })).toBe('none');
  });
});
