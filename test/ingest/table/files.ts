/** Files for the reader's tests, in a folder that goes with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import type { Column } from '../../../src/core/table.ts';
import { sqlString } from '../../../src/ingest/table/sql-text.ts';
import type { ReadTable } from '../../../src/ingest/table/read-table.ts';

export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Written gzipped when the name says so. */
export function fileWith(name: string, content: string | Uint8Array, folder: string = testFolder()): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}

export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** A Parquet file out of a SELECT; `options` as the database spells them, such as `COMPRESSION zstd`. */
export async function parquetFile(
  select: string,
  name: string = 'data.parquet',
  options: string = '',
): Promise<string> {
  const path = join(testFolder(), name);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (${select}) TO '${path}' (FORMAT parquet${options === '' ? '' : `, ${options}`})`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

/** What any reader of Parquet sees: the type of each column, and its cells as plain values. */
export async function parquetContent(path: string): Promise<{
  readonly types: Record<string, string>;
  readonly rows: readonly Record<string, unknown>[];
}> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sqlString(path)}`);
  const read = await connection.runAndReadAll(`SELECT * FROM ${sqlString(path)}`);
  const rows = read.getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return {
    types: Object.fromEntries(described.getRows().map(([name, type]) => [String(name), String(type)])),
    rows,
  };
}

/** A column as plain values: null is missing. */
export function cells(column: Column | null | undefined): (number | string | null)[] {
  if (column === null || column === undefined) throw new Error('there is no such column');
  if (column.kind === 'numeric')
    return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => column.levels[code] ?? null);
}

export function feature(read: ReadTable, name: string): Column {
  const column = read.table.features.find((each) => each.name === name);
  if (column === undefined) throw new Error(`there is no feature ${name}`);
  return column;
}

export function kinds(read: ReadTable): Record<string, string> {
  return Object.fromEntries(read.table.features.map(({ name, kind }) => [name, kind]));
}
