import { describe, expect, it } from 'vitest';
import { compareGroups, compareTableGroups } from '../../src/compare/compare-groups.ts';
import { compareHoldout, compareHoldoutProfiles, partHoldout } from '../../src/compare/compare-holdout.ts';
import type { Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { profileLabels, profileTable } from '../../src/stats/table/table-profile.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const OPTIONS = { task: 'classification', positiveClass: 'yes' } as const;

/** Every third row was held out; every fifth has no label. */
function rows(count: number, seed: number): Table {
  const random = createRandom(seed);
  const scores = Array.from({ length: count }, () => Math.round(random() * 40) / 40);
  return {
    ...tableOf([numericColumn('x', scores)], {
      prediction: levelColumn(
        'prediction',
        scores.map((p) => (p > 0.5 ? 'yes' : 'no')),
      ),
      score: numericColumn('score', scores),
      label: levelColumn(
        'label',
        scores.map((p, row) => (row % 5 === 0 ? null : random() < p ? 'yes' : 'no')),
      ),
    }),
    holdout: Uint8Array.from(scores, (_, row) => (row % 3 === 0 ? 1 : 0)),
  };
}

describe('a hold-out', () => {
  it('says the same from rows and from counts', () => {
    const table = rows(900, 3);
    const reference = buildReference(rows(900, 1), OPTIONS);
    const parted = partHoldout(table);
    if (parted === null) throw new Error('nothing was held out');
    const fromRows = compareHoldout(parted.rest, parted.held, OPTIONS);
    const fromCounts = compareHoldoutProfiles(
      profileLabels(table, reference),
      profileLabels(parted.held, reference),
      'yes',
    );
    expect(fromRows?.labelled).toEqual({ holdout: 240, influenced: 480 });
    expect(fromCounts?.labelled).toEqual(fromRows?.labelled);
    expect(Object.keys(fromCounts?.metrics ?? {})).toEqual(Object.keys(fromRows?.metrics ?? {}));
    for (const [name, metric] of Object.entries(fromRows?.metrics ?? {})) {
      const counted = fromCounts?.metrics[name];
      expect(counted?.holdout, name).toBeCloseTo(metric.holdout ?? Number.NaN, 9);
      expect(counted?.influenced, name).toBeCloseTo(metric.influenced ?? Number.NaN, 9);
      expect(counted?.p_value, name).toBeCloseTo(metric.p_value ?? Number.NaN, 9);
    }
  });

  it('is none without a labelled row that was held out', () => {
    const table = rows(30, 3);
    expect(partHoldout({ ...table, holdout: new Uint8Array(30) })).toBeNull();
    expect(
      partHoldout({ ...table, holdout: Uint8Array.from({ length: 30 }, (_, i) => +(i === 0)) }),
    ).toBeNull();
    expect(partHoldout(tableOf([numericColumn('x', [1])]))).toBeNull();
  });
});

describe('groups', () => {
  const table = rows(600, 7);
  const parts = [
    { group: 'f', rows: Int32Array.from({ length: 240 }, (_, i) => i) },
    { group: 'm', rows: Int32Array.from({ length: 360 }, (_, i) => i + 240) },
  ];

  it('have the same rates from rows and from counts', () => {
    const reference = buildReference(rows(900, 1), OPTIONS);
    const counted = parts.map(({ group, rows: own }) => {
      const { input, labels } = profileTable(takeRows(table, own), reference);
      return { feature: 'sex', group, prediction: input.prediction, labels };
    });
    const found = compareGroups(counted, 'yes');
    expect(found).toEqual(compareTableGroups('sex', parts, table, 'yes'));
    expect(found[0]?.rates.selection_rate?.others).toBe(found[1]?.rates.selection_rate?.value);
    expect(found.map(({ rows: n, labelled }) => [n, labelled])).toEqual([
      [240, 192],
      [360, 288],
    ]);
  });

  it('have a selection rate only before labels, and none without a positive class', () => {
    const unlabelled = { ...table, label: null };
    const [group] = compareTableGroups('sex', parts, unlabelled, 'yes');
    expect(Object.keys(group?.rates ?? {})).toEqual(['selection_rate']);
    expect(compareTableGroups('sex', parts, table, null)).toEqual([]);
    expect(compareGroups([], 'yes')).toEqual([]);
  });
});
