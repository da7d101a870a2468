import type { Column, NumericColumn, Table } from '../../core/table.ts';

/**
 * Rows of several tables with the same columns, one below the other; what is learned of a whole table is not taken along.
 *
 * @throws where a later one lacks a column of the first, or has another kind of it
 */
export function stackTables(tables: readonly Table[]): Table {
  const [first, ...others] = tables;
  if (first === undefined) throw new Error('no tables to stack');
  if (others.length === 0) return first;
  const stacked = (of: (table: Table) => Column | null | undefined): Column | null => {
    const columns = tables.map((table) => of(table) ?? null);
    return columns[0] === null ? null : stackColumns(columns);
  };
  const times = tables.map(({ timestampMs }) => timestampMs);
  return {
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    features: first.features.map(({ name }) =>
      stackColumns(tables.map((table) => table.features.find((column) => column.name === name) ?? null)),
    ),
    prediction: stacked(({ prediction }) => prediction),
    score: stacked(({ score }) => score) as NumericColumn | null,
    label: stacked(({ label }) => label),
    timestampMs: times.every((each) => each !== null)
      ? Float64Array.from(times.flatMap((each) => Array.from(each)))
      : null,
    predictionId: null,
  };
}

function stackColumns(columns: readonly (Column | null)[]): Column {
  const [first] = columns;
  if (first === null || first === undefined) throw new Error('a column is missing');
  const { kind, name } = first;
  const invalid = columns.reduce((sum, column) => sum + (column?.invalid ?? 0), 0);
  if (kind === 'numeric') {
    const values = columns.flatMap((column) => {
      if (column?.kind !== kind) throw new Error(`${name} is of another kind`);
      return Array.from(column.values);
    });
    return { kind, name, invalid, values: Float64Array.from(values) };
  }
  const levels = new Map<string, number>();
  const codes = columns.flatMap((column) => {
    if (column?.kind !== kind) throw new Error(`${name} is of another kind`);
    const codeOf = column.levels.map((level) => {
      const code = levels.get(level) ?? levels.size;
      levels.set(level, code);
      return code;
    });
    return Array.from(column.codes, (code) => codeOf[code] ?? -1);
  });
  return { kind, name, invalid, codes: Int32Array.from(codes), levels: [...levels.keys()] };
}
