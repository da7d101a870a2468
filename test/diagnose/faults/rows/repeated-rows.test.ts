import { describe, expect, test } from 'vitest';
import type { Table } from '../../../../src/core/table.ts';
import { duplicatedRows } from '../../../../src/diagnose/faults/rows/duplicated-rows.ts';
import { lostRows } from '../../../../src/diagnose/faults/rows/lost-rows.ts';
import { cellHashes, twinsAmong } from '../../../../src/diagnose/faults/rows/row-twins.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { takeRows } from '../../../../src/stats/table/sample-rows.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2);

interface Row {
  readonly amount: number;
  readonly size: number;
  readonly shop: string;
  readonly hour: number;
}

const drawn = (draw: Draws): Omit<Row, 'hour'> => ({
  amount: Math.round(10_000 * Math.exp(3 + draw.normal())) / 10_000,
  size: draw.poisson(3),
  shop: ['north', 'south', 'west'][draw.choice([5, 3, 2])] ?? '',
});

/** So many hours from `from`, in each of which rows come one by one. */
function rowsOf(draw: Draws, from: number, hours: number, rows: number): Row[] {
  return Array.from({ length: rows }, (_, i) => ({ ...drawn(draw), hour: from + (i / rows) * hours }));
}

function tableFrom(rows: readonly Row[]): Table {
  return tableOf({
    features: {
      amount: rows.map((row) => row.amount),
      size: rows.map((row) => row.size),
      shop: rows.map((row) => row.shop),
    },
    timestampMs: rows.map(({ hour }) => START_MS + hour * HOUR_MS),
  });
}

/** Looks at so many rows of each side, as a sample by hash would hold. */
function repeated(
  reference: readonly Row[],
  current: readonly Row[],
  sampled = { reference: Infinity, current: Infinity },
): Suspicion | null {
  const some = (rows: readonly Row[], limit: number, seed: number): Table => {
    const draw = draws(seed);
    const kept =
      limit >= rows.length
        ? [...rows.keys()]
        : [...rows.keys()].filter(() => draw.uniform() < limit / rows.length);
    return takeRows(tableFrom(rows), Int32Array.from(kept));
  };
  const samples = pairSamples(some(reference, sampled.reference, 1), some(current, sampled.current, 2));
  return duplicatedRows(
    samples,
    { reference: { rows: reference.length }, current: { rows: current.length } },
    0,
  );
}

describe('rows that are there more than once', () => {
  const draw = draws(5);
  const reference = rowsOf(draw, -200, 200, 5000);
  const current = rowsOf(draw, 0, 24, 1500);

  test('not in an ordinary window', () => {
    expect(repeated(reference, current)).toBeNull();
  });

  test('every row twice, some rows three times, or all but one column', () => {
    const twice = repeated(
      reference,
      current.slice(0, 750).flatMap((row) => [row, row]),
    );
    expect(twice?.finding).toMatchObject({
      fault: 'duplicated_rows',
      feature: 'rows',
      share: expect.closeTo(1, 1),
    });
    expect(twice?.otherwise).toBeUndefined();
    const some = repeated(
      reference,
      current.flatMap((row, i) => (i % 7 === 0 ? [row, row, row] : [row])),
    );
    expect(some?.finding.share).toBeCloseTo(1 / 3, 1);
    expect(some?.otherwise).toBeUndefined();
    const fanned = repeated(
      reference,
      current.flatMap((row) => [row, { ...row, shop: row.shop === 'north' ? 'south' : 'north' }]),
    );
    expect(fanned?.finding.detail).toContain('but shop');
    // A third of the partners are the same by chance.
    const partly = repeated(
      reference,
      current.flatMap((row, i) =>
        i % 6 === 0 ? [row, i % 18 === 0 ? row : { ...row, shop: 'abroad' }] : [row],
      ),
    );
    expect(partly?.finding.detail).toContain('but shop');
    expect(partly?.otherwise).toBeUndefined();
  });

  test('of a few only, it is a reading', () => {
    const few = repeated(
      reference,
      current.flatMap((row, i) => (i % 40 === 0 ? [row, row] : [row])),
    );
    expect(few?.otherwise).toBeDefined();
  });

  test('seen through a sample, which thins twins', () => {
    const long = rowsOf(draw, 0, 24, 10_000).flatMap((row) => [row, row]);
    const found = repeated(reference, long, { reference: Infinity, current: 2000 });
    expect(found?.finding.share).toBeCloseTo(1, 0);
    expect(found?.otherwise).toBeUndefined();
  });

  test('groups that book together always did, and a sample of the reference hides them', () => {
    const bookings = (from: number, hours: number, rows: number): Row[] => {
      const all: Row[] = [];
      while (all.length < rows) {
        const row = { ...drawn(draw), hour: from + (all.length / rows) * hours };
        const times = draw.uniform() < 0.1 ? 2 + draw.poisson(6) : 1;
        for (let i = 0; i < times && all.length < rows; i++) all.push(row);
      }
      return all;
    };
    const past = bookings(-400, 400, 20_000);
    for (const seed of [1, 2, 3, 4, 5]) {
      const window = bookings(24 * seed, 24, 1500);
      expect(repeated(past, window)).toBeNull();
      expect(repeated(past, window, { reference: 2000, current: Infinity })).toBeNull();
    }
  });

  test('a coarse table repeats by chance', () => {
    const coarse = (rows: readonly Row[]): Row[] =>
      rows.map((row) => ({ ...row, amount: Math.round(row.amount / 20) }));
    expect(repeated(coarse(reference), coarse(current.flatMap((row) => [row, row])))).toBeNull();
  });

  test('many coarse columns tell rows apart as one fine column does', () => {
    const side = (from: number, rows: number, times: number): Table => {
      const some = Array.from({ length: rows / times }, () =>
        Array.from({ length: 12 }, () => draw.poisson(4)),
      );
      const all = some.flatMap((row) => Array.from({ length: times }, () => row));
      return tableOf({
        features: Object.fromEntries(
          Array.from({ length: 12 }, (_, at) => [`x${at}`, all.map((row) => row[at]!)]),
        ),
        timestampMs: all.map((_, i) => START_MS + (from + i / 60) * HOUR_MS),
      });
    };
    const [past, window, twice] = [side(-80, 4800, 1), side(0, 1440, 1), side(0, 1440, 2)];
    const counts = { reference: { rows: 4800 }, current: { rows: 1440 } };
    expect(duplicatedRows(pairSamples(past, window), counts, 0)).toBeNull();
    const found = duplicatedRows(pairSamples(past, twice), counts, 0);
    expect(found?.finding.share).toBeCloseTo(1, 1);
    expect(found?.otherwise).toBeUndefined();
  });

  test('the verdict says so, and what only the repetition makes significant did not move', () => {
    const label = (row: Row): string => (row.amount > 20 ? 'approve' : 'deny');
    const withLabel = (rows: readonly Row[]): Table => ({
      ...tableFrom(rows),
      label: tableOf({ features: { x: [1] }, label: rows.map(label) }).label,
    });
    const diagnosis = judge('classification', {
      reference: withLabel(reference),
      current: withLabel(current.slice(0, 300).flatMap((row) => [row, row, row, row, row])),
    });
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', types: ['data_fault'], advice: 'fix_pipeline' });
    expect(diagnosis.faults.map(({ fault }) => fault)).toEqual(['duplicated_rows']);
  });
});

