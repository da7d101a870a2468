import { describe, expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { columnThatExplains } from '../../../src/diagnose/faults/explained-share.ts';
import { ofNewLevel } from '../../../src/diagnose/faults/new-level.ts';
import { reversedOrder } from '../../../src/diagnose/faults/misplaced/reversed-order.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2);

/** Parcels: what is in them decides whether their temperature is taken. */
function parcels(
  seed: number,
  rows: number,
  { fresh = 0.2, lost = 0 }: { fresh?: number; lost?: number },
): Table {
  const draw = draws(seed);
  const made = Array.from({ length: rows }, () => {
    const what = draw.uniform() < fresh ? 'fresh' : draw.uniform() < 0.5 ? 'books' : 'clothes';
    const isTaken = what === 'fresh' && draw.uniform() >= lost;
    return {
      what,
      kg: (what === 'books' ? 3 : 1) + 0.4 * draw.normal(),
      distance: 100 + 30 * draw.normal(),
      celsius: isTaken ? 4 + draw.normal() : Number.NaN,
    };
  });
  return tableOf({
    features: {
      what: made.map(({ what }) => what),
      kg: made.map(({ kg }) => kg),
      distance: made.map(({ distance }) => distance),
      celsius: made.map(({ celsius }) => celsius),
    },
    timestampMs: made.map((_, row) => START_MS + (row / rows) * 48 * HOUR_MS),
  });
}

describe('values that are missing by design', () => {
  const reference = parcels(1, 4_000, {});

  test('are no fault when other rows came, and are one when they get lost', () => {
    const rarer = judge('classification', {
      reference,
      current: parcels(2, 2_000, { fresh: 0.03 }),
    });
    expect(rarer).toMatchObject({ verdict: 'covariate_shift', faults: [] });
    expect(rarer.readings).toBeUndefined();
    const lost = judge('classification', { reference, current: parcels(3, 2_000, { lost: 0.85 }) });
    expect(lost.faults.map(({ fault, feature }) => [fault, feature])).toEqual([['missing_spike', 'celsius']]);
  });

  test('are explained by whose rows they are, not by what was lost with them', () => {
    const { features } = pairSamples(reference, parcels(4, 2_000, { fresh: 0.03 }));
    const cells = (name: string): ColumnCells => features.find((pair) => pair.name === name)!;
    const celsius = cells('celsius') as NumericCells;
    const marked = {
      reference: (row: number) => Number.isNaN(celsius.reference[row]!),
      current: (row: number) => Number.isNaN(celsius.current[row]!),
    };
    expect(columnThatExplains(marked, [cells('distance')])).toBeNull();
    expect(columnThatExplains(marked, [cells('what')])).toEqual({ column: 'what', isTwofold: false });
    const twin = { ...celsius, name: 'fahrenheit' };
    expect(columnThatExplains(marked, [twin])).toBeNull();
  });
});

test('one value of many may say it all: no review is no rating', () => {
  const draw = draws(9);
  const side = (rows: number, none: number): Float64Array =>
    Float64Array.from({ length: rows }, () =>
      draw.uniform() < none ? 0 : 1 + Math.floor(Math.exp(2 + draw.normal())),
    );
  const reviews = {
    kind: 'numeric',
    name: 'reviews',
    reference: side(4_000, 0.05),
    current: side(2_000, 0.3),
  } as const;
  const marked = {
    reference: (row: number) => reviews.reference[row] === 0,
    current: (row: number) => reviews.current[row] === 0,
  };
  expect(columnThatExplains(marked, [reviews])?.column).toBe('reviews');
});

test('rows of a level that is new may be otherwise', () => {
  const currency = {
    kind: 'levels',
    name: 'currency',
    levels: ['EUR', 'KRW'],
    reference: new Int32Array(1_000),
    current: Int32Array.from({ length: 500 }, (_, row) => Number(row % 4 === 0)),
  } as const;
  const every = (step: number): number[] => Array.from({ length: 500 / step }, (_, i) => i * step);
  expect(ofNewLevel(every(20), [currency])).toEqual({ column: 'currency', level: 'KRW' });
  expect(ofNewLevel(every(5), [currency])).toBeNull();
  expect(ofNewLevel(every(4).slice(0, 4), [currency])).toBeNull();
});

test('where nearly all clients are rare, those of any rows are', () => {
  const client = {
    kind: 'levels',
    name: 'client',
    levels: Array.from({ length: 3_000 }, (_, at) => `c${at}`),
    reference: Int32Array.from({ length: 9_000 }, (_, row) => row % 3_000),
    current: Int32Array.from({ length: 450 }, (_, row) => (row * 7) % 3_000),
  } as const;
  expect(
    ofNewLevel(
      Array.from({ length: 36 }, (_, i) => i * 12),
      [client],
    ),
  ).toBeNull();
});

describe('a number that was always above another', () => {
  const pair = (shift: number, turned: boolean): NumericCells[] => {
    const draw = draws(7);
    const side = (rows: number, by: number): [number, number][] =>
      Array.from({ length: rows }, () => {
        const low = 45 + 5 * draw.normal() + by;
        return [low + 15 + 3 * draw.uniform(), low];
      });
    const [before, now] = [side(1_000, 0), side(500, shift)];
    const column = (name: string, at: 0 | 1): NumericCells => ({
      kind: 'numeric',
      name,
      reference: Float64Array.from(before, (row) => row[at]),
      current: Float64Array.from(now, (row) => row[turned ? 1 - at : at]!),
    });
    return [column('supply', 0), column('return', 1)];
  };

  test('and is below it now was exchanged with it, in another season too', () => {
    expect(reversedOrder(pair(-12, false))).toEqual([]);
    const found = reversedOrder(pair(-12, true));
    expect(found.map(({ finding }) => [finding.fault, finding.feature])).toEqual([
      ['swapped_columns', 'supply'],
      ['swapped_columns', 'return'],
    ]);
    expect(found[0]?.finding.detail).toContain('supply was above return in 100');
  });

  test('is below it by more or less than it was above: one of both moved', () => {
    const [supply, back] = pair(0, false);
    for (const by of [-24, -38])
      expect(
        reversedOrder([{ ...supply!, current: supply!.current.map((value) => value + by) }, back!]),
      ).toEqual([]);
  });

  test('is below it just so far, and the other is where it was beside a third', () => {
    const draw = draws(11);
    const gauges = (rows: number) =>
      Array.from({ length: rows }, () => {
        const air = 15 + 4 * draw.normal();
        return [0, 1.5, 0.4].map((off) => air + off + 0.1 * draw.normal());
      });
    const [before, now] = [gauges(1_000), gauges(400)];
    const columns = (change: (row: readonly number[]) => readonly number[]): NumericCells[] =>
      ['air', 'roof', 'yard'].map((name, at) => ({
        kind: 'numeric',
        name,
        reference: Float64Array.from(before, (row) => row[at]!),
        current: Float64Array.from(now, (row) => change(row)[at]!),
      }));
    const toldOf = (change: (row: readonly number[]) => readonly number[]): string[] =>
      reversedOrder(columns(change)).map(({ finding }) => finding.feature);
    expect(toldOf(([air, roof, yard]) => [air!, roof! - 3, yard!])).toEqual([]);
    expect(toldOf(([air, roof, yard]) => [air! + 3, roof!, yard!])).toEqual([]);
    expect(toldOf(([air, roof, yard]) => [roof!, air!, yard!])).toEqual(['air', 'roof']);
  });

  test('may have changed places with it by itself', () => {
    const [supply, back] = pair(0, false);
    // Cooling: both far lower, and the other way round.
    const cooling = [
      { ...supply!, current: supply!.current.map(() => 7) },
      { ...back!, current: back!.current.map(() => 22) },
    ];
    expect(reversedOrder(cooling)).toEqual([]);
  });
});

test('a release brings later versions to all at once, and a rename does not', () => {
  const fleet = (seed: number, rows: number, names: readonly string[]): Table => {
    const draw = draws(seed);
    const kinds = Array.from({ length: rows }, () => Math.floor(3 * draw.uniform() ** 2));
    return tableOf({
      features: {
        firmware: kinds.map((kind) => names[kind]!),
        volts: kinds.map((kind) => 220 + 8 * kind + draw.normal()),
      },
      timestampMs: kinds.map((_, row) => START_MS + row * 60_000),
    });
  };
  const reference = fleet(8, 3_000, ['3.9.8', '4.1.2', '4.2.0']);
  const released = judge('classification', {
    reference,
    current: fleet(9, 1_500, ['3.9.9', '4.1.3', '4.2.1']),
  });
  expect(released.faults).toEqual([]);
  const renamed = judge('classification', {
    reference,
    current: fleet(9, 1_500, ['a-old', 'b-mid', 'c-new']),
  });
  expect(renamed.faults.map(({ fault }) => fault)).toEqual(['category_rename']);
});

test('rows of one consignment came together, a column by itself is stuck', () => {
  const parts = (seed: number, rows: number, change: 'none' | 'lot' | 'stuck'): Table => {
    const draw = draws(seed);
    const pick = (names: readonly string[]): string => names[Math.floor(names.length * draw.uniform())]!;
    const made = Array.from({ length: rows }, (_, row) => {
      const isIn = row >= 400 && row < 500;
      const isLot = isIn && change === 'lot';
      return {
        agent: isLot || (isIn && change === 'stuck') ? 'a4' : pick(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']),
        currency: isLot ? 'USD' : pick(['USD', 'EUR', 'CHF', 'GBP']),
        office: isLot ? 'o2' : pick(['o1', 'o2', 'o3', 'o4', 'o5']),
        kg: Math.exp(draw.normal()),
      };
    });
    return tableOf({
      features: {
        agent: made.map(({ agent }) => agent),
        currency: made.map(({ currency }) => currency),
        office: made.map(({ office }) => office),
        kg: made.map(({ kg }) => kg),
      },
      timestampMs: made.map((_, row) => START_MS + row * 60_000),
    });
  };
  const reference = parts(10, 4_000, 'none');
  const said = (change: 'lot' | 'stuck') =>
    judge('classification', { reference, current: parts(11, 1_500, change) });
  expect(said('lot').faults).toEqual([]);
  expect(said('lot').readings?.[0]?.against[0]).toContain('came together');
  expect(said('stuck').faults.map(({ fault, feature }) => [fault, feature])).toEqual([
    ['constant_value', 'agent'],
  ]);
});

test('of two columns that stand still together neither explains the other', () => {
  const orders = (seed: number, rows: number, isStuck: boolean): Table => {
    const draw = draws(seed);
    const places = Array.from({ length: rows }, () => (isStuck ? 2 : Math.floor(6 * draw.uniform())));
    return tableOf({
      features: {
        origin: places.map((place) => `o${place}`),
        currency: places.map((place) => `c${place}`),
        kg: places.map(() => draw.normal()),
      },
      timestampMs: places.map((_, row) => START_MS + row * 60_000),
    });
  };
  const judged = judge('classification', {
    reference: orders(12, 4_000, false),
    current: orders(13, 1_500, true),
  });
  const named = [...judged.faults, ...(judged.readings ?? [])].map(({ feature }) => feature);
  expect(named).toEqual(expect.arrayContaining(['origin', 'currency']));
});
