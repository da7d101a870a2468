import type { DigestEntry } from '../../src/core/alerts/digest.ts';
import { HOUR_MS } from '../../src/core/clock.ts';

export const MORNING = Date.UTC(2026, 2, 3, 7);

/** Inputs of one model that have moved since yesterday. */
export function digestEntry(rest: Partial<DigestEntry> = {}): DigestEntry {
  const sinceMs = MORNING - 20 * HOUR_MS;
  return {
    kind: 'firing',
    incidentId: '12',
    model: 'credit-risk',
    modelVersion: '3',
    segment: '',
    series: 'closed',
    cause: 'shift',
    subjects: ['age'],
    consequence: 'covariate_shift',
    atMs: MORNING - 18 * HOUR_MS,
    sinceMs,
    windowStartMs: sinceMs + HOUR_MS,
    windowEndMs: sinceMs + 2 * HOUR_MS,
    windowsInARow: 2,
    firedVerdict: 'covariate_shift',
    verdict: 'covariate_shift',
    types: ['covariate_shift'],
    advice: 'watch',
    summary: 'The inputs have moved: age.',
    ...rest,
  };
}

export function resolvedEntry(rest: Partial<DigestEntry> = {}): DigestEntry {
  return digestEntry({
    kind: 'resolved',
    consequence: null,
    verdict: 'none',
    types: [],
    advice: 'none',
    summary: 'Nothing has moved.',
    windowEndMs: MORNING - 2 * HOUR_MS,
    ...rest,
  });
}
