/** One column of an opened file, as plain data: any thread can read it by itself, and let go of it. */
import { open } from 'node:fs/promises';
import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import { mappedMemory } from '../../core/memory/mapped-memory.ts';
import type { FeatureKind, Column } from '../../core/table.ts';
import { collectColumn, collectRead, letGoOfResult, MOST_ROWS_AS_A_WHOLE } from './collect-rows.ts';
import { openDuckDb } from './database.ts';
import type { Database } from './database.ts';
import type { ColumnCollector } from './column-collector.ts';
import type { PlannedFeature } from './plan-features.ts';
import { EMPTY_ROWS, withRow } from './row-set.ts';
import type { RowSet } from './row-set.ts';
import { collect, featureReading } from './table-columns.ts';
import type { AnyReading } from './table-columns.ts';
import { knownTextReading } from './known-texts.ts';

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

/** A column that the database reads while this thread computes. */
export interface BegunColumn {
  /** Waits for the database, and lays the cells into memory of this thread. */
  finish(): Promise<SourcedColumn>;
}

export interface ColumnReader {
  /**
   * Answers when the database is at work on them: it holds them (8 bytes a number, 16 a text) until they are finished.
   * Columns of very many rows, and those that lie in files of their own, are read when they are finished.
   */
  begin(sources: readonly ColumnSource[]): Promise<readonly BegunColumn[]>;
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
    const [found = mappedMemory(bytes)] = at < 0 ? [] : free.splice(at, 1);
    return found;
  };
  let opened = shared;
  const database = async (): Promise<Database> =>
    (opened ??= await openDuckDb(temporaryFolder, { threads: 1, memoryLimit: '256MB' }));
  const begin = async (sources: readonly ColumnSource[]): Promise<readonly BegunColumn[]> => {
    const prepared: (() => BegunColumn)[] = [];
    for (const source of sources) {
      if (source.from === 'file')
        prepared.push(() => ({ finish: async () => await readSpilled(source, memory) }));
      else prepared.push(await prepareQueried(await database(), source, memory));
    }
    // All are prepared before the first runs: what runs keeps others waiting.
    return prepared.map((start) => start());
  };
  return {
    begin,
    async read(source) {
      const [begun] = await begin([source]);
      return await begun!.finish();
    },
    release({ column }) {
      const { buffer } = column.kind === 'numeric' ? column.values : column.codes;
      if (buffer instanceof ArrayBuffer) free.push(buffer);
    },
    close() {
      if (shared === null) opened?.close();
    },
  };
}

type Memory = (bytes: number) => ArrayBuffer;

async function prepareQueried(
  database: Database,
  source: QueriedColumn,
  memory: Memory,
): Promise<() => BegunColumn> {
  const { feature, rows } = source;
  const later = async (): Promise<SourcedColumn> => await readQueried(database, source, memory);
  const known = knownTextReading(feature);
  // Texts take twice the memory of numbers: they are not held beside what is compared.
  if (rows > MOST_ROWS_AS_A_WHOLE || (feature.kind !== 'numeric' && known === null))
    return () => ({ finish: later });
  const start = await prepareColumn(
    database,
    source,
    known === null ? { reading: featureReading(feature), cellBytes: 8 } : { reading: known, cellBytes: 1 },
    memory,
  );
  if (known === null) return start;
  return () => {
    const begun = start();
    return {
      async finish() {
        const column = await begun.finish();
        return known.hasMetOthers() ? await later() : column;
      },
    };
  };
}

/** As a whole, which takes a third of the time of chunks that are asked for one by one. */
async function prepareColumn(
  { connection }: Database,
  { relation, rows }: QueriedColumn,
  { reading, cellBytes }: { readonly reading: AnyReading; readonly cellBytes: number },
  memory: Memory,
): Promise<() => BegunColumn> {
  const statement = await connection.prepare(`SELECT ${reading.cell.sql} FROM ${relation}`);
  return () => {
    let running: Promise<DuckDBMaterializedResult> | null = statement
      .run()
      .finally(() => statement.destroySync());
    // Whoever finishes it is told of an error; until then nobody listens.
    running.catch(() => {});
    const collected = async (): Promise<SourcedColumn> => {
      const result = await running!;
      running = null;
      const { collector, invalidRows } = collecting(reading, rows, memory);
      await collectRead(result, collector, rows);
      return { column: collector.finish(), invalidRows: invalidRows() };
    };
    return {
      async finish() {
        const column = await collected();
        await letGoOfResult(cellBytes * rows);
        return column;
      },
    };
  };
}

async function readQueried(
  { connection }: Database,
  { relation, feature, rows }: QueriedColumn,
  memory: Memory,
): Promise<SourcedColumn> {
  const { collector, invalidRows } = collecting(featureReading(feature), rows, memory);
  await collectColumn(connection, relation, collector, rows);
  return { column: collector.finish(), invalidRows: invalidRows() };
}

function collecting(
  reading: AnyReading,
  rows: number,
  memory: Memory,
): { readonly collector: ColumnCollector<Column>; invalidRows(): RowSet } {
  let invalidRows = EMPTY_ROWS;
  const noteInvalid = (row: number): void => {
    invalidRows = withRow(invalidRows, row);
  };
  return {
    collector: collect(reading, rows, noteInvalid, memory(8 * rows)),
    invalidRows: () => invalidRows,
  };
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
