import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { saidOfRelation } from '../../../src/diagnose/evidence.ts';
import { relationBound } from '../../../src/diagnose/relation/relation-bound.ts';
import type { RelationBound } from '../../../src/diagnose/relation/relation-bound.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { levels, numeric } from '../../simulate/table-of-rows.ts';

/** A number of [0, most) and three levels, by which the label is drawn; `more` is added to its odds in the upper third. */
function table(rows: number, seed: number, { most = 1, more = 0 } = {}): Table {
  const random = createRandom(seed);
  const x = Array.from({ length: rows }, () => most * random());
  const chance = (value: number): number => 0.3 + 0.3 * value + (value > 2 / 3 ? more : 0);
  return {
    rows,
    features: [
      numeric('x', x),
      levels(
        'level',
        x.map((_, row) => ['a', 'b', 'c'][row % 3]!),
      ),
    ],
    prediction: null,
    score: null,
    label: levels(
      'label',
      x.map((value) => (random() < chance(value) ? 'yes' : 'no')),
    ),
    timestampMs: null,
    predictionId: null,
  };
}

function boundOf(reference: Table, current: Table): RelationBound {
  const labelled = labelledRows(pairSamples(reference, current));
  const bound = labelled === null ? null : relationBound('classification', labelled, 'yes');
  if (bound === null) throw new Error('a bound was expected');
  return bound;
}

const said = (bound: RelationBound): string => saidOfRelation({ bound, split: null, isMoved: false });

test('is held where every third of every input says so', () => {
  const bound = boundOf(table(6_000, 1), table(6_000, 2));
  expect(bound).toMatchObject({ isHeld: true, outside: 0 });
  expect(said(bound)).toBe('held on average: no change above 5 points in any third of any input');
});

test('is not shown to have changed where labels are too few, or a third moved', () => {
  const few = boundOf(table(6_000, 3), table(400, 4));
  expect(few.isHeld).toBe(false);
  expect(said(few)).toMatch(/^is not shown to have changed \(could be up to \d+ points\)$/);
  expect(said({ ...few, bound: 1.3 })).toBe('is not shown to have changed (too few labels to bound it)');
  expect(boundOf(table(6_000, 5), table(6_000, 6, { more: 0.15 })).bound).toBeGreaterThan(0.15);
});

test('is not held where the reference has no such rows', () => {
  const bound = boundOf(table(6_000, 7, { most: 0.2 }), table(6_000, 8));
  expect(bound.isHeld).toBe(false);
  expect(bound.outside).toBeGreaterThan(0.3);
  expect(said(bound)).toMatch(/of \d+ % of the rows too few are like the reference's to tell\)$/);
});
