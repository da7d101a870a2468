/** Whole numbers may be codes, flags or running numbers; what has a fraction is a measurement, and a few rows may show it. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../database.ts';
import type { SourceColumn } from '../source-column.ts';

/** What the database hands on at a time anyway. */
const ROWS_LOOKED_AT = 2048;
const COLUMNS_AT_ONCE = 128;

/** Whether a number is not whole, for a SQL expression that is one. */
export const isBroken = (number: string): string => `${number} <> floor(${number})`;

/**
 * Columns of numbers that have one which is not whole among the first rows of the file; others may have some further on.
 * A query for 128 columns: of each a piece of the file is read, and not all of it.
 */
export async function columnsWithFractions(
  connection: DuckDBConnection,
  from: string,
  columns: readonly SourceColumn[],
): Promise<ReadonlySet<SourceColumn>> {
  const found = new Set<SourceColumn>();
  const numbers = columns.filter(({ type }) => type === 'number');
  for (let first = 0; first < numbers.length; first += COLUMNS_AT_ONCE) {
    const some = numbers.slice(first, first + COLUMNS_AT_ONCE);
    const cells = some.map(({ sql }, at) => `${sql}::DOUBLE AS n${at}`);
    const broken = some.map((_, at) => `count(CASE WHEN ${isBroken(`n${at}`)} THEN 1 END)`);
    const [row = []] = await queryRows(
      connection,
      `SELECT ${broken.join(', ')} FROM (SELECT ${cells.join(', ')} FROM ${from} LIMIT ${ROWS_LOOKED_AT})`,
    );
    for (const [at, column] of some.entries()) if (Number(row[at]) > 0) found.add(column);
  }
  return found;
}
