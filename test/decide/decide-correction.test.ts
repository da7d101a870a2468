import { describe, expect, test } from 'vitest';
import type { AlertState } from '../../src/core/alerts/alert.ts';
import type { ShiftKind, VerdictKind } from '../../src/core/findings.ts';
import { decideCorrection, withdrawIncident } from '../../src/decide/decide-correction.ts';

type Says = readonly [VerdictKind, ...ShiftKind[]];
const CLEAN: Says = ['none'];
const CONCEPT: Says = ['concept_drift', 'concept_drift'];
const COVARIATE: Says = ['covariate_shift', 'covariate_shift'];
const BOTH: Says = ['mixed', 'covariate_shift', 'concept_drift'];
const FAULT: Says = ['data_fault', 'data_fault'];
const UNKNOWN: Says = ['undetermined'];

describe('decideCorrection', () => {
  test.each([
    // told as, now, corrected before → people hear of it, and why or why not
    ['firing', CONCEPT, CLEAN, false, true, 'told_shift_gone'],
    ['firing', CONCEPT, COVARIATE, false, true, 'told_kind_gone'],
    ['firing', CONCEPT, FAULT, false, true, 'told_kind_gone'],
    ['firing', BOTH, COVARIATE, false, true, 'told_kind_gone'],
    ['firing', CONCEPT, CONCEPT, false, false, 'verdict_stands'],
    ['firing', CONCEPT, BOTH, false, false, 'verdict_stands'],
    ['firing', CONCEPT, UNKNOWN, false, false, 'undetermined'],
    ['resolved', CLEAN, CLEAN, false, false, 'verdict_stands'],
    ['resolved', CLEAN, CONCEPT, false, true, 'resolution_withdrawn'],
    ['resolved', CLEAN, UNKNOWN, false, false, 'undetermined'],
    ['firing', CONCEPT, CLEAN, true, false, 'corrected_before'],
    ['firing', CONCEPT, COVARIATE, true, false, 'corrected_before'],
    ['resolved', CLEAN, CONCEPT, true, false, 'corrected_before'],
    ['firing', CONCEPT, CONCEPT, true, false, 'verdict_stands'],
  ] as const)(
    'told %s of %j, now %j, corrected before %s: %s, %s',
    (kind, told, now, before, notify, reason) => {
      const [, ...toldTypes] = told;
      const [verdict, ...types] = now;
      expect(decideCorrection({ kind, types: toldTypes }, { verdict, types }, before)).toEqual({
        notify,
        reason,
      });
    },
  );
});

describe('withdrawIncident', () => {
  const alert = (state: AlertState['state']): AlertState => ({
    state,
    verdict: 'concept_drift',
    types: ['concept_drift'],
    subjects: [],
    firedVerdict: 'concept_drift',
    toldTypes: ['concept_drift'],
    windowsInARow: 2,
    verdictInARow: 2,
    cleanInARow: 0,
    sinceMs: 1,
    lastWindowId: '7',
    firedAtMs: 5,
    resolvedAtMs: null,
    lastNotifiedAtMs: 5,
    nextReminderAtMs: 99,
  });

  test.each([
    ['firing', CLEAN, 0, true],
    ['recovering', CLEAN, 0, true],
    ['pending', CLEAN, 0, true],
    ['firing', CLEAN, 1, false],
    ['firing', COVARIATE, 0, false],
    ['firing', UNKNOWN, 0, false],
    ['resolved', CLEAN, 0, false],
  ] as const)(
    '%s, the window now %j, %i others stand: over %s',
    (state, [verdict, ...types], standing, over) => {
      const next = withdrawIncident(alert(state), { verdict, types }, standing, 10);
      expect(next).toEqual(
        over ? { ...alert(state), state: 'resolved', resolvedAtMs: 10, nextReminderAtMs: null } : null,
      );
    },
  );
});
