import { expect, it } from 'vitest';
import { compareTables } from '../compare/compare-tables.ts';
import type { Table } from '../../src/core/table.ts';
import { WindowHistory } from '../../src/judge/earlier-windows.ts';
import { poolWindows } from '../../src/judge/pool-windows.ts';
import { draws } from '../../src/simulate/draws.ts';
import { levelColumn, tableOf } from '../stats/profile/rows.ts';

/** Products of a shop: some sell every day, thousands hardly ever. */
function sales(seed: number, rows: number): Table {
  const { uniform } = draws(seed);
  const product = Array.from({ length: rows }, () => `A${Math.floor(6_000 * uniform() ** 3)}`);
  const channel = Array.from({ length: rows }, () => (uniform() < 0.3 ? 'web' : 'shop'));
  return tableOf([levelColumn('product', product), levelColumn('channel', channel)]);
}

it('does not add up what a column of mostly rare levels counts: ranges of names are another in each window', () => {
  const reference = sales(1, 8_000);
  const history = new WindowHistory(new Map());
  const options = { healthy: new Map(), settings: new Map(), minRows: 200 };
  const none = { verdict: 'none', types: [], faults: [], evidence: [] } as never;
  for (let day = 0; day < 12; day++) {
    const compared = compareTables(reference, sales(100 + day, 500), {
      task: 'regression',
      positiveClass: null,
    });
    const [product, channel] = poolWindows(compared, history.windows, options).features;
    expect(product).not.toHaveProperty('pooled');
    if (day > 0) expect(channel?.pooled?.drifted).toBe(false);
    history.add({ features: compared.features, diagnosis: none });
  }
});

it('holds a window against all windows before it, though their list is one that grows', () => {
  const { uniform } = draws(3);
  const rows = (share: number, count: number): Table =>
    tableOf([
      levelColumn(
        'line',
        Array.from({ length: count }, () => (uniform() < share ? 'a' : 'b')),
      ),
    ]);
  const reference = rows(0.5, 8_000);
  const history = new WindowHistory(new Map());
  const options = { healthy: new Map(), settings: new Map(), minRows: 200, isUntimed: true };
  const none = { verdict: 'none', types: [], faults: [], evidence: [] } as never;
  const task = { task: 'regression', positiveClass: null } as const;
  let judged = 0;
  for (let day = 0; day < 28; day++) {
    // Lines are now here and now there, and after three weeks more so.
    const compared = compareTables(
      reference,
      rows(0.5 + (day < 22 ? 0.2 : 0.6) * (uniform() - 0.5), 400),
      task,
    );
    const copied = new Map([...history.windows].map(([name, windows]) => [name, [...windows]]));
    const [pooled, fresh] = [history.windows, copied].map((earlier) =>
      poolWindows(compared, earlier, options),
    );
    expect(pooled).toEqual(fresh);
    if (day >= 20 && pooled?.features[0]?.pooled !== undefined) judged += 1;
    history.add({ features: compared.features, diagnosis: none });
  }
  expect(judged).toBeGreaterThan(4);
});
