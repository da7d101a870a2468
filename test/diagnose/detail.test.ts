import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { Task } from '../../src/core/model.ts';
import type { Table } from '../../src/core/table.ts';
import { compareTables } from '../compare/compare-tables.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { movedStrata } from '../../src/diagnose/moved-strata.ts';
import { performanceChange } from '../../src/diagnose/performance-change.ts';
import { performanceSplit } from '../../src/diagnose/performance-split.ts';
import { labelledRows, pairSamples } from '../../src/diagnose/samples/row-samples.ts';
import { CLINIC } from '../../src/simulate/families/clinic.ts';
import { CREDIT } from '../../src/simulate/families/credit.ts';
import type { Family, ModelKind } from '../../src/simulate/family.ts';
import type { ShiftRequest } from '../../src/simulate/plan.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import { tableOfRows } from '../simulate/table-of-rows.ts';
import { simulate } from '../../src/simulate/world.ts';

interface Played {
  readonly reference: Table;
  readonly current: Table;
  readonly startMs: number;
  readonly endMs: number;
}

function played(
  family: Family,
  request: ShiftRequest,
  how: { task?: Task; model?: ModelKind; seed?: number } = {},
): Played {
  const { task = 'classification', model = 'calibrated', seed = 8 } = how;
  const { change } = planShift(family, task, request, seed);
  const rows = simulate(family, { seed, task, model, rows: { reference: 4000, current: 2000 } }, change);
  const times = rows.current.map(({ timestampMs }) => timestampMs);
  return {
    reference: tableOfRows(family, task, rows.reference),
    current: tableOfRows(family, task, rows.current),
    startMs: times[0] ?? 0,
    endMs: times.at(-1) ?? 0,
  };
}

function judged(
  family: Family,
  { reference, current }: Pick<Played, 'reference' | 'current'>,
  task: Task = 'classification',
  windowStartMs?: number,
): Diagnosis {
  const positiveClass = task === 'classification' ? family.classes[0] : null;
  return diagnose({
    task,
    positiveClass,
    compared: compareTables(reference, current, { task, positiveClass }),
    reference,
    current,
    options: {
      minRows: 200,
      minLabelled: 200,
      hasBaseline: true,
      labelsTested: true,
      ...(windowStartMs !== undefined && { windowStartMs }),
    },
  });
}

describe('strata', () => {
  const strata = (family: Family, tables: Played, task: Task = 'classification') =>
    movedStrata(
      task,
      labelledRows(pairSamples(tables.reference, tables.current)),
      task === 'classification' ? family.classes[0] : null,
    );

  test('the young, of whom the relation changed, are named with their range and rates', () => {
    const vaccine = played(CLINIC, {
      kind: 'concept_drift',
      form: 'local',
      feature: 'age',
      end: 'low',
      share: 0.3,
      size: -2,
    });
    const [first, ...others] = strata(CLINIC, vaccine);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ feature: 'age', class: 'ill' });
    expect(first?.range?.[0]).toBeNull();
    expect(Math.abs((first?.range?.[1] ?? 0) - 54)).toBeLessThanOrEqual(4);
    expect(first?.share).toBeCloseTo(0.3, 1);
    expect((first?.reference_rate ?? 0) - (first?.current_rate ?? 0)).toBeGreaterThan(0.15);
    expect(first?.p_value).toBeLessThan(1e-6);
  });

  test('a level is named, also where the label is a number', () => {
    const change = {
      concept: (index: number, row: { country?: unknown }) => (row.country === 'FR' ? index - 1 : index),
    };
    const rows = simulate(
      CREDIT,
      { seed: 5, task: 'regression', model: 'imperfect', rows: { reference: 4000, current: 2000 } },
      change,
    );
    const tables = {
      reference: tableOfRows(CREDIT, 'regression', rows.reference),
      current: tableOfRows(CREDIT, 'regression', rows.current),
      startMs: 0,
      endMs: 0,
    };
    const found = strata(CREDIT, tables, 'regression');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ feature: 'country', level: 'FR' });
    // One index unit is ten of the label.
    expect((found[0]?.current_rate ?? 0) - (found[0]?.reference_rate ?? 0)).toBeCloseTo(-10, -0.5);
    expect(found[0]).not.toHaveProperty('class');
  });

  test('a change for all names no feature', () => {
    const medicine = played(CLINIC, { kind: 'concept_drift', form: 'uniform', size: -1 });
    expect(strata(CLINIC, medicine)).toMatchObject([{ feature: null, share: 1 }]);
  });

  test('where nothing moved there are none', () => {
    expect(strata(CLINIC, played(CLINIC, { kind: 'none' }))).toEqual([]);
  });
});

