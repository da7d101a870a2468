import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../../src/simulate/families/all-families.ts';
import { MODEL_KINDS } from '../../src/simulate/family.ts';
import { measuredEffect } from '../../src/simulate/measured-effect.ts';
import type { MeasuredEffect } from '../../src/simulate/measured-effect.ts';
import { type ShiftRequest, SIMULATED_FAULTS } from '../../src/simulate/plan.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import { tableOfRows } from './table-of-rows.ts';
import { simulate } from '../../src/simulate/world.ts';
import type { SimulatedRows, WorldSpec } from '../../src/simulate/world.ts';

const SPEC: WorldSpec = {
  seed: 3,
  task: 'classification',
  model: 'calibrated',
  rows: { reference: 2000, current: 2000 },
};
const [CREDIT] = FAMILIES;
if (CREDIT === undefined) throw new Error('no families');

function played(
  request: ShiftRequest,
  family = CREDIT,
  spec: WorldSpec = SPEC,
): { rows: SimulatedRows; effect: MeasuredEffect; features: readonly string[] } {
  const shift = planShift(family!, spec.task, request, spec.seed);
  const rows = simulate(family!, spec, shift.change);
  return { rows, effect: measuredEffect(family!, spec.task, rows), features: shift.features };
}

describe.each(FAMILIES.map((family) => ({ name: family.name, family })))('the family $name', ({ family }) => {
  test('has values of its kinds in every row, and classes of which neither is rare', () => {
    const { reference } = simulate(family, SPEC, {});
    for (const { name, kind } of family.features) {
      const type = kind === 'numeric' ? 'number' : 'string';
      expect(reference.filter(({ fed }) => typeof fed[name] !== type || Number.isNaN(fed[name]))).toEqual([]);
    }
    const positives = reference.filter(({ label }) => label === 1).length / reference.length;
    expect(positives).toBeGreaterThan(0.2);
    expect(positives).toBeLessThan(0.8);
  });

  test('has models that know the truth well, coarsely and hardly', () => {
    const [calibrated, imperfect, weak] = MODEL_KINDS.map(
      (model) => played({ kind: 'none' }, family, { ...SPEC, model }).effect.skill,
    );
    expect(calibrated).toBeGreaterThan(imperfect!);
    expect(imperfect).toBeGreaterThan(weak!);
    expect(calibrated).toBeGreaterThan(0.7);
    expect(weak).toBeLessThan(0.7);
  });

  test('can show every fault, and nothing else moves', () => {
    for (const fault of SIMULATED_FAULTS) {
      const { rows, features } = played({ kind: fault }, family);
      const broken = rows.current.filter(({ isBroken }) => isBroken).length;
      expect(broken).toBeGreaterThan(0.02 * rows.current.length);
      const clean = simulate(family, SPEC, {}).reference;
      expect(rows.reference).toEqual(clean);
      const table = tableOfRows(family, 'classification', rows.current);
      expect(features.every((name) => table.features.some((column) => column.name === name))).toBe(true);
    }
  });
});

