import { describe, expect, it } from 'vitest';
import type { Table } from '../../src/core/table.ts';
import { conceptTest } from '../../src/diagnose/relation/concept-test.ts';
import { relationBound } from '../../src/diagnose/relation/relation-bound.ts';
import { movedStrata } from '../../src/diagnose/moved-strata.ts';
import { commonSupport, withTaughtColumns } from '../../src/diagnose/samples/common-support.ts';
import { labelledRows, pairSamples } from '../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../src/diagnose/samples/row-samples.ts';
import { createRandom } from '../../src/stats/random.ts';
import { tableOf as tableOfRows } from './tables.ts';
import { numericColumn, tableOf } from '../stats/profile/rows.ts';

/** Prices by size, straight up to 2, where nobody in the reference has more; from there on they stay. `dearer` of a size below 1. */
function prices(seed: number, rows: number, [from, to]: [number, number], dearer = 0): Table {
  const random = createRandom(seed);
  const size = Array.from({ length: rows }, () => from + (to - from) * random());
  const price = size.map(
    (x) => 10 * Math.min(2, x) + (x < 1 ? dearer : 0) + random() + random() - random() - random(),
  );
  return tableOf(
    [
      numericColumn('size', size),
      numericColumn(
        'other',
        size.map(() => random()),
      ),
    ],
    {
      prediction: numericColumn(
        'prediction',
        size.map((x) => 10 * x),
      ),
      label: numericColumn('label', price),
    },
  );
}

const asked = (current: Table): RowSamples => labelledRows(pairSamples(prices(1, 4_000, [0, 2]), current));

describe('the common support of reference and window', () => {
  it('is of rows that the reference has like', () => {
    const { samples, outside } = commonSupport(asked(prices(2, 1_000, [1, 3])));
    expect(outside?.feature).toBe('size');
    expect(outside?.share).toBeGreaterThan(0.44);
    expect(outside?.share).toBeLessThan(0.54);
    expect(samples.rows).toEqual({ reference: 4_000, current: Math.round(1_000 * (1 - outside!.share)) });
    expect(commonSupport(asked(prices(3, 1_000, [0, 2]))).outside).toBeNull();
  });

  it('is all that a relation is asked of: what it is elsewhere, nobody knew', () => {
    const moved = asked(prices(2, 1_000, [1, 3]));
    const { p, outside } = conceptTest('regression', moved);
    expect(p).toBeGreaterThan(0.01);
    expect(outside?.share).toBeGreaterThan(0.44);
    expect(movedStrata('regression', moved, null)).toEqual([]);
    expect(relationBound('regression', moved, null)).toMatchObject({ isHeld: false });
  });

  it('shows what moved within it, and says no old value of rows beyond it', () => {
    const moved = asked(prices(4, 1_000, [0, 3], 3));
    expect(conceptTest('regression', moved).p).toBeLessThan(1e-6);
    const strata = movedStrata('regression', moved, null);
    expect(strata.length).toBeGreaterThan(0);
    for (const { reference_rate } of strata) expect(reference_rate).toBeLessThan(21);
  });

  it('leaves nothing to ask where no row is in it', () => {
    const elsewhere = asked(prices(5, 500, [5, 6]));
    expect(conceptTest('regression', elsewhere)).toMatchObject({ p: 1, blocks: [], outside: { share: 1 } });
    expect(relationBound('regression', elsewhere, null)).toBeNull();
  });

  it('does not end with the reference’s last hour: columns that run with the time are left out', () => {
    const running = (
      from: number,
      rows: number,
    ): { readonly meter: number[]; readonly ms: Float64Array } => ({
      meter: Array.from({ length: rows }, (_, i) => 3 * (from + i) + (i % 5)),
      ms: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2026, 0, 1) + (from + i) * 60_000),
    });
    const withMeter = (table: Table, from: number): Table => {
      const { meter, ms } = running(from, table.rows);
      return { ...table, features: [...table.features, numericColumn('meter', meter)], timestampMs: ms };
    };
    const before = withMeter(prices(1, 4_000, [0, 2]), 0);
    const askedOf = (dearer: number): RowSamples =>
      labelledRows(pairSamples(before, withMeter(prices(6, 1_000, [0, 2], dearer), 4_000)));
    const { samples, outside } = commonSupport(askedOf(0));
    expect(outside).toBeNull();
    expect(samples.features.map(({ name }) => name)).toEqual(['other', 'size']);
    expect(conceptTest('regression', askedOf(0)).p).toBeGreaterThan(0.01);
    expect(conceptTest('regression', askedOf(3)).p).toBeLessThan(1e-6);
  });

  it('is asked of no lot that comes and is gone: those of a window are the window', () => {
    const lots = (from: number, rows: number, names: (row: number) => string): Table =>
      tableOfRows({
        features: { lot: Array.from({ length: rows }, (_, row) => names(from + row)) },
        timestampMs: Array.from({ length: rows }, (_, row) => Date.UTC(2026, 0, 1) + (from + row) * 60_000),
      });
    const inTurn = (row: number): string => `lot ${Math.floor(row / 100)}`;
    const asFew = (row: number): string => `product ${row % 12}`;
    const featuresOf = (before: Table, now: Table): string[] =>
      withTaughtColumns(pairSamples(before, now)).features.map(({ name }) => name);
    expect(featuresOf(lots(0, 3_000, inTurn), lots(3_000, 400, inTurn))).toEqual([]);
    expect(featuresOf(lots(0, 3_000, inTurn), lots(2_600, 400, inTurn))).toEqual(['lot']);
    expect(featuresOf({ ...lots(0, 3_000, inTurn), timestampMs: null }, lots(3_000, 400, inTurn))).toEqual([
      'lot',
    ]);
    // New products are the world's, where the old ones stayed.
    expect(
      featuresOf(
        lots(0, 3_000, asFew),
        lots(3_000, 400, () => 'new'),
      ),
    ).toEqual(['lot']);
  });
});
