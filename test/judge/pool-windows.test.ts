import { describe, expect, it } from 'vitest';
import { compareTables } from '../compare/compare-tables.ts';
import type { Table } from '../../src/core/table.ts';
import { WindowHistory } from '../../src/judge/earlier-windows.ts';
import { movedTogether, poolWindows } from '../../src/judge/pool-windows.ts';
import { draws } from '../../src/simulate/draws.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

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

describe('beside a reference without times', () => {
  /** In how many windows, and from which on, several of them together show that a column moved. */
  function toldIn(
    seed: number,
    columns: number,
    middleOf: (column: number, window: number) => number,
    rowsOf = (_window: number): number => 500,
  ): number[] {
    const { normal } = draws(seed);
    const rows = (count: number, window: number | null): Table =>
      tableOf(
        Array.from({ length: columns }, (_, column) => {
          const middle = window === null ? 0 : middleOf(column, window);
          return numericColumn(
            `x${column}`,
            Array.from({ length: count }, () => middle + normal()),
          );
        }),
      );
    const reference = rows(8_000, null);
    const history = new WindowHistory(new Map());
    const none = { verdict: 'none', types: [], faults: [], evidence: [] } as never;
    const told: number[] = [];
    for (let window = 0; window < 26; window++) {
      const compared = compareTables(reference, rows(rowsOf(window), window), {
        task: 'regression',
        positiveClass: null,
      });
      const options = {
        healthy: new Map(),
        settings: new Map(),
        minRows: 200,
        isUntimed: true,
        around: history.around,
        lengthMs: 86_400_000,
      };
      if (movedTogether(poolWindows(compared, history.windows, options).features).length > 0)
        told.push(window);
      history.add({ features: compared.features, diagnosis: none });
    }
    return told;
  }

  it('what all columns do by themselves, slowly, is none of them moving', () => {
    const told = [1, 2, 3].map((seed) => {
      const { normal } = draws(100 + seed);
      const weather = Array.from({ length: 8 }, () => {
        let at = 0.12 * normal();
        return Array.from({ length: 26 }, () => (at = 0.9 * at + 0.12 * Math.sqrt(0.19) * normal()));
      });
      return toldIn(seed, 8, (column, window) => weather[column]![window]!).length;
    });
    expect(told).toEqual([0, 0, 0]);
  });

  it('what thin windows show little of is more in those of many rows', () => {
    const told = [1, 2, 3, 4].map((seed) => {
      const { normal } = draws(200 + seed);
      const spells = Array.from({ length: 8 }, () => Array.from({ length: 4 }, () => 0.13 * normal()));
      const rowsOf = (window: number): number => (window % 16 < 8 ? 130 : 500);
      return toldIn(seed, 8, (column, window) => spells[column]![window >> 3]!, rowsOf).length;
    });
    expect(told).toEqual([0, 0, 0, 0]);
  });

  it('one column that moves a little among many that do not is told after a few windows', () => {
    const [first] = toldIn(4, 20, (column, window) => (column === 3 && window >= 10 ? 0.2 : 0));
    expect(first).toBeLessThanOrEqual(13);
    expect(toldIn(5, 20, () => 0)).toEqual([]);
  });
});
