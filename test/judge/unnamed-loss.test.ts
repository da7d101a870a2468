import { expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/findings.ts';
import { isUnnamedLoss } from '../../src/judge/unnamed-loss.ts';

const accuracy = (current: number, p: number) => ({
  metrics: { accuracy: { reference: 0.67, current, interval: null, p_value: p } },
});
const open: Pick<Diagnosis, 'verdict' | 'reason'> = {
  verdict: 'undetermined',
  reason: 'conflicting_evidence',
};

test('a loss is unnamed where the model is worse beyond chance and the verdict is open', () => {
  expect(isUnnamedLoss(open, accuracy(0.59, 1e-6))).toBe(true);
  expect(isUnnamedLoss({ ...open, reason: 'fault_or_change' }, accuracy(0.59, 1e-6))).toBe(true);
});

test.each([
  ['not beyond chance', open, accuracy(0.59, 1e-3)],
  ['better', open, accuracy(0.75, 1e-6)],
  ['without labels', open, null],
  ['of too few rows', { ...open, reason: 'too_few_rows' }, accuracy(0.59, 1e-6)],
  ['of labels that are still to come', { ...open, reason: 'labels_immature' }, accuracy(0.59, 1e-6)],
  ['named', { verdict: 'concept_drift', reason: null } as const, accuracy(0.59, 1e-6)],
])('%s it is none', (_, diagnosis, performance) => {
  expect(isUnnamedLoss(diagnosis, performance)).toBe(false);
});
