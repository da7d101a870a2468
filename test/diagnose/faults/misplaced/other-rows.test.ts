/** Charges of other trips: what they were computed from says so, and nothing was exchanged. */
import { describe, expect, test } from 'vitest';
import { brokenIdentities } from '../../../../src/diagnose/faults/identities/broken-identity.ts';
import { reversedOrder } from '../../../../src/diagnose/faults/misplaced/reversed-order.ts';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { cents, FEATURES } from '../../samples-of-columns.ts';

interface Trip {
  readonly distance: number;
  readonly rate: number;
  readonly charge: number;
  readonly minutes: number;
}

function trip(draw: Draws): Trip {
  const distance = cents(Math.exp(2 + 0.6 * draw.normal()));
  const rate = 1.2 + 0.1 * Math.floor(8 * draw.uniform());
  const minutes = cents(10 + 2 * distance * Math.exp(0.15 * draw.normal()));
  return { distance, rate, charge: cents(distance * rate), minutes };
}

function columns(change: (trips: readonly Trip[], row: number) => Trip): NumericCells[] {
  const draw = draws(31);
  const [before, drawn] = [3_000, 900].map((rows) => Array.from({ length: rows }, () => trip(draw)));
  const now = drawn!.map((_, row) => change(drawn!, row));
  return (['distance', 'rate', 'charge', 'minutes'] as const).map((name) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(before!, (each) => each[name]),
    current: Float64Array.from(now, (each) => each[name]),
  }));
}

const ofOthers = (name: keyof Trip) =>
  columns((trips, row) =>
    row % 4 === 0 ? trips[row]! : { ...trips[row]!, [name]: trips[(row + 350) % trips.length]![name] },
  );

const toldOf = (found: ReturnType<typeof reversedOrder>): string[] =>
  found.map(({ finding: { fault, feature } }) => `${fault} ${feature}`);

describe('three quarters of a column are those of other rows', () => {
  test.each<keyof Trip>(['charge', 'distance'])('%s', (name) => {
    expect(toldOf(brokenIdentities(ofOthers(name), FEATURES))).toEqual([`misaligned_join ${name}`]);
  });

  test('and not exchanged with another', () => {
    expect(reversedOrder(ofOthers('charge'), false)).toEqual([]);
  });

  test('as those are that were exchanged', () => {
    const exchanged = columns((trips, row) => {
      const each = trips[row]!;
      return row % 4 === 0 ? { ...each, distance: each.charge, charge: each.distance } : each;
    });
    expect(toldOf(reversedOrder(exchanged, false))).toEqual([
      'swapped_columns distance',
      'swapped_columns charge',
    ]);
  });
});
