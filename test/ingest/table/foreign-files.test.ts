/** Files as other programs write them: quoted, packed in pieces, in any codec of Parquet, with types of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { cells, feature, fileWith, kinds, parquetFile, testFolder } from './files.ts';

describe('CSV', () => {
  it.each([
    ['lines that end in LF', '\n', '\n'],
    ['lines that end in CRLF', '\r\n', '\r\n'],
    ['no end of its last line', '\n', ''],
  ])('with line ends, quotes and separators within quotes is read, with %s', async (_, end, last) => {
    const head = '"the, ""cat""";"two\nlines";n';
    const rows = ['"a ""b""";"1;2\r\n3";1', '"";"\n";2', 'plain;"x";3'];
    const read = await readTable(fileWith('a.csv', [head, ...rows].join(end) + last));
    expect(read.table.features.map(({ name }) => name)).toEqual(['the, "cat"', 'two\nlines', 'n']);
    expect(cells(feature(read, 'the, "cat"'))).toEqual(['a "b"', null, 'plain']);
    expect(cells(feature(read, 'two\nlines'))).toEqual(['1;2\r\n3', '\n', 'x']);
    expect(cells(feature(read, 'n'))).toEqual([1, 2, 3]);
  });

  it('numbers in any spelling are read alike, whichever row comes first', async () => {
    const spelled = ['1e3', ' 7 ', '-0', '.5', '5.', '1E-2', 'inf', '', 'NULL', 'N/A', 'NaN'];
    const numbers = [1000, 7, -0, 0.5, 5, 0.01, Infinity, null, null, null, null];
    // What is no number here makes the column text, with its words as they stand.
    const words = ['+5', '0x10', '1_000', '1,234.5.6', '1'];
    for (const turn of [<T>(all: T[]) => all, <T>(all: T[]) => all.toReversed()]) {
      const read = async (texts: string[]) =>
        cells(feature(await readTable(fileWith('a.csv', `x;y\n${turn(texts).join(';1\n')};1\n`)), 'x'));
      expect(await read(spelled)).toEqual(turn(numbers));
      expect(await read(words)).toEqual(turn(words));
    }
  });
});

it('gzip of several members is read to the end of the last', async () => {
  const members = (...texts: string[]) => Buffer.concat(texts.map((text) => gzipSync(text)));
  for (const [name, bytes] of [
    ['a.csv.gz', members('x,c\n1,a\n2,', 'b\n', '3,c\n')],
    ['a.jsonl.gz', members('{"x":1,"c":"a"}\n{"x":2,', '"c":"b"}\n', '{"x":3,"c":"c"}\n')],
    ['a.json.gz', members('[{"x":1,"c":"a"},{"x":2,', '"c":"b"},', '{"x":3,"c":"c"}]')],
  ] as const) {
    const path = join(testFolder(), name);
    writeFileSync(path, bytes);
    const read = await readTable(path);
    expect([name, cells(feature(read, 'x')), cells(feature(read, 'c'))]).toEqual([
      name,
      [1, 2, 3],
      ['a', 'b', 'c'],
    ]);
  }
});

describe('Parquet', () => {
  const ROWS = 5_000;
  const SELECT = `SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE i END AS whole, i / 3.0::DOUBLE AS part,
    'level ' || i % 11 AS level, i % 2 = 0 AS flag FROM range(${ROWS}) t(i)`;

  it.each([
    'COMPRESSION zstd',
    'COMPRESSION gzip',
    'COMPRESSION brotli',
    'COMPRESSION lz4',
    'COMPRESSION lz4_raw',
    'COMPRESSION uncompressed',
    // Delta and split encodings, in pages of the second format.
    'PARQUET_VERSION v2, COMPRESSION zstd',
    'PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1',
    'ROW_GROUP_SIZE 2048',
  ])('by %s is read to the bit', async (options) => {
    const read = await readTable(await parquetFile(SELECT, 'data.parquet', options), { numeric: ['whole'] });
    expect(kinds(read)).toEqual({ whole: 'numeric', part: 'numeric', level: 'categorical', flag: 'boolean' });
    const rows = Array.from({ length: ROWS }, (_, row) => row);
    expect(cells(feature(read, 'whole'))).toEqual(rows.map((row) => (row % 7 === 0 ? null : row)));
    expect(cells(feature(read, 'part'))).toEqual(rows.map((row) => row / 3));
    expect(cells(feature(read, 'level'))).toEqual(rows.map((row) => `level ${row % 11}`));
    expect(cells(feature(read, 'flag'))).toEqual(rows.map((row) => String(row % 2 === 0)));
  });

  it('columns that are wide, empty or oddly named are read as what they hold', async () => {
    const read = await readTable(
      await parquetFile(`SELECT 12345678901234567890.25::DECIMAL(38,2) AS wide, 9007199254740993::BIGINT AS large,
        -1::HUGEINT AS huge, NULL::DOUBLE AS none, NULL::VARCHAR AS words, 1 AS "a.b", 2 AS "a b", 3 AS "a""b"`),
    );
    expect(Object.fromEntries(read.table.features.map((one) => [one.name, cells(one)]))).toEqual({
      wide: [Number('12345678901234567890.25')],
      // Halfway between two doubles, to the even one.
      large: [9007199254740992],
      huge: [-1],
      none: [null],
      words: [null],
      'a.b': [1],
      'a b': [2],
      'a"b': [3],
    });
  });

  it.each([
    "TIMESTAMPTZ '2026-03-01 14:00:00.5+02'",
    "TIMESTAMP_NS '2026-03-01 12:00:00.500000001'",
    "TIMESTAMP_MS '2026-03-01 12:00:00.5'",
    '1772366400.5::DOUBLE',
    '1772366400500::BIGINT',
    '1772366400500000::BIGINT',
    '1772366400500999999::BIGINT',
  ])('time as %s is that moment', async (sql) => {
    const { table } = await readTable(await parquetFile(`SELECT ${sql} AS timestamp, 1 AS x`));
    expect(table.timestampMs?.[0]).toBe(Date.UTC(2026, 2, 1, 12, 0, 0, 500));
  });

  it('without rows is refused as such', async () => {
    const path = await parquetFile('SELECT 1 AS x WHERE false');
    await expect(readTable(path)).rejects.toThrow(/has no rows$/);
  });
});
