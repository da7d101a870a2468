/** Two numbers that changed places in part of the rows, and people of whom the one is simply larger. */
import { describe, expect, test } from 'vitest';
import { reversedOrder } from '../../../src/diagnose/faults/misplaced/reversed-order.ts';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';

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
