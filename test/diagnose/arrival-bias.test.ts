import { describe, expect, test } from 'vitest';
import type { Table } from '../../src/core/table.ts';
import { arrivalBias } from '../../src/diagnose/arrival-bias.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

interface Row {
  readonly income: number;
  readonly country: number;
  readonly score: number;
}

/** A window of a credit model; `isLabelled` says of whom the outcome is known. */
function windowOf(rows: number, seed: number, isLabelled: (row: Row, random: Random) => boolean): Table {
  const random = createRandom(seed);
  const all = Array.from({ length: rows }, () => ({
    income: random() < 0.1 ? Number.NaN : random() + random(),
    country: Math.floor(random() * 4),
    score: random(),
  }));
  const label = Int32Array.from(all, (row) => (isLabelled(row, random) ? Number(random() < row.score) : -1));
  return {
    rows,
    features: [
      { name: 'income', kind: 'numeric', values: Float64Array.from(all, (row) => row.income), invalid: 0 },
      {
        name: 'country',
        kind: 'categorical',
        codes: Int32Array.from(all, (row) => row.country),
        levels: ['AT', 'CH', 'DE', 'FR'],
        invalid: 0,
      },
    ],
    prediction: {
      name: 'prediction',
      kind: 'categorical',
      codes: Int32Array.from(all, (row) => Number(row.score >= 0.5)),
      levels: ['deny', 'approve'],
      invalid: 0,
    },
    score: { name: 'score', kind: 'numeric', values: Float64Array.from(all, (row) => row.score), invalid: 0 },
    label: { name: 'label', kind: 'categorical', codes: label, levels: ['deny', 'approve'], invalid: 0 },
    timestampMs: null,
    predictionId: null,
  };
}

describe('arrivalBias', () => {
  test('labels that come to anybody are not biased, whatever their share', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const found = arrivalBias(windowOf(2_000, seed, (_, random) => random() < 0.05 + seed / 70));
      expect(found.tested).toBe(true);
      if (found.biased) alarms += 1;
    }
    // Family-wise 0.001 a window.
    expect(alarms).toBe(0);
  });

  test.each([
    ['prediction', 'only the approved pay back or do not', (row: Row) => row.score >= 0.5],
    ['income', 'the poor answer', (row: Row, random: Random) => !(row.income > 0.8) && random() < 0.6],
    ['country', 'one office is slower', (row: Row, random: Random) => row.country !== 2 || random() < 0.3],
    ['income', 'known income, known outcome', (row: Row) => !Number.isNaN(row.income)],
  ])('names %s: %s', (feature, _, isLabelled) => {
    const found = arrivalBias(windowOf(2_000, 7, isLabelled));
    expect(found).toMatchObject({ tested: true, biased: true, feature, reason: 'differs' });
    expect(found.p_value).toBeLessThan(1e-9);
    expect(found.distance).toBeGreaterThan(0.1);
  });

  test('a difference that is certain and small is not bias', () => {
    const found = arrivalBias(
      windowOf(20_000, 3, (row, random) => random() < (row.score >= 0.5 ? 0.54 : 0.46)),
    );
    expect(found).toMatchObject({ tested: true, biased: false, reason: 'below_floor' });
    expect(found.distance).toBeLessThan(0.1);
    expect(found.rows).toEqual({ labelled: 5_000, unlabelled: 5_000 });
  });

  test('what cannot be tested says why', () => {
    const rest = { tested: false, biased: false, p_value: null, feature: null, distance: null };
    expect(arrivalBias(null)).toEqual({ ...rest, rows: { labelled: 0, unlabelled: 0 }, reason: 'no_rows' });
    expect(arrivalBias(windowOf(300, 1, () => true))).toMatchObject({
      ...rest,
      reason: 'no_unlabelled_rows',
    });
    expect(arrivalBias(windowOf(300, 1, () => false))).toMatchObject({ ...rest, reason: 'too_few_labelled' });
    expect(arrivalBias({ ...windowOf(300, 1, () => true), label: null })).toMatchObject({
      reason: 'too_few_labelled',
      rows: { labelled: 0, unlabelled: 300 },
    });
    const nearlyAll = windowOf(300, 1, (_, random) => random() < 0.8);
    expect(arrivalBias(nearlyAll)).toMatchObject({ ...rest, reason: 'too_few_unlabelled' });
  });

  test('columns without a value and constant ones say nothing', () => {
    const table = windowOf(1_000, 2, (_, random) => random() < 0.5);
    const empty = {
      name: 'empty',
      kind: 'numeric',
      values: new Float64Array(1_000).fill(Number.NaN),
      invalid: 0,
    } as const;
    const constant = {
      name: 'constant',
      kind: 'numeric',
      values: new Float64Array(1_000),
      invalid: 0,
    } as const;
    const found = arrivalBias({ ...table, prediction: null, score: null, features: [empty, constant] });
    expect(found).toMatchObject({
      tested: true,
      biased: false,
      p_value: 1,
      distance: 0,
      reason: 'no_difference',
    });
  });
});
