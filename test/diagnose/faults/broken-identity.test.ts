import { describe, expect, test } from 'vitest';
import { brokenIdentities } from '../../../src/diagnose/faults/identities/broken-identity.ts';
import { identitiesOf } from '../../../src/diagnose/faults/identities/identities.ts';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { FEATURES, cents } from '../samples-of-columns.ts';
import { tableOf } from '../tables.ts';

interface Order {
  readonly days: number;
  readonly years: number;
  readonly ordered: number;
  readonly before: number;
  readonly more: number;
  readonly price: number;
  readonly total: number;
  readonly rating: number;
}

function order(draw: Draws): Order {
  const days = 10 + Math.floor(3_000 * draw.uniform() ** 2);
  const [ordered, before] = [20, 20].map((mean) => Math.floor(mean * Math.exp(0.6 * draw.normal())));
  const price = cents(Math.exp(2 + 0.7 * draw.normal()));
  return {
    days,
    // Cut off, not rounded.
    years: Math.floor(days / 36.525) / 10,
    ordered: ordered!,
    before: before!,
    more: ordered! - before!,
    price,
    total: cents(price * ordered!),
    rating: 1 + Math.floor(5 * draw.uniform()),
  };
}

function columns(change: (order: Order, draw: Draws) => Order): NumericCells[] {
  const draw = draws(17);
  const reference = Array.from({ length: 2_000 }, () => order(draw));
  const current = Array.from({ length: 1_000 }, () => change(order(draw), draw));
  return (Object.keys(reference[0]!) as (keyof Order)[]).map((name) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(reference, (each) => each[name]),
    current: Float64Array.from(current, (each) => each[name]),
  }));
}

const foundIn = (change: Parameters<typeof columns>[0]): [string, string][] =>
  brokenIdentities(columns(change), FEATURES).map(({ finding: { fault, feature } }) => [fault, feature]);

test('what columns are of each other is read off the reference, to their digits', () => {
  const told = identitiesOf(columns((each) => each)).map((each) => `${each.result} = ${each.told}`);
  expect(told).toEqual([
    'years = 0.00273 · days',
    'ordered = before + more',
    'ordered = total / price',
    'before = ordered − more',
    'more = ordered − before',
    'price = total / ordered',
    'total = ordered · price',
  ]);
});

describe('a column that is no longer what the others make it', () => {
  test.each<[string, [string, string], (order: Order, draw: Draws) => Order]>([
    ['loses its sign', ['sign_flip', 'more'], (each) => ({ ...each, more: Math.abs(each.more) })],
    [
      'is in cents in a part of the rows',
      ['unit_change', 'total'],
      (each, draw) => (draw.uniform() < 0.3 ? { ...each, total: Math.round(100 * each.total) } : each),
    ],
    ['loses its thousands', ['misaligned_join', 'days'], (each) => ({ ...each, days: each.days % 1_000 })],
  ])('%s', (_, expected, change) => {
    expect(foundIn(change)).toEqual([expected]);
  });

  test.each<[string, (order: Order, draw: Draws) => Order]>([
    ['nothing', (each) => each],
    [
      'rebates',
      (each, draw) =>
        draw.uniform() < 0.4 ? { ...each, total: cents(each.total * (0.5 + 0.4 * draw.uniform())) } : each,
    ],
    ['another rate', (each) => ({ ...each, total: cents(each.total * 1.1) })],
    ['a fee', (each) => ({ ...each, total: each.total + 3.5 })],
    ['noise', (each, draw) => ({ ...each, days: Math.round(each.days + 60 * draw.normal()) })],
    [
      'larger orders',
      (each) => ({
        ...each,
        ordered: 3 * each.ordered,
        more: 3 * each.ordered - each.before,
        total: cents(3 * each.ordered * each.price),
      }),
    ],
  ])('is none for %s', (_, change) => {
    expect(foundIn(change)).toEqual([]);
  });
});

test('what the columns make of each other is told before how far from its range a value lies', () => {
  const draw = draws(41);
  const fridges = (rows: number, negated: number): ReturnType<typeof tableOf> => {
    const drawn = Array.from({ length: rows }, () => {
      const [ambient, inside] = [20 + 3 * draw.normal(), 5 + 0.6 * draw.normal()].map(
        (value) => Math.round(10 * value) / 10,
      ) as [number, number];
      const margin = Math.round(10 * (ambient - inside)) / 10;
      return { ambient, inside, margin: draw.uniform() < negated ? -margin : margin };
    });
    const of = (name: 'ambient' | 'inside' | 'margin'): number[] => drawn.map((each) => each[name]);
    return tableOf({ features: { ambient: of('ambient'), inside: of('inside'), margin: of('margin') } });
  };
  const { faults } = judge('classification', { reference: fridges(3_000, 0), current: fridges(800, 0.05) });
  expect(faults).toMatchObject([{ fault: 'sign_flip', feature: 'margin' }]);
});
