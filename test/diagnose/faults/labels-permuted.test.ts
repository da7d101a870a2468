/** Names of several classes that were exchanged among themselves, and worlds that only look like it. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const NAMES = ['bug', 'billing', 'praise', 'other'] as const;
type Name = (typeof NAMES)[number];

/** How much each of three numbers and a channel speak for each class. */
const WEIGHTS: Readonly<Record<Name, readonly number[]>> = {
  bug: [1.2, 0, -0.5, 0.4],
  billing: [-0.6, 1.1, 0.3, -0.4],
  praise: [0, -0.9, 1, 0],
  other: [-0.5, -0.3, -0.8, 0.2],
};

interface Change {
  readonly weights?: Readonly<Record<Name, readonly number[]>>;
  readonly label?: (name: Name, x: readonly number[]) => Name;
  /** Added to the first number. */
  readonly moved?: number;
}

function judged(seed: number, { weights = WEIGHTS, label = (name) => name, moved = 0 }: Change): Diagnosis {
  const draw = draws(seed);
  const side = (rows: number, change: Change): ReturnType<typeof tableOf> => {
    const drawn = Array.from({ length: rows }, () => {
      const x = [draw.normal() + (change.moved ?? 0), draw.normal(), draw.normal(), draw.choice([1, 1])];
      const odds = NAMES.map((name) =>
        Math.exp((change.weights ?? WEIGHTS)[name].reduce((sum, weight, at) => sum + weight * x[at]!, 0)),
      );
      return { x, label: (change.label ?? ((name) => name))(NAMES[draw.choice(odds)]!, x) };
    });
    return tableOf({
      features: {
        length: drawn.map(({ x }) => x[0]!),
        amount: drawn.map(({ x }) => x[1]!),
        mood: drawn.map(({ x }) => x[2]!),
        channel: drawn.map(({ x }) => (x[3] === 1 ? 'mail' : 'chat')),
      },
      label: drawn.map(({ label: name }) => name),
    });
  };
  return judge('classification', {
    reference: side(4_000, {}),
    current: side(2_000, { weights, label, moved }),
  });
}

const EXCHANGED: Readonly<Record<Name, Name>> = {
  bug: 'billing',
  billing: 'bug',
  praise: 'praise',
  other: 'other',
};
const SHIFTED: Readonly<Record<Name, Name>> = {
  bug: 'billing',
  billing: 'praise',
  praise: 'other',
  other: 'bug',
};

describe('labels of several classes', () => {
  test.each([
    ['two exchanged', EXCHANGED, 'billing stands for bug, bug stands for billing'],
    ['a code off by one', SHIFTED, 'billing stands for bug'],
  ])('%s: the labels are at fault, and nobody retrains', (_, label, told) => {
    const diagnosis = judged(1, { label: (name) => label[name] });
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
    expect(diagnosis.faults).toMatchObject([{ fault: 'labels_inverted', feature: 'label' }]);
    for (const part of told.split(', ')) expect(diagnosis.faults[0]?.detail).toContain(part);
  });

  test.each([5, 6, 7])(
    'most of one class that are called another from now on are a changed relation (%i)',
    (seed) => {
      const diagnosis = judged(seed, {
        label: (name, x) => (name === 'bug' && x[0]! > -0.3 ? 'billing' : name),
      });
      expect(diagnosis.faults).toEqual([]);
      expect(diagnosis.verdict).toBe('concept_drift');
    },
  );

  test('exchanged beside inputs that moved', () => {
    const diagnosis = judged(2, { label: (name) => EXCHANGED[name], moved: 0.5 });
    expect(diagnosis.faults).toMatchObject([{ fault: 'labels_inverted', feature: 'label' }]);
    expect(diagnosis.types).toEqual(['data_fault', 'covariate_shift']);
  });

  test('a relation that turned and weakened in one number, or in all, is a concept', () => {
    const turned = (weights: readonly number[]): number[] => [-0.4 * (weights[0] ?? 0), ...weights.slice(1)];
    const weakened = (weights: readonly number[]): number[] => weights.map((weight) => 0.2 * weight);
    for (const [seed, change] of [turned, weakened].entries()) {
      const weights = Object.fromEntries(NAMES.map((name) => [name, change(WEIGHTS[name])])) as Record<
        Name,
        number[]
      >;
      expect(judged(10 + seed, { weights })).toMatchObject({ verdict: 'concept_drift', faults: [] });
    }
  });

  test('one that takes rows of another at one end is a concept: lost labels would be lost evenly', () => {
    for (const seed of [30, 31, 32]) {
      const { verdict, readings } = judged(seed, { weights: { ...WEIGHTS, other: [0.7, -0.3, -0.8, 0.2] } });
      expect(verdict).toBe('concept_drift');
      expect(readings).toBeUndefined();
    }
  });

  test('that stayed as they were are no fault', () => {
    expect(judged(20, {})).toMatchObject({ verdict: 'none', faults: [] });
  });
});

test('two of several classes exchanged from some moment on, beside a third that is not', () => {
  const said = (since: number, times = 1): Diagnosis => {
    const draw = draws(9);
    const side = (rows: number, turn: number): ReturnType<typeof tableOf> => {
      const drawn = Array.from({ length: rows }, (_, row) => {
        const x = [draw.normal(), draw.normal(), draw.normal(), 0];
        const odds = NAMES.map((name) =>
          Math.exp(times * WEIGHTS[name].reduce((sum, weight, at) => sum + weight * x[at]!, 0)),
        );
        const name = NAMES[draw.choice(odds)]!;
        return { x, label: row >= turn ? EXCHANGED[name] : name };
      });
      return tableOf({
        features: {
          length: drawn.map(({ x }) => x[0]!),
          amount: drawn.map(({ x }) => x[1]!),
          mood: drawn.map(({ x }) => x[2]!),
        },
        label: drawn.map(({ label }) => label),
        timestampMs: drawn.map((_, row) => Date.UTC(2026, 2, 2) + row * 60_000),
      });
    };
    return judge('classification', { reference: side(4_000, Infinity), current: side(2_000, since) });
  };
  const [found] = said(1_000).faults;
  expect(found).toMatchObject({ fault: 'labels_inverted', feature: 'label' });
  // A row or so before or after: labels of every class are met on both sides.
  expect(Math.abs(Date.parse(found?.since ?? '') - Date.UTC(2026, 2, 2) - 1_000 * 60_000)).toBeLessThan(
    100 * 60_000,
  );
  expect(said(Infinity).faults).toEqual([]);
  // So many that all rows named as before are nearly the old ones, and not quite.
  const early = said(120);
  expect(early.verdict).toBe('data_fault');
  expect(early.faults[0]?.detail).toContain(' from 2026-03-02 0');
  // So few of them leave the whole window nearly as it was.
  expect(said(1_800, 0.8).faults).toMatchObject([{ fault: 'labels_inverted', feature: 'label' }]);
  expect(said(Infinity, 0.8).faults).toEqual([]);
});
