import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { inCanonicalOrder } from '../../src/stats/table/canonical-rows.ts';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { levelColumn, numericColumn, tableOf } from './profile/rows.ts';

const ROWS = 3_000;

function made(seed: number): Table {
  const random = createRandom(seed);
  const some = <T>(values: readonly T[]): T => values[Math.floor(values.length * random())]!;
  const each = <T>(value: () => T): T[] => Array.from({ length: ROWS }, value);
  return tableOf(
    [
      // Many rows are alike in these.
      numericColumn(
        'age',
        each(() => some([20, 30, 40, Number.NaN, -0, 0])),
      ),
      levelColumn(
        'country',
        each(() => some(['DE', 'FR', null])),
      ),
      numericColumn(
        'amount',
        each(() => (random() < 0.5 ? 1 : random())),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        each(() => some(['a', 'b'])),
      ),
      score: numericColumn(
        'score',
        each(() => some([0.1, 0.2])),
      ),
      label: levelColumn(
        'label',
        each(() => some(['a', 'b', null])),
      ),
      holdout: Uint8Array.from(each(() => some([0, 1]))),
      timestampMs: Float64Array.from(each(() => some([1_000, 2_000, Number.NaN]))),
    },
  );
}

function shuffledRows(seed: number): Int32Array {
  const random = createRandom(seed);
  const order = Int32Array.from({ length: ROWS }, (_, row) => row);
  for (let at = ROWS - 1; at > 0; at--) {
    const other = Math.floor((at + 1) * random());
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** Cells as they read, whatever number a level has. */
function spelled(table: Table): unknown {
  const cells = (column: Column | null): unknown =>
    column === null
      ? null
      : column.kind === 'numeric'
        ? Array.from(column.values, (value) => String(value + 0))
        : Array.from(column.codes, (code) => column.levels[code] ?? null);
  const { features, prediction, score, label, holdout, timestampMs } = table;
  return {
    features: new Map(features.map((column) => [column.name, cells(column)])),
    outputs: [prediction, score, label].map(cells),
    holdout,
    timestampMs: timestampMs && Array.from(timestampMs, String),
  };
}

describe('rows in canonical order', () => {
  it('are the same whatever order they came in', () => {
    for (const seed of [1, 2, 3]) {
      const table = made(seed);
      const first = spelled(inCanonicalOrder(table));
      for (const order of [10, 11]) {
        const mixed = takeRows(table, shuffledRows(order));
        expect(spelled(inCanonicalOrder(mixed))).toEqual(first);
      }
    }
  });

  it('know no order of columns or levels, and nothing of a column without values', () => {
    const table = made(4);
    const first = inCanonicalOrder(table);
    const empty = numericColumn(
      'empty',
      Array.from({ length: ROWS }, () => Number.NaN),
    );
    const relabelled = table.features.map((column): Column => {
      if (column.kind === 'numeric') return column;
      const levels = ['unused', ...column.levels.toReversed()];
      const codes = column.codes.map((code) => levels.indexOf(column.levels[code] ?? ''));
      return { ...column, levels, codes };
    });
    const other = inCanonicalOrder({ ...table, features: [empty, ...relabelled.toReversed()] });
    const withoutEmpty = { ...other, features: other.features.filter(({ name }) => name !== 'empty') };
    expect(spelled(withoutEmpty)).toEqual(spelled(first));
  });

  it('have no levels but their own, in an order of their own', () => {
    const table = made(6);
    const other = takeRows(table, shuffledRows(12));
    const levelsOf = ({ features }: Table) =>
      features.flatMap((column) => (column.kind === 'numeric' ? [] : [column.levels]));
    const mixed = other.features.map((column): Column =>
      column.kind === 'numeric'
        ? column
        : {
            ...column,
            levels: ['x', ...column.levels],
            codes: column.codes.map((code) => (code < 0 ? -1 : code + 1)),
          },
    );
    const first = levelsOf(inCanonicalOrder(table));
    expect(first.map((levels) => levels.length)).toEqual([2]);
    expect(levelsOf(inCanonicalOrder({ ...other, features: mixed }))).toEqual(first);
  });

  it('are not in an order of any column', () => {
    const values = Array.from({ length: ROWS }, (_, row) => row);
    const [column] = inCanonicalOrder(tableOf([numericColumn('x', values)])).features;
    if (column?.kind !== 'numeric') throw new Error('a number was given');
    const inOrder = column.values.filter((value, at) => at > 0 && value > column.values[at - 1]!).length;
    expect(Math.abs(inOrder / ROWS - 0.5)).toBeLessThan(0.03);
    expect(new Set(column.values).size).toBe(ROWS);
  });

  it('keep what was learned from all rows', () => {
    const habits = new Map([['age', { rows: 5, longestRun: 2, persistence: 1, stretches: [] }]]);
    expect(inCanonicalOrder({ ...made(5), habits }).habits).toBe(habits);
  });
});
