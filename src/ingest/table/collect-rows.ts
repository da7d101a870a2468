import { setImmediate as turn } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBMaterializedResult } from '@duckdb/node-api';
import { UserError } from '../../core/errors.ts';
import { collectGarbage, collectYoungGarbage } from '../../core/memory/collect-garbage.ts';
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

/** Of so many rows the database holds 32 MB of numbers, or 64 of texts. */
export const MOST_ROWS_AS_A_WHOLE = 4_000_000;

/**
 * One column as a whole, where it has few enough rows: chunks that are asked for one by one take three times as long.
 */
export async function collectColumn(
  connection: DuckDBConnection,
  from: string,
  collector: ColumnCollector<unknown>,
  expectedRows: number,
): Promise<void> {
  if (expectedRows > MOST_ROWS_AS_A_WHOLE) {
    await collectSome(connection, from, [collector], expectedRows, () => {});
    return;
  }
  await collectWhole(connection, from, collector, expectedRows);
  await letGoOfResult((collector.holds === 'numbers' ? 8 : 16) * expectedRows);
}

async function collectWhole(
  connection: DuckDBConnection,
  from: string,
  collector: ColumnCollector<unknown>,
  expectedRows: number,
): Promise<void> {
  await collectRead(
    await connection.run(`SELECT ${collector.cell.sql} FROM ${from}`),
    collector,
    expectedRows,
  );
}

/** Results that may have been taken for old, until all garbage is collected. */
const MOST_HELD_BYTES = 16e6;
let heldBytes = 0;

/**
 * The database holds a result, and each of its hundreds of chunks, for as long as a small object is that nobody would miss
 * soon, and lets go of it when the event loop turns. To be called where nothing refers to it any more. A millisecond, and
 * fifteen for every 16 MB.
 */
export async function letGoOfResult(bytes: number): Promise<void> {
  heldBytes += bytes;
  if (heldBytes < MOST_HELD_BYTES) {
    collectYoungGarbage();
  } else {
    heldBytes = 0;
    collectGarbage();
  }
  await turn();
}

/** Two megabytes of numbers, or four of texts. */
const CHUNKS_AT_ONCE = 128;

/** Of one column that the database has read to its end. `letGoOfResult` comes afterwards. */
export async function collectRead(
  result: DuckDBMaterializedResult,
  collector: ColumnCollector<unknown>,
  expectedRows: number,
): Promise<void> {
  if (result.rowCount !== expectedRows) throw changedMeanwhile();
  const chunks = result.chunkCount;
  let offset = 0;
  for (let first = 0; first < chunks; first += CHUNKS_AT_ONCE) {
    const end = Math.min(chunks, first + CHUNKS_AT_ONCE);
    for (let at = first; at < end; at += 1) offset = addChunk(result.getChunk(at), collector, offset);
    if (end === chunks) break;
    // Each is a copy.
    collectYoungGarbage();
    await turn();
  }
}

function addChunk(chunk: DuckDBDataChunk, collector: ColumnCollector<unknown>, offset: number): number {
  const rows = chunk.rowCount;
  collector.add(chunk.getColumnVector(0), offset, rows);
  return offset + rows;
}

function changedMeanwhile(): UserError {
  return new UserError('the file changed while it was being read', {
    fix: 'Read a copy that nobody writes to.',
  });
}
