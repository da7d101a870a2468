/** One column of an opened file, as plain data: any thread can read it by itself, and let go of it. */
import { open } from 'node:fs/promises';
import type { FeatureKind, Column } from '../../core/table.ts';
import { collectRows } from './collect-rows.ts';
import { openDuckDb } from './database.ts';
import type { Database } from './database.ts';
import type { PlannedFeature } from './plan-features.ts';
import { EMPTY_ROWS, withRow } from './row-set.ts';
import type { RowSet } from './row-set.ts';
import { collect, featureReading } from './table-columns.ts';

/** In a file whose columns lie apart (Parquet): the database reads the one. */
export interface QueriedColumn {
  readonly from: 'query';
  readonly relation: string;
  readonly feature: PlannedFeature;
  readonly rows: number;
}

/** From a file that has to be read as a whole: written aside, eight or four bytes a cell. */
export interface SpilledColumn {
  readonly from: 'file';
  readonly path: string;
  readonly name: string;
  readonly kind: FeatureKind;
  /** Of a category. */
  readonly levels: readonly string[];
  readonly invalid: number;
  readonly invalidRows: RowSet;
}

export type ColumnSource = QueriedColumn | SpilledColumn;

export interface SourcedColumn {
  readonly column: Column;
  /** Where its unreadable cells are. */
  readonly invalidRows: RowSet;
}

export interface ColumnReader {
  read(source: ColumnSource): Promise<SourcedColumn>;
  /** The column will not be looked at again: its memory serves the next one. */
  release(column: SourcedColumn): void;
  close(): void;
}

/**
 * One reader for each thread.
 *
 * @param shared a database of this thread, which stays open; without one it opens its own when it first needs it
 */
export function columnReader(temporaryFolder: string, shared: Database | null = null): ColumnReader {
  const free: ArrayBuffer[] = [];
  const memory = (bytes: number): ArrayBuffer => {
    const at = free.findIndex(({ byteLength }) => byteLength >= bytes);
    const [found = new ArrayBuffer(bytes)] = at < 0 ? [] : free.splice(at, 1);
    return found;
  };
  let database = shared;
  return {
    async read(source) {
      if (source.from === 'file') return await readSpilled(source, memory);
      database ??= await openDuckDb(temporaryFolder, { threads: 1, memoryLimit: '256MB' });
      return await readQueried(database, source, memory);
    },
    release({ column }) {
      const { buffer } = column.kind === 'numeric' ? column.values : column.codes;
      if (buffer instanceof ArrayBuffer) free.push(buffer);
    },
    close() {
      if (shared === null) database?.close();
    },
  };
}

type Memory = (bytes: number) => ArrayBuffer;

async function readQueried(
  { connection }: Database,
  { relation, feature, rows }: QueriedColumn,
  memory: Memory,
): Promise<SourcedColumn> {
  let invalidRows = EMPTY_ROWS;
  const noteInvalid = (row: number): void => {
    invalidRows = withRow(invalidRows, row);
  };
  const collector = collect(featureReading(feature), rows, noteInvalid, memory(8 * rows));
  await collectRows(connection, relation, [collector], rows, () => {});
  return { column: collector.finish(), invalidRows };
}

async function readSpilled(source: SpilledColumn, memory: Memory): Promise<SourcedColumn> {
  const { name, kind, levels, invalid, invalidRows } = source;
  const file = await open(source.path, 'r');
  try {
    const { size } = await file.stat();
    const room = memory(size);
    const bytes = new Uint8Array(room, 0, size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) throw new Error(`${source.path} is shorter than it was written`);
      at += bytesRead;
    }
    const column: Column =
      kind === 'numeric'
        ? { name, kind, values: new Float64Array(room, 0, size / 8), invalid }
        : { name, kind, codes: new Int32Array(room, 0, size / 4), levels, invalid };
    return { column, invalidRows };
  } finally {
    await file.close();
  }
}
