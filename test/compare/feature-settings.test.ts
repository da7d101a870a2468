/** What people say of single columns, in flags. */
import { describe, expect, it } from 'vitest';
import { movedTo } from '../../src/compare/direction.ts';
import type { FeatureSetting } from '../../src/core/columns/feature-settings.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { CategoricalColumn } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { numericColumn, tableOf } from '../stats/profile/rows.ts';
import { compareTables } from './compare-tables.ts';

function normals(rows: number, seed: number, shift = 0, scale = 1): number[] {
  const random = createRandom(seed);
  const one = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: rows }, () => shift + scale * one());
}

function compared(
  shift: number,
  setting: FeatureSetting | null,
  { scale = 1, rows = 2_000 } = {},
): FeatureComparison {
  const features = setting === null ? {} : { features: new Map([['x', setting]]) };
  const [feature] = compareTables(
    tableOf([numericColumn('x', normals(5 * rows, 1))]),
    tableOf([numericColumn('x', normals(rows, 2, shift, scale))]),
    { task: 'classification', positiveClass: null, ...features },
  ).features;
  if (feature === undefined) throw new Error('no feature');
  return feature;
}

describe('an ignored column', () => {
  it.each<[FeatureSetting, string]>([
    [{ ignore: true }, 'ignored'],
    [{ kind: 'identifier' }, 'identifier'],
    [{ kind: 'calendar' }, 'calendar'],
  ])('%j is measured, and no more', (setting, reason) => {
    const plain = compared(1, null);
    expect(plain).toMatchObject({ status: 'drift', severity: 'critical' });
    expect(compared(1, setting)).toEqual({
      ...plain,
      status: 'ok',
      reason,
      drifted: false,
      severity: 'none',
      q_value: null,
    });
  });

  it('is in no family: the others are corrected as if it were not there', () => {
    const columns = (shift: number) => [
      numericColumn('x', normals(2_000, 3, shift)),
      numericColumn('y', normals(2_000, 4, 0.1)),
      numericColumn('z', normals(2_000, 5)),
    ];
    const options = { task: 'classification', positiveClass: null } as const;
    const before = tableOf([6, 7, 8].map((seed, at) => numericColumn('xyz'[at]!, normals(8_000, seed))));
    const all = compareTables(before, tableOf(columns(1)), {
      ...options,
      features: new Map([['x', { ignore: true }]]),
    });
    const two = compareTables(
      { ...before, features: before.features.slice(1) },
      tableOf(columns(1).slice(1)),
      options,
    );
    expect(all.features.slice(1)).toEqual(two.features);
  });
});

describe('importance', () => {
  it('low is never more than a notice, high one step more than the size says', () => {
    for (const [shift, severities] of [
      [0.2, ['info', 'info', 'warning']],
      [0.4, ['info', 'warning', 'critical']],
      [1, ['info', 'critical', 'critical']],
    ] as const) {
      const found = (['low', 'normal', 'high'] as const).map(
        (importance) => compared(shift, { importance }).severity,
      );
      expect([shift, ...found]).toEqual([shift, ...severities]);
    }
  });

  it('raises nothing that did not move', () => {
    expect(compared(0, { importance: 'high' })).toMatchObject({ status: 'ok', severity: 'none' });
  });
});

describe('min_effect', () => {
  it('is the floor of this column', () => {
    expect(compared(0.4, { minEffect: 0.5 })).toMatchObject({ status: 'ok', reason: 'effect_below_floor' });
    expect(compared(0.4, { minEffect: 0.05 }).status).toBe('drift');
    const many = { rows: 8_000 };
    expect(compared(0.09, null, many).reason).toBe('effect_below_floor');
    expect(compared(0.09, { minEffect: 0 }, many)).toMatchObject({ status: 'drift', severity: 'info' });
  });
});

describe('direction', () => {
  it('is asked for, or the move is none', () => {
    expect(compared(0.5, { direction: 'up' }).status).toBe('drift');
    expect(compared(0.5, { direction: 'both' }).status).toBe('drift');
    expect(compared(0.5, { direction: 'down' })).toMatchObject({
      status: 'ok',
      drifted: false,
      severity: 'none',
      reason: 'other_direction',
    });
    expect(compared(-0.5, { direction: 'down' }).status).toBe('drift');
  });

  it('is neither where only the spread grew', () => {
    expect(compared(0, null, { scale: 2 }).status).toBe('drift');
    expect(movedTo(compared(0, null, { scale: 2 }))).toBe(null);
    for (const direction of ['up', 'down'] as const)
      expect(compared(0, { direction }, { scale: 2 }).reason).toBe('other_direction');
  });

  it('of a boolean is towards true, rare or not', () => {
    const flags = (rows: number, every: number): CategoricalColumn => ({
      name: 'x',
      kind: 'boolean',
      levels: ['false', 'true'],
      codes: Int32Array.from({ length: rows }, (_, i) => (i % every === 0 ? 1 : 0)),
      invalid: 0,
    });
    const moved = (before: number, now: number) => {
      const [feature] = compareTables(tableOf([flags(9_000, before)]), tableOf([flags(3_000, now)]), {
        task: 'classification',
        positiveClass: null,
      }).features;
      return movedTo(feature!);
    };
    expect(moved(3, 2)).toBe('up');
    expect(moved(2, 3)).toBe('down');
    expect(moved(500, 10)).toBe('up');
    expect(moved(3, 3)).toBe(null);
  });

  it('of categories is none', () => {
    expect(
      movedTo({ kind: 'categorical', counts: { bins: ['a', 'b'], reference: [90, 10], current: [10, 90] } }),
    ).toBe(null);
  });
});
