import type { CategoricalColumn, Column, Table } from '../table.ts';
import type { PrivateFields } from './private-fields.ts';

/** Rows of a file as events with the same values are kept. A number that is hashed is a level. O(rows) a hashed column. */
export function withoutPrivateColumns(table: Table, fields: PrivateFields | undefined): Table {
  if (fields === undefined) return table;
  const features = table.features
    .filter(({ name }) => !fields.drop.has(name))
    .map((column) => (fields.hash.has(column.name) ? hashedColumn(column, fields) : column));
  return { ...table, features };
}

function hashedColumn(column: Column, fields: PrivateFields): CategoricalColumn {
  const { name, invalid } = column;
  if (column.kind !== 'numeric') {
    const levels = column.levels.map((level) => fields.hashed(level));
    return { name, kind: 'categorical', codes: column.codes, levels, invalid };
  }
  const codeOf = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    // Both zeros are one value.
    const known = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, known);
    return known;
  });
  return {
    name,
    kind: 'categorical',
    codes,
    levels: [...codeOf.keys()].map((value) => fields.hashed(value)),
    invalid,
  };
}