describe('a simulated world', () => {
  test('is the same for the same seed, and another for another', () => {
    const again = played({ kind: 'mixed' });
    expect(played({ kind: 'mixed' }).rows).toEqual(again.rows);
    expect(played({ kind: 'mixed' }, CREDIT, { ...SPEC, seed: 4 }).rows).not.toEqual(again.rows);
  });

  test('orders rows in time, reference before current', () => {
    const { reference, current } = played({ kind: 'none' }).rows;
    const times = [...reference, ...current].map(({ timestampMs }) => timestampMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('leaves out labels as asked', () => {
    const { rows } = played({ kind: 'none' }, CREDIT, { ...SPEC, labelled: 0.3 });
    const known = rows.current.filter(({ label }) => label !== null).length / rows.current.length;
    expect(known).toBeGreaterThan(0.26);
    expect(known).toBeLessThan(0.34);
  });
});

describe('a change is as large as it was asked for', () => {
  test('of the mean of a feature, and of nothing else about the relation', () => {
    const { effect } = played({ kind: 'covariate_shift', form: 'mean', feature: 'debt', size: 0.8 });
    expect(effect.feature.name).toBe('debt');
    expect(effect.feature.deviations).toBeCloseTo(0.8, 1);
    expect(effect.concept).toBe(0);
  });

  test('of the spread of a feature', () => {
    const { rows } = played({ kind: 'covariate_shift', form: 'scale', feature: 'savings', size: 0.5 });
    const spread = (side: SimulatedRows['current']): number => {
      const values = side.map(({ fed }) => Number(fed['savings']));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    expect(Math.abs(spread(rows.current) / spread(rows.reference) - 1.5)).toBeLessThan(0.1);
  });

  test('of the mix of rows: who comes more often is as he was', () => {
    const { rows, effect } = played({ kind: 'covariate_shift', form: 'mix', feature: 'country', size: 0.6 });
    expect(Math.abs(effect.feature.deviations)).toBeGreaterThan(0.5);
    expect(effect.feature.name).toBe('country');
    expect(rows.current.every(({ truth }) => truth.now === truth.before)).toBe(true);
  });

  test('of the share of a class, or of the mean of a label', () => {
    expect(played({ kind: 'label_shift', size: 0.15 }).effect.label).toBeCloseTo(0.15, 1);
    const numeric = played({ kind: 'label_shift', size: -0.5 }, CREDIT, { ...SPEC, task: 'regression' });
    expect(numeric.effect.label).toBeCloseTo(-0.5, 1);
  });

  test('of the concept in a stratum: there by so many log odds, elsewhere not at all', () => {
    const { rows } = played({
      kind: 'concept_drift',
      form: 'local',
      feature: 'age',
      end: 'low',
      share: 0.3,
      size: -2,
    });
    const moved = rows.current.filter(({ truth }) => truth.now !== truth.before);
    expect(moved.length / rows.current.length).toBeCloseTo(0.3, 1);
    expect(moved.every(({ truth }) => Math.abs(truth.now - truth.before + 2) < 1e-9)).toBe(true);
    const oldest = Math.max(...moved.map(({ fed }) => Number(fed['age'])));
    const others = rows.current.filter(({ truth }) => truth.now === truth.before);
    expect(Math.min(...others.map(({ fed }) => Number(fed['age'])))).toBeGreaterThan(oldest);
  });

  test('of the roles of two features: a full turn changes nothing', () => {
    const quarter = played({ kind: 'concept_drift', form: 'rotation', feature: 'debt', size: 1 });
    expect(quarter.effect.concept).toBeGreaterThan(0.15);
    const full = played({ kind: 'concept_drift', form: 'rotation', feature: 'debt', size: 4 });
    expect(full.effect.concept).toBeLessThan(1e-6);
  });

  test('of a broken share, from its moment on', () => {
    const { rows } = played({ kind: 'missing_spike', feature: 'income', share: 0.4, begins: 0.5 });
    const half = rows.current.slice(0, 1000);
    expect(half.filter(({ isBroken }) => isBroken)).toEqual([]);
    const broken = rows.current.slice(1000).filter(({ fed }) => fed['income'] === null).length;
    expect(broken / 1000).toBeCloseTo(0.4, 1);
  });
});

describe('what cannot be simulated is refused', () => {
  test.each<{ request: ShiftRequest; says: string }>([
    { request: { kind: 'constant_value', share: 0.5 }, says: 'all rows or none' },
    { request: { kind: 'concept_drift', form: 'rotation', size: 3000 }, says: 'at most 4' },
    { request: { kind: 'covariate_shift', size: Number.POSITIVE_INFINITY }, says: 'at most' },
    { request: { kind: 'covariate_shift', form: 'mean', feature: 'height' }, says: 'height is no number' },
    { request: { kind: 'covariate_shift', form: 'rotation' }, says: 'has no form rotation' },
    { request: { kind: 'unit_change', feature: 'country' }, says: 'nothing to choose from' },
  ])('$says', ({ request, says }) => {
    expect(() => played(request)).toThrow(says);
  });
});
