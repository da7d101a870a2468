import { expect, test } from 'vitest';
import type { FileComparison, ShiftKind } from '../../src/core/findings.ts';
import { rowsOfIncidents, toldIncidents } from '../../src/files/compare/told-incidents.ts';
import type { IncidentSpan } from '../../src/judge/incident-course.ts';

function saying(types: readonly ShiftKind[], reason: string | null = null): FileComparison {
  const verdict = reason === null ? (types[0] ?? 'none') : 'undetermined';
  return {
    diagnosis: { verdict, types, reason, faults: [] },
    features: [],
    performance: null,
  } as unknown as FileComparison;
}

const around: IncidentSpan = { fault: null, since: 2, told: 3, last: null };
const within: IncidentSpan = {
  fault: null,
  since: 4,
  told: 5,
  last: null,
  byLabels: true,
  within: around,
};
const windows = Array.from({ length: 9 }, () => saying([]));

/** What is told, when all rows, those from the fourth window on, and those before it say so. */
function told(all: FileComparison, later: FileComparison, first: FileComparison): [number, string][] {
  const rows = rowsOfIncidents([around, within], windows);
  expect(rows.map(({ places }) => places.length)).toEqual([7, 5, 2]);
  return toldIncidents(rows, [all, later, first], windows).map(({ span, diagnosis }) => [
    span.since,
    diagnosis.verdict,
  ]);
}

test('what begins within a change and says something else is told by itself', () => {
  expect(told(saying(['concept_drift']), saying(['concept_drift']), saying(['covariate_shift']))).toEqual([
    [2, 'covariate_shift'],
    [4, 'concept_drift'],
  ]);
});

test('what the first windows could not tell apart and all rows can is one event', () => {
  const open = saying([], 'conflicting_evidence');
  expect(told(saying(['label_shift']), saying(['label_shift']), open)).toEqual([[2, 'label_shift']]);
  expect(told(open, saying(['label_shift']), open)).toEqual([
    [2, 'undetermined'],
    [4, 'label_shift'],
  ]);
});

test('labels that add up are no event of their own for a window longer than the one they are of', () => {
  const spans = (last: number): number[] => {
    const over: IncidentSpan = { ...around, last: 6 };
    const rows = rowsOfIncidents([over, { ...within, within: over, last }], windows);
    const label = saying(['label_shift']);
    return toldIncidents(rows, [label, label, label], windows).map(({ span }) => span.since);
  };
  expect(spans(7)).toEqual([2]);
  expect(spans(8)).toEqual([2, 4]);
});

test('what labels alone let suspect is none beside what began within it, unless the rest says so, too', () => {
  const suspected: IncidentSpan = { ...around, byLabels: true };
  const inner: IncidentSpan = { ...within, within: suspected };
  const rows = rowsOfIncidents([suspected, inner], windows);
  const spans = (first: FileComparison): number[] =>
    toldIncidents(rows, [saying(['concept_drift']), saying(['concept_drift']), first], windows).map(
      ({ span }) => span.since,
    );
  expect(spans(saying([], 'fault_or_change'))).toEqual([4]);
  expect(spans(saying(['covariate_shift']))).toEqual([2, 4]);
});

test('labels that let suspect what no row names are an incident where the model got worse', () => {
  const suspected: IncidentSpan = { ...around, byLabels: true };
  const rows = rowsOfIncidents([suspected], windows);
  const verdicts = (together: FileComparison): string[] =>
    toldIncidents(rows, [together], windows).map(({ diagnosis }) => diagnosis.verdict);
  const open = saying([], 'conflicting_evidence');
  const accuracy = (p: number) => ({
    accuracy: { reference: 0.67, current: 0.59, interval: null, p_value: p },
  });
  const performing = (p: number) =>
    ({ ...open, performance: { metrics: accuracy(p) } }) as unknown as FileComparison;
  expect(verdicts(performing(1e-5))).toEqual(['undetermined']);
  expect(verdicts(performing(0.01))).toEqual([]);
});

test('what all rows call the fault that is told of beside it is one event', () => {
  const finding = { fault: 'missing_spike', feature: 'marital' } as const;
  const broken: IncidentSpan = { fault: finding, since: 3, told: 3, last: 8 };
  const spans = (feature: string): number[] => {
    const rows = rowsOfIncidents([around, broken], windows);
    const faulty = saying(['data_fault']);
    const together = {
      ...faulty,
      diagnosis: { ...faulty.diagnosis, faults: [{ ...finding, feature }] },
    } as unknown as FileComparison;
    return toldIncidents(rows, [together, together], windows).map(({ span }) => span.since);
  };
  expect(spans('marital')).toEqual([3]);
  expect(spans('age')).toEqual([2, 3]);
});

test('a column that each window finds broken stays so, whatever all rows together show', () => {
  const finding = { fault: 'constant_value', feature: 'ink' } as const;
  const stuck = {
    ...saying(['data_fault']),
    diagnosis: { ...saying(['data_fault']).diagnosis, faults: [finding] },
  };
  const broken: IncidentSpan = { fault: finding, since: 2, told: 2, last: null };
  const each = windows.map((window, at) => (at < 2 ? window : stuck)) as FileComparison[];
  const rows = rowsOfIncidents([broken], each);
  expect(toldIncidents(rows, [saying(['covariate_shift'])], each)).toMatchObject([
    { diagnosis: { verdict: 'data_fault', faults: [finding] } },
  ]);
});

test('what most windows say, and none otherwise, stands where all rows together do not tell', () => {
  const open = saying([], 'conflicting_evidence');
  const rowsOf = (kinds: readonly (readonly ShiftKind[])[]): string[] => {
    const each = windows.map((window, at) => (at < 2 ? window : saying(kinds[at - 2] ?? [])));
    const rows = rowsOfIncidents([around], each);
    return toldIncidents(rows, [open], each).map(({ diagnosis }) => diagnosis.verdict);
  };
  const label: ShiftKind[] = ['label_shift'];
  expect(rowsOf([label, label, [], label, [], label])).toEqual(['label_shift']);
  expect(rowsOf([label, label, [], ['concept_drift'], label, label])).toEqual(['undetermined']);
  expect(rowsOf([label, [], [], [], label, []])).toEqual(['undetermined']);
});
