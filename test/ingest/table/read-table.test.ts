import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { cells, feature, fileWith, jsonLines, kinds, parquetFile, testFolder } from './files.ts';

const CSV = `age,country,member,prediction_id,timestamp,prediction,score,label
42,DE,true,007,2026-03-01T12:00:00Z,1.0,0.83,1
,FR,false,12345678901234567890123,2026-03-01T14:00:00+02:00,0,0.2,0
31.5,,TRUE,,1772366400,0,,
`;

describe('readTable', () => {
  it('reads CSV: features, and the columns that are none', async () => {
    const read = await readTable(fileWith('a.csv', CSV));
    const { table } = read;
    expect(kinds(read)).toEqual({ age: 'numeric', country: 'categorical', member: 'boolean' });
    expect(table.rows).toBe(3);
    expect(cells(feature(read, 'age'))).toEqual([42, null, 31.5]);
    expect(cells(feature(read, 'country'))).toEqual(['DE', 'FR', null]);
    expect(cells(feature(read, 'member'))).toEqual(['true', 'false', 'true']);
    expect(table.predictionId).toEqual(['007', '12345678901234567890123', null]);
    const noon = Date.UTC(2026, 2, 1, 12);
    expect([...(table.timestampMs ?? [])]).toEqual([noon, noon, noon]);
    expect(cells(table.prediction)).toEqual(['1', '0', '0']);
    expect(cells(table.score)).toEqual([0.83, 0.2, null]);
    expect(cells(table.label)).toEqual(['1', '0', null]);
    expect(read.shape).toMatchObject({ task: 'classification', positiveClass: '1' });
    expect(read.notes).toEqual([]);
  });

  const rows = [
    { age: 42, country: 'DE', member: true, label: 'yes', probability_no: 0.2 },
    { age: null, country: 'FR', member: false, label: 'no', probability_no: 0.7 },
    { age: 31.5, country: null, member: null, label: 'yes', probability_no: 0.4 },
  ];
  const csv =
    'age,country,member,label,probability_no\n42,DE,true,yes,0.2\n,FR,false,no,0.7\n31.5,,,yes,0.4\n';
  const parquet = `SELECT * FROM (VALUES (42.0, 'DE', true, 'yes', 0.2), (NULL, 'FR', false, 'no', 0.7),
    (31.5, NULL, NULL, 'yes', 0.4)) AS t(age, country, member, label, probability_no)`;

  it('reads the same from every format, packed or not', async () => {
    const parquetPath = await parquetFile(parquet);
    const packed = fileWith('b.parquet.gz', readFileSync(parquetPath));
    const paths = [
      ...['a.csv', 'a.csv.gz', 'A.CSV'].map((name) => fileWith(name, csv)),
      fileWith('a.tsv', csv.replaceAll(',', '\t')),
      fileWith('semicolons.csv', csv.replaceAll(',', ';')),
      fileWith('windows.csv', `\uFEFF${csv.replaceAll('\n', '\r\n')}`),
      ...['a.jsonl', 'a.ndjson', 'a.jsonl.gz'].map((name) => fileWith(name, jsonLines(rows))),
      fileWith('a.json', JSON.stringify(rows)),
      fileWith('a.json.gz', JSON.stringify(rows)),
      parquetPath,
      packed,
    ];
    for (const path of paths) {
      const read = await readTable(path);
      const all = read.table.features.map((column) => [
        column.name,
        column.kind,
        column.invalid,
        cells(column),
      ]);
      expect([path, ...all]).toEqual([
        path,
        ['age', 'numeric', 0, [42, null, 31.5]],
        ['country', 'categorical', 0, ['DE', 'FR', null]],
        ['member', 'boolean', 0, ['true', 'false', null]],
      ]);
      expect(read.shape.positiveClass).toBe('no');
      expect(cells(read.table.score)).toEqual([0.2, 0.7, 0.4]);
      expect(cells(read.table.label)).toEqual(['yes', 'no', 'yes']);
    }
  });

  it('leaves no temporary files behind', async () => {
    const packed = fileWith('a.parquet.gz', readFileSync(await parquetFile(parquet)));
    const broken = fileWith('b.jsonl', '{"a":');
    const folder = testFolder();
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    await readTable(packed);
    await expect(readTable(broken)).rejects.toThrow(/cannot read/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a path literally, whatever characters it holds', async () => {
    const read = await readTable(fileWith("it's a [b]*? #1.csv", 'x\n1\n'));
    expect(cells(feature(read, 'x'))).toEqual([1]);
  });

  it('keeps names apart that SQL would take for one, and names that are SQL', async () => {
    const read = await readTable(fileWith('a.csv', 'x,X,"a ""b""; --","c,d"\n1,2,3,4\n'));
    expect(read.table.features.map(({ name, ...column }) => [name, cells({ name, ...column })])).toEqual([
      ['x', [1]],
      ['X', [2]],
      ['a "b"; --', [3]],
      ['c,d', [4]],
    ]);
    const hostile = await readTable(fileWith('a.jsonl', '{"__proto__":1,"it\'s":2,"a\\"b":3}\n'));
    expect(kinds(hostile)).toEqual(
      Object.fromEntries([
        ['__proto__', 'numeric'],
        ["it's", 'numeric'],
        ['a"b', 'numeric'],
      ]),
    );
  });

  it('spells names as those of events are spelled, whatever Unicode form the file has them in', async () => {
    const [spelled, apart] = ['Größe'.normalize('NFC'), 'Größe'.normalize('NFD')];
    expect(apart).not.toBe(spelled);
    const paths = [
      fileWith('mac.csv', `${apart}\n1\n2\n`),
      fileWith('mac.jsonl', jsonLines([{ [apart]: 1 }, { [apart]: 2 }])),
      await parquetFile(`SELECT * FROM (VALUES (1), (2)) AS t("${apart}")`),
    ];
    for (const path of paths) expect(cells(feature(await readTable(path), spelled))).toEqual([1, 2]);
    const both = fileWith('both.csv', `${apart},${spelled}\n1,2\n`);
    await expect(readTable(both)).rejects.toThrow('has two columns named Größe'.normalize('NFC'));
  });

  it('reads more rows than a chunk holds, in order', async () => {
    const path = fileWith(
      'a.csv',
      `x,c\n${Array.from({ length: 10_000 }, (_, i) => `${i},k${i % 7}\n`).join('')}`,
    );
    const seen: number[] = [];
    const read = await readTable(path, {
      numeric: ['x'],
      onProgress: ({ phase, rows }) => phase === 'reading' && seen.push(rows),
    });
    const x = feature(read, 'x');
    expect(x.kind === 'numeric' && x.values.every((value, index) => value === index)).toBe(true);
    expect(cells(feature(read, 'c')).slice(9_998)).toEqual(['k2', 'k3']);
    expect(seen.at(-1)).toBe(10_000);
  });

  it('reads prediction logs as they are: features one level down', async () => {
    const log = [
      {
        type: 'prediction',
        model: 'm',
        prediction_id: '1',
        features: { age: 42, 'a b': 'x' },
        prediction: 'approve',
        probabilities: { approve: 0.8, deny: 0.2 },
        tags: { channel: 'web' },
      },
      {
        type: 'prediction',
        model: 'm',
        prediction_id: '2',
        features: { age: null, 'a b': 'y' },
        prediction: 'deny',
        probabilities: { approve: 0.3, deny: 0.7 },
      },
    ];
    const read = await readTable(fileWith('log.jsonl', jsonLines(log)), { positiveClass: 'approve' });
    expect(kinds(read)).toEqual({ age: 'numeric', 'a b': 'categorical' });
    expect(cells(read.table.score)).toEqual([0.8, 0.3]);
    expect(cells(read.table.prediction)).toEqual(['approve', 'deny']);
  });
});

describe('ids', () => {
  it.each([
    ['a.csv', 'prediction_id\n12345678901234567890123\n'],
    ['a.jsonl', '{"prediction_id":12345678901234567890123}\n'],
    ['b.jsonl', '{"prediction_id":"12345678901234567890123"}\n'],
  ])('keep every digit in %s', async (name, content) => {
    const { table } = await readTable(fileWith(name, content));
    expect(table.predictionId).toEqual(['12345678901234567890123']);
  });

  it('keep every digit in Parquet', async () => {
    const path = await parquetFile(`SELECT 9007199254740993::BIGINT AS prediction_id, 1 AS x`);
    expect((await readTable(path)).table.predictionId).toEqual(['9007199254740993']);
  });
});

describe('timestamps', () => {
  it.each([
    ['2026-03-01T12:00:00.123Z', 1_772_366_400_123],
    ['2026-03-01 12:00:00', 1_772_366_400_000],
    ['2026-03-01T12:00:00.0079999999999Z', 1_772_366_400_007],
    ['2026-03-01', 1_772_323_200_000],
    ['20260301', 1_772_323_200_000],
    ['1772366400', 1_772_366_400_000],
    ['1772366400.123', 1_772_366_400_123],
    ['1772366400.1239999999', 1_772_366_400_123],
    ['1772366400123', 1_772_366_400_123],
    ['1772366400123456', 1_772_366_400_123],
    ['1772366400123456789', 1_772_366_400_123],
    ['1772366400123999999', 1_772_366_400_123],
    ['yesterday', Number.NaN],
    ['-5', Number.NaN],
  ])('%s', async (text, ms) => {
    const csv = await readTable(fileWith('a.csv', `timestamp,x\n${text},1\n`));
    expect(csv.table.timestampMs?.[0]).toBe(ms);
    const json = await readTable(fileWith('a.jsonl', jsonLines([{ timestamp: text, x: 1 }])));
    expect(json.table.timestampMs?.[0]).toBe(ms);
  });

  it('keep their offset in JSON, and are UTC in Parquet without one', async () => {
    const json = await readTable(
      fileWith('a.jsonl', jsonLines([{ timestamp: '2026-03-01T12:00:00+02:00', x: 1 }])),
    );
    expect(json.table.timestampMs?.[0]).toBe(Date.UTC(2026, 2, 1, 10));
    const number = await readTable(fileWith('b.jsonl', jsonLines([{ timestamp: 1_772_366_400, x: 1 }])));
    expect(number.table.timestampMs?.[0]).toBe(1_772_366_400_000);
    const path = await parquetFile(`SELECT TIMESTAMP '2026-03-01 12:00:00' AS timestamp, 1 AS x`);
    expect((await readTable(path)).table.timestampMs?.[0]).toBe(Date.UTC(2026, 2, 1, 12));
  });
});

it('reads lines of many columns within its memory', async () => {
  const names = Array.from({ length: 500 }, (_, at) => `f${at}`);
  const line = (row: number): string =>
    JSON.stringify(
      Object.fromEntries(names.map((name, at) => [name, at % 5 === 4 ? `L${row % 6}` : row / (at + 1)])),
    );
  const text = Array.from({ length: 50 }, (_, row) => line(row)).join('\n');
  const { table } = await readTable(fileWith('wide.jsonl', text));
  expect([table.rows, table.features.length]).toEqual([50, 500]);
  expect(table.features.filter(({ kind }) => kind === 'categorical')).toHaveLength(100);
});