describe('the change of performance', () => {
  const split = (tables: Played, task: Task = 'classification') => {
    const positiveClass = task === 'classification' ? 'approve' : null;
    const { performance } = compareTables(tables.reference, tables.current, { task, positiveClass });
    return (
      performanceSplit(
        task,
        labelledRows(pairSamples(tables.reference, tables.current)),
        performanceChange(performance),
      )?.split ?? null
    );
  };

  test.each<{ task: Task }>([{ task: 'classification' }, { task: 'regression' }])(
    'is the concept’s where only the concept moved: $task',
    ({ task }) => {
      const found = split(
        played(CREDIT, { kind: 'concept_drift', form: 'uniform', size: 2 }, { task }),
        task,
      );
      if (found === null) throw new Error('no split');
      expect(found.total).toBeCloseTo(found.mix + found.concept, 12);
      expect(Math.abs(found.mix)).toBeLessThan(0.2 * Math.abs(found.concept));
      expect(found.interval[0] * found.interval[1]).toBeGreaterThan(0);
    },
  );

  test('is the mix’s where harder rows come more often', () => {
    // Rows near even odds are the ones that no model gets right.
    const rows = simulate(
      CREDIT,
      { seed: 9, task: 'classification', model: 'calibrated', rows: { reference: 4000, current: 2000 } },
      {
        admit: (row) => (Math.abs(CREDIT.truth(row)) < 0.8 ? 1 : 0.05),
      },
    );
    const found = split({
      reference: tableOfRows(CREDIT, 'classification', rows.reference),
      current: tableOfRows(CREDIT, 'classification', rows.current),
      startMs: 0,
      endMs: 0,
    });
    if (found === null) throw new Error('no split');
    expect(found.total).toBeLessThan(-0.03);
    expect(found.mix).toBeLessThan(-0.03);
    expect(found.interval[0]).toBeLessThan(0);
    expect(found.interval[1]).toBeGreaterThan(0);
  });

  test('is not split beside a fault, or without labels', () => {
    const broken = played(CLINIC, { kind: 'unit_change', feature: 'temperature', share: 1 });
    expect(judged(CLINIC, broken).performance_change).toBeNull();
    const { reference, current } = played(CLINIC, { kind: 'none' });
    expect(judged(CLINIC, { reference, current: { ...current, label: null } }).performance_change).toBeNull();
    expect(
      performanceSplit('classification', labelledRows(pairSamples(reference, current)), null),
    ).toBeNull();
  });
});

