import { describe, expect, it } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { estimateLosses } from '../../../src/stats/estimation/expected-loss.ts';
import { regressionFigures } from '../../../src/stats/performance/regression-figures.ts';
import { regressionSample } from '../../../src/stats/performance/sample-of-table.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { numericColumn, tableOf } from '../profile/rows.ts';

/** A model that is twice as wrong for every unit of x; x uniform from `from` to `to`. */
function rows(count: number, from: number, to: number, seed: number): Table {
  const random = createRandom(seed);
  const noise = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const x = Array.from({ length: count }, () => from + (to - from) * random());
  const other = Array.from({ length: count }, () => random());
  const prediction = x.map((value) => 10 + 3 * value);
  const label = prediction.map((value, row) => value + noise() * (0.5 + 2 * (x[row] ?? 0)));
  return tableOf([numericColumn('x', x), numericColumn('other', other)], {
    prediction: numericColumn('prediction', prediction),
    label: numericColumn('label', label),
  });
}

function realised(table: Table, name: string): number {
  const sample = regressionSample(table);
  const figure = sample === null ? undefined : regressionFigures(sample).get(name);
  return isMeasured(figure) ? figure.value : Number.NaN;
}

describe('loss model', () => {
  const reference = rows(6_000, 0, 1, 1);

  it('foresees larger errors where the baseline erred more', () => {
    const current = rows(3_000, 0.7, 1, 2);
    const estimates = estimateLosses(reference, { ...current, label: null });
    for (const name of ['mae', 'rmse', 'mape']) {
      const loss = estimates?.losses.get(name);
      const truth = realised(current, name);
      const before = realised(reference, name);
      expect(Math.abs((loss?.value ?? 0) - truth), name).toBeLessThan(0.25 * Math.abs(before - truth));
      expect(loss?.explained, name).toBeGreaterThan(0.02);
    }
    expect(estimates?.beyond).toBeLessThan(0.01);
  });

  it('says the same of a baseline it knows as of one it meets', () => {
    const known = rows(2_000, 0, 1, 3);
    const current = rows(500, 0.5, 1, 4);
    const first = estimateLosses(known, current);
    const withoutOther = { ...current, features: current.features.slice(0, 1) };
    const fewer = estimateLosses(known, withoutOther);
    expect(fewer?.losses.get('mae')?.value).not.toBe(first?.losses.get('mae')?.value);
    expect(estimateLosses({ ...known }, withoutOther)).toEqual(fewer);
    expect(estimateLosses(known, current)).toEqual(first);
    expect(estimateLosses({ ...known }, current)).toEqual(first);
  });

  it('keeps to the mean where the features say nothing of the error', () => {
    const constant = (count: number, seed: number): Table => {
      const table = rows(count, 0, 1, seed);
      const random = createRandom(seed + 50);
      return {
        ...table,
        prediction: numericColumn(
          'prediction',
          Array.from({ length: count }, () => 0),
        ),
        label: numericColumn(
          'label',
          Array.from({ length: count }, () => random() - 0.5),
        ),
      };
    };
    const known = constant(2_000, 3);
    const estimates = estimateLosses(known, constant(1_000, 4));
    const mae = estimates?.losses.get('mae');
    expect(mae?.value).toBeCloseTo(realised(known, 'mae'), 1);
    expect(mae?.interval[0]).toBeLessThan(0.25);
    expect(mae?.interval[1]).toBeGreaterThan(0.25);
  });

  it('says how many rows lie where the baseline has none', () => {
    expect(estimateLosses(reference, rows(1_000, 0.5, 1.5, 5))?.beyond).toBeGreaterThan(0.4);
  });

  it('has nothing to say without numbers, labels or rows', () => {
    expect(estimateLosses({ ...reference, label: null }, reference)).toBeNull();
    expect(estimateLosses(reference, { ...reference, prediction: null })).toBeNull();
    expect(estimateLosses(reference, rows(0, 0, 1, 1))).toBeNull();
  });
});
