import { describe, expect, test } from 'vitest';
import type { Column, Table } from '../../../src/core/table.ts';
import { mendedByLabels } from '../../../src/diagnose/faults/labels/mended-by-labels.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import type { Suspicion } from '../../../src/diagnose/faults/suspicion.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { levels, numeric } from '../../simulate/table-of-rows.ts';

interface Ways {
  /** What the amounts of the world are multiplied by. */
  readonly growth?: number;
  /** What the pipeline makes of an amount, by row. */
  readonly fed?: (amount: number, row: number) => number;
  /** Standard deviation of what is added to an age. */
  readonly noise?: number;
  /** Added to the log odds. */
  readonly concept?: number;
}

/** An amount decides on the label, with all of its digits, so that it leaves no comb; another column does, too. */
function tableOf(seed: number, rows: number, { growth = 1, fed, noise = 0, concept = 0 }: Ways): Table {
  const d = draws(seed);
  const drawn = Array.from({ length: rows }, (_, row) => {
    const amount = growth * Math.exp(3 + 0.8 * d.normal());
    const age = d.normal();
    const index = 1.6 * (Math.log(amount) - 3) + 1.4 * age + concept;
    const label = d.uniform() < 1 / (1 + Math.exp(-index)) ? 'yes' : 'no';
    return { amount: fed?.(amount, row) ?? amount, age: age + noise * d.normal(), label };
  });
  const column = (name: 'amount' | 'age'): Column =>
    numeric(
      name,
      drawn.map((each) => each[name]),
    );
  return {
    rows,
    features: [column('age'), column('amount')],
    prediction: null,
    score: null,
    label: levels(
      'label',
      drawn.map(({ label }) => label),
    ),
    timestampMs: Float64Array.from({ length: rows }, (_, row) => 1000 * row),
    predictionId: null,
  };
}

function mended(ways: Ways): Suspicion[] {
  const samples = pairSamples(tableOf(1, 5000, {}), tableOf(2, 2000, ways));
  return mendedByLabels('classification', labelledRows(samples), []);
}

describe('a relation that is the old one again', () => {
  test('with a factor undone that growth may have, too', () => {
    const [first, ...more] = mended({ fed: (amount) => 2.204_622_622 * amount });
    expect(more).toEqual([]);
    expect(first?.finding).toMatchObject({ fault: 'unit_change', feature: 'amount' });
    expect(first?.finding.detail).toContain('kg → lb');
    expect(first?.otherwise).toContain('moved by itself');
  });

  test('with it undone from a moment on', () => {
    const [first] = mended({ fed: (amount, row) => (row >= 900 ? 3.8 : 1) * amount });
    expect(first?.finding).toMatchObject({ fault: 'unit_change', feature: 'amount' });
    expect(Math.abs(Date.parse(first?.finding.since ?? '') - 900_000)).toBeLessThan(100_000);
  });

  test('with as much noise put into what it was', () => {
    const [first, ...more] = mended({ noise: 1.2 });
    expect(more).toEqual([]);
    expect(first?.finding).toMatchObject({ fault: 'noise', feature: 'age' });
    expect(first?.otherwise).toContain('spreads more by itself');
  });
});

describe('a relation that changed', () => {
  test('is not mended by a factor, nor asked where it holds', () => {
    expect(mended({ growth: 2.204_622_622, concept: 1.2 })).toEqual([]);
    expect(mended({ growth: 2.204_622_622 })).toEqual([]);
    expect(mended({ concept: 1 })).toEqual([]);
  });
});