test('0 and −0 are the same cell, and so are two missing ones', () => {
  const values = Float64Array.of(0, -0, Number.NaN, 1, Number.NaN);
  const hashes = cellHashes({ kind: 'numeric', name: 'x', reference: values, current: values }, 'current', 3);
  expect(twinsAmong(hashes, Int32Array.of(0, 1, 2, 3, 4))).toEqual({ rows: 5, repeated: 4, groups: 2 });
  expect(
    twinsAmong(
      { rows: 3, low: Uint32Array.of(7, 8, 7), high: Uint32Array.of(1, 1, 1) },
      Int32Array.of(0, 1, 2),
    ).repeated,
  ).toBe(2);
});

describe('rows that no longer come', () => {
  const draw = draws(6);
  const reference = rowsOf(draw, -200, 200, 5000);
  const lost = (current: readonly Row[], past = reference): Suspicion[] => {
    const samples = pairSamples(tableFrom(past), tableFrom(current));
    return lostRows(samples, samples.features);
  };

  test('a shop that stopped at once, always as a reading', () => {
    const [whole] = lost(rowsOf(draw, 0, 24, 1500).filter((row) => row.shop !== 'west'));
    expect(whole).toMatchObject({
      finding: { fault: 'lost_rows', feature: 'shop' },
      otherwise: 'there are no more of shop west',
    });
    const [late] = lost(rowsOf(draw, 0, 24, 1500).filter((row) => row.shop !== 'west' || row.hour < 12));
    const hours = (Date.parse(late?.finding.since ?? '') - START_MS) / HOUR_MS;
    expect(Math.abs(hours - 12)).toBeLessThan(1);
  });

  test('not where all come, where the rest changed as well, or where the level was away before', () => {
    expect(lost(rowsOf(draw, 0, 24, 1500))).toEqual([]);
    const others = rowsOf(draw, 0, 24, 1500).filter((row) => row.shop !== 'west');
    expect(lost(others.map((row) => ({ ...row, amount: 3 * row.amount })))).toEqual([]);
    expect(lost(others.map((row, i) => (i % 9 === 0 ? { ...row, shop: 'east' } : row)))).toEqual([]);
    const onSomeDays = reference.filter(
      (row) => row.shop !== 'west' || Math.floor((row.hour + 240) / 24) % 2 === 0,
    );
    expect(lost(others, onSomeDays)).toEqual([]);
  });
});
