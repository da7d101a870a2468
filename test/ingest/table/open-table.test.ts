import { existsSync, readFileSync } from 'node:fs';
import { onTestFinished, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { columnReader } from '../../../src/ingest/table/column-source.ts';
import type { SourcedColumn } from '../../../src/ingest/table/column-source.ts';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import type { OpenTable } from '../../../src/ingest/table/open-table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { hasRow } from '../../../src/ingest/table/row-set.ts';
import { cells, fileWith, jsonLines, parquetFile } from './files.ts';

async function opened(path: string, options: ReadTableOptions = {}): Promise<OpenTable> {
  const table = await openTable(path, options);
  onTestFinished(table.close);
  return table;
}

async function columnOf(table: OpenTable, name: string): Promise<SourcedColumn> {
  const source = table.features.get(name);
  if (source === undefined) throw new Error(`there is no feature ${name}`);
  const reader = columnReader(table.folder);
  onTestFinished(reader.close);
  return await reader.read(source);
}

const rows = Array.from({ length: 5000 }, (_, row) => ({
  amount: row % 7 === 0 ? null : row / 3,
  name: row % 5 === 0 ? null : `a name longer than twelve bytes ${row % 40}`,
  short: `s${row % 3}`,
  ok: row % 2 === 0,
  timestamp: `2026-03-01T00:${String(row % 60).padStart(2, '0')}:00Z`,
  prediction: row % 2,
  score: (row % 100) / 100,
  label: row % 3 === 0 ? null : row % 2,
}));
const names = Object.keys(rows[0] ?? {});
const csv = `${names.join(',')}\n${rows
  .map((row) =>
    names.map((name) => (row as Record<string, string | number | boolean | null>)[name] ?? '').join(','),
  )
  .join('\n')}\n`;

const FILES: [string, () => Promise<string>][] = [
  ['CSV', async () => await Promise.resolve(fileWith('data.csv', csv))],
  ['gzipped CSV', async () => await Promise.resolve(fileWith('data.csv.gz', csv))],
  ['JSON lines', async () => await Promise.resolve(fileWith('data.jsonl', jsonLines(rows)))],
  [
    'Parquet',
    async () => await parquetFile(`SELECT * FROM read_json('${fileWith('data.jsonl', jsonLines(rows))}')`),
  ],
];

describe('opening a table', () => {
  it.each(FILES)('gives column by column what reading it gives at once: %s', async (_, make) => {
    const path = await make();
    const whole = await readTable(path);
    const table = await opened(path);
    expect(table.rows).toBe(whole.table.rows);
    expect(table.shape).toEqual(whole.shape);
    expect(table.notes).toEqual(whole.notes);
    expect([...table.features.keys()]).toEqual(whole.table.features.map(({ name }) => name));
    for (const column of whole.table.features) {
      const { column: apart } = await columnOf(table, column.name);
      expect(apart.kind).toBe(column.kind);
      expect(apart.invalid).toBe(column.invalid);
      expect(cells(apart)).toEqual(cells(column));
    }
    for (const role of ['prediction', 'score', 'label'] as const)
      expect(cells(table.outputs[role])).toEqual(cells(whole.table[role]));
    expect(await table.timestampMs()).toEqual(whole.table.timestampMs);
  });

  it('knows which cells it could not read', async () => {
    const like = (await readTable(fileWith('r.csv', `x\n${'1\n'.repeat(50)}`))).shape;
    const mixed = Array.from({ length: 4000 }, (_, row) => (row % 100 === 3 ? 'oops' : String(row)));
    const table = await opened(fileWith('c.csv', `x\n${mixed.join('\n')}\n`), { like });
    const { column, invalidRows } = await columnOf(table, 'x');
    expect(column.invalid).toBe(40);
    expect(mixed.map((_, row) => hasRow(invalidRows, row))).toEqual(mixed.map((cell) => cell === 'oops'));
  });

  it('reads a column into the memory of the last one when that is released', async () => {
    const table = await opened(await parquetFile('SELECT i AS a, -i AS b FROM range(3000) t(i)'), {
      numeric: ['a', 'b'],
    });
    const reader = columnReader(table.folder);
    onTestFinished(reader.close);
    const [a, b] = [...table.features.values()];
    if (a === undefined || b === undefined) throw new Error('two features were expected');
    const first = await reader.read(a);
    reader.release(first);
    const second = await reader.read(b);
    if (first.column.kind !== 'numeric' || second.column.kind !== 'numeric') throw new Error('numbers');
    expect(second.column.values.buffer).toBe(first.column.values.buffer);
    expect(second.column.values[2999]).toBe(-2999);
  });

  it('reads columns ahead as it reads them when they are asked for', async () => {
    const select = `SELECT i AS a, 'level ' || (i % 7) AS b, CASE WHEN i % 5 = 0 THEN NULL ELSE i / 3 END AS c FROM range(9000) t(i)`;
    const table = await opened(await parquetFile(select, 'rows.parquet', 'ROW_GROUP_SIZE 2048'), {
      numeric: ['a'],
    });
    const reader = columnReader(table.folder, table.database);
    const sources = [...table.features.values()];
    const begun = await reader.begin(sources);
    const ahead = [];
    for (const each of begun) ahead.push(await each.finish());
    expect(ahead.map(({ column }) => column.name)).toEqual(['a', 'b', 'c']);
    for (const [at, source] of sources.entries()) expect(await reader.read(source)).toEqual(ahead[at]);
  });

  it('tells of a file that went while it was read ahead when the column is asked for', async () => {
    const path = await parquetFile('SELECT i AS a FROM range(3000) t(i)');
    const table = await opened(path, { numeric: ['a'] });
    const source = table.features.get('a')!;
    const reader = columnReader(table.folder, table.database);
    const [begun] = await reader.begin([{ ...source, rows: 2999 } as typeof source]);
    await expect(begun!.finish()).rejects.toMatchObject({
      message: 'the file changed while it was being read',
    });
  });

  it('says that a file is damaged where only its rows show it', async () => {
    const whole = readFileSync(await parquetFile('SELECT hash(i) AS a FROM range(9000) t(i)'));
    const path = fileWith('damaged.parquet', Buffer.from(whole).fill(0xaa, 4, whole.length >> 1));
    const { shape } = await readTable(fileWith('like.csv', 'a\n1\n2\n'));
    const table = await opened(path, { like: shape });
    await expect(table.rowKeys()).rejects.toMatchObject({
      message: expect.stringMatching(/it is not Parquet, or is cut off or damaged$/),
    });
  });

  it('leaves nothing behind', async () => {
    const table = await openTable(fileWith('data.csv', csv));
    expect(existsSync(table.folder)).toBe(true);
    await table.close();
    expect(existsSync(table.folder)).toBe(false);
  });

  it('refuses what reading refuses', async () => {
    await expect(openTable('nowhere.csv')).rejects.toBeInstanceOf(UserError);
    await expect(openTable(fileWith('e.csv', 'a,b\n'))).rejects.toMatchObject({
      message: expect.stringContaining('has no rows'),
    });
  });
});
