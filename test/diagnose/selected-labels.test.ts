import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { Table } from '../../src/core/table.ts';
import { arrivalBias } from '../../src/diagnose/arrival-bias.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { inputOf } from './judge.ts';

interface Row {
  readonly income: number;
  readonly age: number;
  readonly score: number;
}

interface World {
  /** Added to every income. */
  readonly richer?: number;
  /** Chance of the positive class, given what the model says. */
  readonly chance?: (row: Row) => number;
  readonly isLabelled?: (row: Row, random: Random) => boolean;
  /** Share of the others that are left out, labelled or not: another mix of labels. */
  readonly withoutDenied?: number;
}

function tableOf(rows: number, random: Random, world: World): Table {
  const { richer = 0, chance = ({ score }) => score, isLabelled = () => true, withoutDenied = 0 } = world;
  const labels = new Map<Row, number>();
  const labelled = (row: Row): number => labels.get(row) ?? Number(random() < chance(row));
  const rowOf = (): Row => {
    const income = 4 * random() - 2 + richer;
    const row = { income, age: 20 + 50 * random(), score: 1 / (1 + Math.exp(-1.5 * income)) };
    if (withoutDenied === 0) return row;
    labels.set(row, labelled(row));
    return labels.get(row) === 0 && random() < withoutDenied ? rowOf() : row;
  };
  const all = Array.from({ length: rows }, rowOf);
  const numeric = (name: string, of: (row: Row) => number) =>
    ({ name, kind: 'numeric', values: Float64Array.from(all, of), invalid: 0 }) as const;
  const classes = (name: string, of: (row: Row) => number) =>
    ({
      name,
      kind: 'categorical',
      codes: Int32Array.from(all, of),
      levels: ['deny', 'approve'],
      invalid: 0,
    }) as const;
  return {
    rows,
    features: [numeric('income', ({ income }) => income), numeric('age', ({ age }) => age)],
    prediction: classes('prediction', ({ score }) => Number(score >= 0.5)),
    score: numeric('score', ({ score }) => score),
    label: classes('label', (row) => (isLabelled(row, random) ? labelled(row) : -1)),
    timestampMs: null,
    predictionId: null,
  };
}

/** Windows of 1,500 rows against a baseline of 3,000. */
const SEEDS = 5;

function verdicts(now: World, before: World = {}, withArrival = true): Diagnosis[] {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const random = createRandom(100 + seed);
    const tables = { reference: tableOf(3_000, random, before), current: tableOf(1_500, random, now) };
    const input = inputOf('classification', tables);
    return diagnose(withArrival ? { ...input, arrival: arrivalBias(tables.current) } : input);
  });
}

const count = (all: readonly Diagnosis[], verdict: string): number =>
  all.filter((each) => each.verdict === verdict).length;

const approved = ({ score }: Row): boolean => score >= 0.5;
const younger = ({ age }: Row, random: Random): boolean => age < 45 || random() < 0.2;

describe.each([
  ['the approved', approved],
  ['the young', younger],
])('labels of %s alone', (_, isLabelled) => {
  test('are no shift of the world, and label shift is then not tested', () => {
    const quiet = verdicts({ isLabelled });
    expect(count(quiet, 'none')).toBe(SEEDS);
    for (const { not_tested, evidence } of quiet) {
      expect(not_tested).toEqual(['label_shift']);
      expect(evidence.map(({ claim }) => claim).join()).toContain('labelled rows differ from the others in');
      expect(evidence.map(({ statistic }) => statistic)).not.toContain('label_test');
    }
  });

  test('still show that the relation changed', () => {
    const chance = ({ score, income }: Row): number => (income > 0.5 && income < 1.5 ? 0.35 : score);
    const drifted = verdicts({ isLabelled, chance });
    expect(count(drifted, 'concept_drift')).toBeGreaterThanOrEqual(SEEDS - 1);
  });

  test('do not hide that the inputs of all rows moved', () => {
    const richer = verdicts({ isLabelled, richer: 0.6 });
    expect(count(richer, 'covariate_shift')).toBeGreaterThanOrEqual(SEEDS - 1);
  });
});

test('when nobody looks who is labelled, the same windows are called a shift', () => {
  expect(count(verdicts({ isLabelled: approved }, {}, false), 'none')).toBe(0);
});

test('where the baseline was labelled by the same rule, like is compared with like', () => {
  // A coin that income loads decides, before as now.
  const isLabelled = ({ income }: Row, random: Random): boolean => random() < (income > 0 ? 0.8 : 0.3);
  for (const { verdict, not_tested } of verdicts({ isLabelled }, { isLabelled })) {
    expect(verdict).toBe('none');
    expect(not_tested).toEqual([]);
  }
});

test('and another mix of labels is told as one, though who is labelled looks otherwise by then', () => {
  const isLabelled = ({ age }: Row, random: Random): boolean => random() < (age < 45 ? 0.8 : 0.3);
  const world = { isLabelled, withoutDenied: 0.6 };
  expect(count(verdicts(world, { isLabelled }), 'label_shift')).toBeGreaterThanOrEqual(SEEDS - 1);
  // Of a baseline with all labels nobody knows.
  expect(count(verdicts(world), 'label_shift')).toBe(0);
});
