import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../core/errors.ts';
import type { ColumnCollector } from './column-collector.ts';

/** The database holds a chunk for every step of every cell's expression: wide files are gone through several times. */
export const COLUMNS_AT_ONCE = 256;

/** Streams the cells of all collectors; memory holds one chunk (2,048 rows) beside what is collected. */
export async function collectRows(
  connection: DuckDBConnection,
  from: string,
  collectors: readonly ColumnCollector<unknown>[],
  expectedRows: number,
  onRows: (rows: number) => void,
): Promise<void> {
  const passes = Math.ceil(collectors.length / COLUMNS_AT_ONCE);
  for (let pass = 0; pass < passes; pass++) {
    const some = collectors.slice(pass * COLUMNS_AT_ONCE, (pass + 1) * COLUMNS_AT_ONCE);
    await collectSome(connection, from, some, expectedRows, (rows) =>
      onRows(Math.floor((pass * expectedRows + rows) / passes)),
    );
  }
}

async function collectSome(
  connection: DuckDBConnection,
  from: string,
  collectors: readonly ColumnCollector<unknown>[],
  expectedRows: number,
  onRows: (rows: number) => void,
): Promise<void> {
  const result = await connection.stream(
    `SELECT ${collectors.map(({ cell }) => cell.sql).join(', ')} FROM ${from}`,
  );
  let offset = 0;
  for await (const chunk of result) {
    const rows = chunk.rowCount;
    if (offset + rows > expectedRows) throw changedMeanwhile();
    for (const [index, collector] of collectors.entries())
      collector.add(chunk.getColumnVector(index), offset, rows);
    offset += rows;
    onRows(offset);
  }
  if (offset !== expectedRows) throw changedMeanwhile();
}

function changedMeanwhile(): UserError {
  return new UserError('the file changed while it was being read', {
    fix: 'Read a copy that nobody writes to.',
  });
}
