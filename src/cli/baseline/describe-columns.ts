/** How a file of training data was understood: a line for each column, and what in it looks like a mistake. */
import type { Column, NumericColumn, Table } from '../../core/table.ts';
import { textTable } from '../terminal/text-table.ts';

interface ColumnLine {
  readonly name: string;
  readonly kind: string;
  readonly missing: number;
  readonly distinct: number;
}

/** With fewer values a column says little of what comes later. */
const ALMOST_EMPTY = 0.95;
/** An id has a value of its own in nearly every row. */
const UNIQUE = 0.95;
/** In fewer rows many a category is unique by chance. */
const ROWS_OF_AN_ID = 100;

/** Features first, in the order of the file, then the model's output. */
export function describeColumns(table: Table): string {
  const roles = [table.prediction, table.score, table.label].filter((column) => column !== null);
  const lines = [...table.features, ...roles].map((column) => lineOf(column, table.rows));
  return textTable(
    ['COLUMN', 'KIND', 'MISSING', 'DISTINCT'],
    lines.map(({ name, kind, missing, distinct }) => [
      name,
      kind,
      `${((100 * missing) / Math.max(1, table.rows)).toFixed(1)} %`,
      distinct.toLocaleString('en'),
    ]),
  );
}

/** One sentence each. */
export function doubtfulColumns(table: Table): string[] {
  const lines = table.features.map((column) => ({ column, ...lineOf(column, table.rows) }));
  return lines.flatMap(({ column, name, missing, distinct }) => {
    const present = table.rows - missing;
    if (present === 0) return [`${name} is empty; --exclude ${name} leaves it out`];
    if (missing > ALMOST_EMPTY * table.rows)
      return [`${name} is almost empty; --exclude ${name} leaves it out`];
    if (
      present >= ROWS_OF_AN_ID &&
      distinct > UNIQUE * present &&
      (column.kind !== 'numeric' || isNumbered(column))
    )
      return [
        `${name} looks like an id, a value of its own in nearly every row; --exclude ${name} leaves it out`,
      ];
    if (distinct === 1) return [`${name} holds one and the same value throughout`];
    return [];
  });
}

/** Whole numbers that lie about as close together as when they are counted up. */
function isNumbered({ values }: NumericColumn): boolean {
  let [low, high, present] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return false;
    low = Math.min(low, value);
    high = Math.max(high, value);
    present += 1;
  }
  return high - low < 2 * present;
}

function distinctIn(values: Float64Array): number {
  values.sort();
  return values.reduce((count, value, at) => (at > 0 && value === values[at - 1] ? count : count + 1), 0);
}

function lineOf(column: Column, rows: number): ColumnLine {
  const { name, kind } = column;
  if (column.kind === 'numeric') {
    const values = column.values.filter((value) => !Number.isNaN(value));
    return { name, kind, missing: rows - values.length, distinct: distinctIn(values) };
  }
  const codes = column.codes.filter((code) => code >= 0);
  return { name, kind, missing: rows - codes.length, distinct: new Set(codes).size };
}
