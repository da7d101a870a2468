import { describe, expect, it, onTestFinished } from 'vitest';
import { columnReader } from '../../../src/ingest/table/column-source.ts';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import type { OpenTable } from '../../../src/ingest/table/open-table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { sqlString } from '../../../src/ingest/table/sql-text.ts';
import { cells, parquetFile } from './files.ts';

/** So many that texts are looked at once each. */
const ROWS = 120_000;

const ODD = [
  "it's",
  '"',
  '\\',
  ' a',
  'a',
  'A',
  '',
  'null',
  'NaN',
  '1',
  'é',
  'e\u0301',
  '😀',
  'a,b',
  '[',
  '%',
  '\n',
  'a longer text than twelve bytes',
];

/** Of these in turn, and NULL in every 50th row. */
function rowsOf(texts: readonly string[], also: string = ''): string {
  const list = texts.map((text) => sqlString(text)).join(', ');
  return `SELECT CASE WHEN i % 50 = 0 THEN NULL ${also} ELSE ([${list}])[i * 7 % ${texts.length} + 1] END AS t, i / 2 AS n FROM range(${ROWS}) r(i)`;
}

async function opened(path: string, options: ReadTableOptions = {}): Promise<OpenTable> {
  const table = await openTable(path, { categorical: ['t'], ...options });
  onTestFinished(table.close);
  return table;
}

async function read(table: OpenTable): Promise<unknown[]> {
  const reader = columnReader(table.folder, table.database);
  return cells((await reader.read(table.features.get('t')!)).column);
}

async function atOnce(path: string, options: ReadTableOptions): Promise<unknown[]> {
  const { table } = await readTable(path, options);
  return cells(table.features.find(({ name }) => name === 't') ?? null);
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `t${at}`);

describe('texts that are known', () => {
  it('are read as they are written, whatever is in them', async () => {
    const path = await parquetFile(rowsOf(ODD));
    const table = await opened(path);
    expect(new Set(table.shape.texts?.get('t'))).toEqual(new Set(ODD));
    expect(await read(table)).toEqual(await atOnce(path, { categorical: ['t'] }));
  });

  it.each([253, 254, 255])(
    'are read the same with one more or less than a byte counts: %i',
    async (count) => {
      const path = await parquetFile(rowsOf(numbered(count)));
      const table = await opened(path);
      expect(table.shape.texts?.has('t')).toBe(count <= 254);
      expect(await read(table)).toEqual(await atOnce(path, { categorical: ['t'] }));
    },
  );

  it('do not hide one that only another file has, be it in a single row', async () => {
    const { shape } = await opened(await parquetFile(rowsOf(ODD)));
    const path = await parquetFile(rowsOf(ODD, `WHEN i = ${ROWS - 1} THEN 'new'`));
    const now = await read(await opened(path, { like: shape }));
    expect(now).toEqual(await atOnce(path, { like: shape }));
    expect(now.at(-1)).toBe('new');
  });

  it('are none where the other file has numbers in that column', async () => {
    const { shape } = await opened(await parquetFile(rowsOf(['1', '2', 'x'])));
    const path = await parquetFile(`SELECT i % 3 AS t, i / 2 AS n FROM range(${ROWS}) r(i)`);
    expect(await read(await opened(path, { like: shape }))).toEqual(await atOnce(path, { like: shape }));
  });

  it.each([
    ['are very long', ['a'.repeat(15_000), 'b'.repeat(6_000)]],
    ['have a character that ends SQL', ['a', 'a\u0000b']],
  ])('are not asked for where they %s', async (_, texts) => {
    const list = texts.map((text) =>
      text
        .split('\u0000')
        .map((part) => sqlString(part))
        .join(' || chr(0) || '),
    );
    const path = await parquetFile(
      `SELECT ([${list.join(', ')}])[i % ${texts.length} + 1] AS t, i / 2 AS n FROM range(${ROWS}) r(i)`,
    );
    const table = await opened(path);
    expect(table.shape.texts?.has('t')).toBe(false);
    expect(new Set(await read(table))).toEqual(new Set(texts));
  });
});
