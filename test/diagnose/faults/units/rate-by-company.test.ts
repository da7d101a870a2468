import { describe, expect, test } from 'vitest';
import { rateByCompany } from '../../../../src/diagnose/faults/units/rate-by-company.ts';
import type { NumericCells } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { FEATURES } from '../../samples-of-columns.ts';

interface Order {
  readonly price: number;
  readonly quantity: number;
  readonly total: number;
  readonly weight: number;
}

/** Heavy-tailed prices; a total is price times quantity, but for a rebate. */
function orders(change: (order: Order, chance: number) => Order): NumericCells[] {
  const draw = draws(91);
  const drawn = (rows: number, how: typeof change): Order[] =>
    Array.from({ length: rows }, () => {
      const price = 3 / draw.uniform() ** 0.7;
      const quantity = 1 + Math.floor(draw.uniform() * 5);
      const total = price * quantity * Math.exp(0.05 * draw.normal());
      return how({ price, quantity, total, weight: Math.exp(0.3 * draw.normal()) }, draw.uniform());
    });
  const [before, now] = [drawn(3000, (order) => order), drawn(1500, change)];
  return (['price', 'quantity', 'total', 'weight'] as const).map((name) => ({
    kind: 'numeric',
    name,
    reference: Float64Array.from(before, (row) => row[name]),
    current: Float64Array.from(now, (row) => row[name]),
  }));
}

describe('some rows in another currency', () => {
  test('are found by what stayed, within a range that holds them', () => {
    const found = rateByCompany(
      orders((order, chance) => (chance < 0.08 ? { ...order, total: 24.7 * order.total } : order)),
      FEATURES,
    );
    expect(found.map(({ finding }) => finding.feature)).toEqual(['total']);
    expect(found[0]?.finding.fault).toBe('unit_change');
    expect(found[0]?.otherwise).toBeUndefined();
    expect(found[0]?.finding.detail).toContain('24.');
  });

  test('and all rows, where the others moved by themselves', () => {
    const wholesale = (factor: number) => (order: Order) => ({
      ...order,
      quantity: 3 * order.quantity,
      total: 3 * order.quantity * order.price * factor,
    });
    const [found, ...others] = rateByCompany(orders(wholesale(0.001)), FEATURES);
    expect(found?.finding).toMatchObject({ fault: 'unit_change', feature: 'total', share: 1 });
    expect(found?.otherwise).toBeUndefined();
    expect(others).toEqual([]);
    // Everything may cost four times as much from today on.
    expect(rateByCompany(orders(wholesale(4)), FEATURES)).toEqual([]);
  });

  test('a smaller factor may be an offer', () => {
    const found = rateByCompany(
      orders((order, chance) => (chance < 0.08 ? { ...order, total: 0.4 * order.total } : order)),
      FEATURES,
    );
    expect(found[0]?.otherwise).toContain('multiplies total');
  });

  test.each<[string, (order: Order, chance: number) => Order]>([
    ['nothing', (order) => order],
    ['wholesale', (o, chance) => (chance < 0.1 ? { ...o, quantity: 60, total: 60 * o.price } : o)],
    ['dearer goods', (o, chance) => (chance < 0.1 ? { ...o, price: 30 * o.price, total: 30 * o.total } : o)],
    [
      'rebates of all sizes',
      (o, chance) => (chance < 0.2 ? { ...o, total: (0.05 + 4 * chance) * o.total } : o),
    ],
    // Rows of every size lie on the way to those that are far away.
    [
      'a total that spreads four times as much',
      (o, chance) => ({ ...o, total: o.total * Math.exp(1.6 * (chance - 0.5)) }),
    ],
  ])('%s is none', (_, change) => {
    expect(rateByCompany(orders(change), FEATURES)).toEqual([]);
  });
});
