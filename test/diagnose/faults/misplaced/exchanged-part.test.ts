/** Two numbers that changed places in part of the rows, and people of whom the one is simply larger. */
import { describe, expect, test } from 'vitest';
import { exchangedBeyond } from '../../../../src/diagnose/faults/misplaced/exchanged-beyond.ts';
import { reversedOrder } from '../../../../src/diagnose/faults/misplaced/reversed-order.ts';
import { outOfRange } from '../../../../src/diagnose/faults/out-of-range.ts';
import type { Suspicion } from '../../../../src/diagnose/faults/suspicion.ts';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';

type Body = readonly [height: number, weight: number];

function pairs(seed: number, change: (body: Body, row: number) => Body): NumericCells[] {
  const draw = draws(seed);
  const body = (): Body => {
    const height = 168 + 9 * draw.normal();
    return [height, 0.42 * height + 8 * draw.normal()];
  };
  const before = Array.from({ length: 3_000 }, body);
  const now = Array.from({ length: 1_200 }, (_, row) => change(body(), row));
  return ['height', 'weight'].map((name, at) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(before, (row) => row[at]!),
    current: Float64Array.from(now, (row) => row[at]!),
  }));
}

describe('exchanged in part of the rows', () => {
  test.each([0.08, 0.4, 0.7])('%d of them', (share) => {
    const found = reversedOrder(
      pairs(1, ([a, b], row) => (row % 100 < 100 * share ? [b, a] : [a, b])),
      false,
    );
    expect(found.map(({ finding }) => `${finding.fault} ${finding.feature}`)).toEqual([
      'swapped_columns height',
      'swapped_columns weight',
    ]);
    expect(found[0]?.finding.share).toBeCloseTo(share, 2);
  });

  test.each<[string, (body: Body, row: number) => Body]>([
    ['nobody', (body) => body],
    ['one in fifty', ([a, b], row) => (row % 50 === 0 ? [b, a] : [a, b])],
    ['others, who weigh more than they are tall', ([a, b], row) => (row % 3 === 0 ? [a, 2.7 * b] : [a, b])],
  ])('not %s', (_, change) => {
    expect(reversedOrder(pairs(2, change), false)).toEqual([]);
  });
});

describe('beyond all that either ever was', () => {
  const place = (seed: number, change: (place: Body, row: number) => Body): NumericCells[] =>
    pairs(seed, (body, row) => change(body, row)).map((pair) => ({
      ...pair,
      reference: pair.reference.map((value) => (pair.name === 'weight' ? value - 500 : value)),
    }));
  const outside = (columns: readonly NumericCells[]): Suspicion[] =>
    columns.flatMap((pair) => outOfRange(pair, 10, columns) ?? []);
  const toldOf = (columns: readonly NumericCells[]): string[] =>
    exchangedBeyond(outside(columns), columns, 10).map(
      ({ finding }) => `${finding.fault} ${finding.feature}`,
    );

  test('in the same rows, and within what the other was: exchanged there', () => {
    const columns = place(3, ([a, b], row) => (row % 4 === 0 ? [b - 500, a] : [a, b - 500]));
    expect(toldOf(columns)).toEqual(['swapped_columns height', 'swapped_columns weight']);
  });

  test('also where that is not far from what it was, in a few rows', () => {
    const bodies = (change: (body: Body, row: number) => Body): string[] =>
      exchangedBeyond(
        [],
        pairs(4, ([a, b], row) => change([a, Math.min(110, b)], row)),
        10,
      ).map(({ finding }) => `${finding.fault} ${finding.feature}`);
    expect(bodies(([a, b], row) => (row % 20 === 0 ? [b, a] : [a, b]))).toEqual([
      'swapped_columns height',
      'swapped_columns weight',
    ]);
    // One in a hundred, and people who are simply larger or smaller.
    expect(bodies(([a, b], row) => (row % 100 === 0 ? [b, a] : [a, b]))).toEqual([]);
    expect(bodies(([a, b], row) => (row % 10 === 0 ? [a + 60, b + 60] : [a, b]))).toEqual([]);
  });

  test('of one column, or in other rows each, they are out of range', () => {
    const one = place(3, ([a, b], row) => (row % 4 === 0 ? [b - 500, b - 500] : [a, b - 500]));
    expect(toldOf(one)).toEqual(['out_of_range height']);
    const each = place(3, ([a, b], row) => [row % 4 === 0 ? b - 500 : a, row % 4 === 1 ? a : b - 500]);
    expect(toldOf(each)).toEqual(['out_of_range height', 'out_of_range weight']);
  });
});