describe('weights', () => {
  test.each<{ request: ShiftRequest }>([
    { request: { kind: 'none' } },
    { request: { kind: 'covariate_shift', form: 'mean', feature: 'age', size: -1 } },
    { request: { kind: 'concept_drift', form: 'uniform', size: -1 } },
    { request: { kind: 'missing_spike', feature: 'bmi', share: 0.3 } },
  ])(
    'of $request.kind sum to one, the verdict’s is the confidence, and nothing is certain',
    ({ request }) => {
      const { weights = {}, verdict, confidence } = judged(CLINIC, played(CLINIC, request));
      const all = Object.values(weights);
      expect(all).toHaveLength(6);
      expect(all.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(weights[verdict as keyof typeof weights]).toBe(confidence);
      expect(confidence).toBe(Math.max(...all));
      expect(confidence).toBeLessThan(0.995);
    },
  );
});

describe('when a fault began', () => {
  const since = (diagnosis: Diagnosis): number => Date.parse(diagnosis.faults[0]?.since ?? '');

  test.each<{ request: ShiftRequest }>([
    { request: { kind: 'missing_spike', feature: 'card_months', share: 0.4, begins: 0.6 } },
    { request: { kind: 'unit_change', feature: 'temperature', share: 1, begins: 0.6 } },
    { request: { kind: 'sentinel_fill', feature: 'glucose', share: 0.5, begins: 0.6 } },
    { request: { kind: 'type_change', feature: 'age', share: 0.9, begins: 0.6 } },
    { request: { kind: 'category_rename', feature: 'site', share: 1, begins: 0.6 } },
    { request: { kind: 'out_of_range', feature: 'pulse', share: 0.3, begins: 0.6 } },
    { request: { kind: 'constant_value', feature: 'site', begins: 0.6 } },
    { request: { kind: 'sign_flip', feature: 'temperature', begins: 0.6 } },
    { request: { kind: 'swapped_columns', begins: 0.6 } },
  ])('within the window: $request.kind', ({ request }) => {
    const tables = played(CLINIC, request);
    const diagnosis = judged(CLINIC, tables);
    expect(diagnosis.faults[0]).toMatchObject({ fault: request.kind });
    const place = (since(diagnosis) - tables.startMs) / (tables.endMs - tables.startMs);
    expect(place).toBeGreaterThan(0.58);
    expect(place).toBeLessThan(0.63);
    expect(diagnosis.summary).toContain('since 2026-03-06');
  });

  test.each<{ kind: 'constant_value' | 'sign_flip' | 'swapped_columns' }>([
    { kind: 'constant_value' },
    { kind: 'sign_flip' },
    { kind: 'swapped_columns' },
  ])('$kind near its end: in the share of the rows that came after', ({ kind }) => {
    const feature = { constant_value: 'site', sign_flip: 'temperature', swapped_columns: undefined }[kind];
    const tables = played(CLINIC, { kind, begins: 0.8, ...(feature !== undefined && { feature }) });
    const { faults } = judged(CLINIC, tables);
    expect(faults[0]).toMatchObject({ fault: kind });
    for (const { share } of faults) expect(Math.abs(share - 0.2)).toBeLessThan(0.03);
  });

  test('columns exchanged for a part of the rows are named without times where one was always the larger', () => {
    const tables = played(CLINIC, { kind: 'swapped_columns', begins: 0.8 });
    const timeless = { ...tables, current: { ...tables.current, timestampMs: null } };
    const swapped = judged(CLINIC, timeless).faults.filter(({ fault }) => fault === 'swapped_columns');
    expect(swapped.map(({ detail }) => detail)[0]).toContain('each holds what the other held');
    expect(swapped[0]?.share).toBeCloseTo(0.2, 1);
  });

  test('before the first row, as far as the window shows: all rows, or a steady part', () => {
    const whole = played(CLINIC, { kind: 'sign_flip', feature: 'temperature' });
    expect(since(judged(CLINIC, whole))).toBe(whole.startMs);
    const steady = played(CLINIC, { kind: 'missing_spike', feature: 'bmi', share: 0.3 });
    expect(since(judged(CLINIC, steady))).toBe(steady.startMs);
  });

  test('rows without times: when the window began, if that is known', () => {
    const { reference, current } = played(CLINIC, { kind: 'missing_spike', feature: 'bmi', share: 0.3 });
    const timeless = { reference, current: { ...current, timestampMs: null } };
    expect(judged(CLINIC, timeless).faults[0]).not.toHaveProperty('since');
    const start = Date.UTC(2026, 2, 1);
    expect(since(judged(CLINIC, timeless, 'classification', start))).toBe(start);
  });
});
