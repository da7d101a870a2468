import { describe, expect, it } from 'vitest';
import type { FeatureValue } from '../../../src/core/events/events.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { CategoricalProfile } from '../../../src/stats/profile/categorical-profile.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { categoricalReference } from '../../../src/stats/profile/categorical-reference.ts';
import { cells, feature, fileWith, jsonLines, kinds, parquetFile } from './files.ts';

/** A column x of these values, one a row. */
const column = (values: readonly string[]): string =>
  `x,y\n${values.map((value) => `${value},1\n`).join('')}`;
const repeated = (value: string, times: number): string[] => Array.from({ length: times }, () => value);

describe('kinds', () => {
  it.each([
    ['numbers', ['1', '2.5', '-3e5', '.5', 'inf'], 'numeric', 0],
    ['few distinct numbers', repeated('1', 30), 'numeric', 0],
    ['words for a missing number', ['1', 'NA', 'n/a', 'NaN', 'null', 'None', ' 2 '], 'numeric', 0],
    ['a slip among numbers', [...repeated('1', 97), 'one', 'two'], 'numeric', 2],
    ['too many slips', [...repeated('1', 95), ...repeated('one', 5)], 'categorical', 0],
    ['thousands with underscores', ['1_000', '2_000'], 'categorical', 0],
    ['codes with leading zeros', ['01', '02', '10'], 'categorical', 0],
    ['booleans', ['true', 'False', 'TRUE', ''], 'boolean', 0],
    ['booleans in several spellings', ['True', '1', '0', 'false'], 'boolean', 0],
    ['ones and zeros', ['1', '0', '0'], 'numeric', 0],
    ['words', ['yes', 'no'], 'categorical', 0],
    ['nothing', ['', ''], 'numeric', 0],
  ] as const)('%s', async (_, values, kind, invalid) => {
    const read = await readTable(fileWith('a.csv', column(values)));
    expect(feature(read, 'x')).toMatchObject({ kind, invalid });
  });

  it('takes a word for a missing number where files are text, and for a text among numbers of JSON', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const values = [...numbers, 'n/a', 'NA', '', null, '7', 'x'];
    const csv = await readTable(fileWith('a.csv', column(values.map((value) => String(value ?? '')))), {
      numeric: ['x'],
    });
    expect(feature(csv, 'x').invalid).toBe(1);
    const json = fileWith('a.jsonl', jsonLines(values.map((x) => ({ x }))));
    const reference = await readTable(json);
    expect(feature(reference, 'x')).toMatchObject({ kind: 'numeric', invalid: 3 });
    expect(cells(feature(reference, 'x'))).toEqual([...numbers, null, null, null, null, 7, null]);
    // As the service counts the same events, but for the number in quotes, which it never takes for one.
    const profile = new NumericProfile(
      numericReference('x', Float64Array.from(numbers), { rows: 40, missing: 0, invalid: 0, infinite: 0 }),
    );
    for (const value of values) profile.add(value, 1);
    expect([profile.n, profile.missing, profile.invalid]).toEqual([40, 2, 4]);
    // A column whose numbers are all texts can say so only with a word.
    const text = fileWith('b.jsonl', jsonLines(['1', '2', 'NA'].map((x) => ({ x }))));
    expect(feature(await readTable(text), 'x')).toMatchObject({ kind: 'numeric', invalid: 0 });
  });

  it('has one level for True, TRUE, true and 1, in every format and mix', async () => {
    const spelled = await readTable(
      fileWith('a.csv', column(['True', 'TRUE', 'true', '1', '1.0', 'False', '0', ''])),
    );
    const levels = ['true', 'true', 'true', 'true', 'true', 'false', 'false', null];
    expect(cells(feature(spelled, 'x'))).toEqual(levels);
    const mixed = await readTable(
      fileWith('a.jsonl', jsonLines([true, 1, 0, 'False', null].map((x) => ({ x })))),
    );
    expect(cells(feature(mixed, 'x'))).toEqual(['true', 'true', 'false', 'false', null]);
  });

  it('keeps infinity apart from unreadable', async () => {
    const read = await readTable(fileWith('a.csv', column(['inf', '-Infinity', '1e400', '1'])));
    expect(cells(feature(read, 'x'))).toEqual([Infinity, -Infinity, Infinity, 1]);
  });

  it('follows the types of Parquet', async () => {
    const read = await readTable(
      await parquetFile(`SELECT 1::TINYINT AS i, 1.5::DECIMAL(10,2) AS d, 0.1::FLOAT AS f, 2::UBIGINT AS u, 'NaN'::DOUBLE AS n,
        true AS b, 'a' AS s, 'x'::ENUM('x', 'y') AS e, uuid() AS id, DATE '2026-03-01' AS day, now() AS at, [1, 2] AS list, {'a': 1} AS obj`),
    );
    expect(kinds(read)).toEqual({
      i: 'numeric',
      d: 'numeric',
      f: 'numeric',
      u: 'numeric',
      n: 'numeric',
      b: 'boolean',
      s: 'categorical',
      e: 'categorical',
      id: 'categorical',
    });
    expect(cells(feature(read, 'd'))).toEqual([1.5]);
    expect(cells(feature(read, 'n'))).toEqual([null]);
    expect(read.notes).toHaveLength(4);
    expect(read.notes[0]).toMatch(/^day is left out: it holds dates/);
  });

  it('finds dates in texts, whatever the format', async () => {
    for (const path of [
      fileWith('a.csv', 'day,x\n2026-03-01,1\n2026-03-02,2\n'),
      fileWith(
        'a.jsonl',
        jsonLines([
          { day: '2026-03-01', x: 1 },
          { day: '2026-03-02', x: 1 },
        ]),
      ),
    ]) {
      const read = await readTable(path);
      expect(kinds(read)).toEqual({ x: 'numeric' });
      const all = await readTable(path, { categorical: ['day'] });
      expect(cells(feature(all, 'day'))).toEqual(['2026-03-01', '2026-03-02']);
    }
  });

  it('lets people decide', async () => {
    const path = fileWith('a.csv', 'zip,grade\n01,1.0\nx,2\n');
    const read = await readTable(path, { numeric: ['zip'], categorical: ['grade'] });
    expect(feature(read, 'zip')).toMatchObject({ kind: 'numeric', invalid: 1 });
    expect(cells(feature(read, 'grade'))).toEqual(['1', '2']);
  });

  it('keeps text levels as they are, spaces and all', async () => {
    const read = await readTable(fileWith('a.csv', column([' Married', 'Married', 'Namibia', 'NA'])));
    expect(cells(feature(read, 'x'))).toEqual([' Married', 'Married', 'Namibia', 'NA']);
    const json = await readTable(fileWith('a.jsonl', jsonLines([{ x: '1.0' }, { x: '1' }, { x: 'b' }])), {
      categorical: ['x'],
    });
    expect(cells(feature(json, 'x'))).toEqual(['1.0', '1', 'b']);
  });

  it('has one level for 1 and 1.0 where a column of JSON mixes types, and another for the text "1.0"', async () => {
    const values = [
      '1',
      '1.0',
      '"1"',
      '"1.0"',
      '"a"',
      '1.50',
      '-0.0',
      '1e3',
      '"1e3"',
      '" 1.0"',
      '"-0"',
      'true',
    ];
    const hidden = JSON.stringify('\u00011.0');
    const lines = [...values, hidden].map((value) => `{"x":${value}}\n`).join('');
    const json = fileWith('a.jsonl', lines);
    const levels = ['1', '1', '1', '1.0', 'a', '1.5', '0', '1000', '1e3', ' 1.0', '-0', 'true', '\u00011.0'];
    const read = await readTable(json, { categorical: ['x'] });
    expect(cells(feature(read, 'x'))).toEqual(levels);
    const parquet = await parquetFile(`SELECT * FROM read_json('${json}')`);
    expect(cells(feature(await readTable(parquet, { categorical: ['x'] }), 'x'))).toEqual(levels);
    // As the service counts the same events.
    const logged = lines
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { x: FeatureValue }).x);
    const profile = new CategoricalProfile(
      categoricalReference('x', 'categorical', new Map(levels.map((level) => [level, 1])), {
        rows: levels.length,
        missing: 0,
        invalid: 0,
        infinite: 0,
      }),
    );
    for (const value of logged) profile.add(value, 1);
    expect(profile.newLevels.total).toBe(0);
    for (const level of new Set(levels))
      expect([level, profile.rowsOf(level)]).toEqual([level, levels.filter((each) => each === level).length]);
  });

  it('counts what no level can be', async () => {
    const rows = [{ x: 'a' }, { x: { nested: 1 } }, { x: [1] }, { x: 5 }, { x: true }, { x: null }, {}];
    const read = await readTable(fileWith('a.jsonl', jsonLines(rows)));
    expect(feature(read, 'x')).toMatchObject({ kind: 'categorical', invalid: 2 });
    expect(cells(feature(read, 'x'))).toEqual(['a', null, null, '5', 'true', null, null]);
  });
});

describe('reading like the reference', () => {
  it('counts what does not fit its kinds, and keeps its order of features', async () => {
    const { shape } = await readTable(fileWith('r.csv', 'n,c,b\n1,x,true\n2,y,false\n'));
    const read = await readTable(fileWith('c.csv', 'extra,b,n,c\n0,1,abc,7\n0,yes,5,\n0,true,,x\n'), {
      like: shape,
    });
    expect(read.table.features.map(({ name, kind, invalid }) => [name, kind, invalid])).toEqual([
      ['n', 'numeric', 1],
      ['c', 'categorical', 0],
      // A yes is none.
      ['b', 'boolean', 1],
    ]);
    expect(cells(feature(read, 'c'))).toEqual(['7', null, 'x']);
    expect(read.notes).toEqual(['not in the reference, so not compared: extra']);
    expect(read.shape.kinds).toEqual(shape.kinds);
  });

  it('names as new what the reference does not have, not what is no feature in it', async () => {
    const select = `SELECT 1 AS n, [1, 2] AS list, {'a': 1} AS obj, DATE '2026-03-01' AS day, 'x' AS c`;
    const { shape, notes } = await readTable(await parquetFile(select), { exclude: ['c'] });
    expect(notes).toEqual([
      'list is left out: it holds lists or objects',
      'obj is left out: it holds lists or objects',
      expect.stringMatching(/^day is left out: it holds dates/),
    ]);
    const read = await readTable(await parquetFile(`${select}, [1] AS more`), { like: shape });
    expect(kinds(read)).toEqual({ n: 'numeric' });
    expect(read.notes).toEqual(['not in the reference, so not compared: more']);
  });

  it('counts a list in every row as invalid where the reference had values', async () => {
    const { shape } = await readTable(await parquetFile(`SELECT 1 AS n, 'a' AS c`));
    const read = await readTable(await parquetFile(`SELECT [1] AS n, {'a': 1} AS c`), { like: shape });
    expect(read.table.features.map(({ name, invalid }) => [name, invalid])).toEqual([
      ['n', 1],
      ['c', 1],
    ]);
  });

  it('says which features are gone', async () => {
    const { shape } = await readTable(fileWith('r.csv', 'n,c\n1,x\n'));
    const read = await readTable(fileWith('c.csv', 'c\nx\n'), { like: shape });
    expect(read.notes).toEqual(['not in the file, so missing in every row: n']);
    expect(read.shape.kinds.has('n')).toBe(true);
  });

  it('notices numbers that have become text', async () => {
    const { shape } = await readTable(fileWith('r.jsonl', jsonLines([{ n: 1 }, { n: 2 }])));
    const current = jsonLines([{ n: '1' }, { n: 2 }, { n: true }, { n: null }, { n: '' }]);
    const read = await readTable(fileWith('c.jsonl', current), { like: shape });
    expect(feature(read, 'n')).toMatchObject({ kind: 'numeric', invalid: 2 });
    expect(cells(feature(read, 'n'))).toEqual([null, 2, null, null, null]);
    const parquet = await readTable(await parquetFile(`SELECT '1' AS n`), { like: shape });
    expect(feature(parquet, 'n').invalid).toBe(1);
    const flag = await readTable(await parquetFile('SELECT true AS n'), { like: shape });
    expect(feature(flag, 'n').invalid).toBe(1);
  });

  it('reads True and 1 as one where one file says the one and the other the other', async () => {
    const words = await readTable(fileWith('r.csv', column(['True', 'False'])));
    const asWords = await readTable(fileWith('c.csv', column(['1', '0', '1.0', 'yes'])), {
      like: words.shape,
    });
    expect(cells(feature(asWords, 'x'))).toEqual(['true', 'false', 'true', null]);
    expect(feature(asWords, 'x').invalid).toBe(1);
    const typed = await readTable(await parquetFile('SELECT 1 AS x'), { like: words.shape });
    expect(cells(feature(typed, 'x'))).toEqual(['true']);
    const flags = await readTable(fileWith('r.csv', column(['1', '0', '0'])));
    for (const path of [
      fileWith('c.csv', column(['True', 'FALSE', 'true'])),
      fileWith('c.jsonl', jsonLines([true, false, 1].map((x) => ({ x })))),
      await parquetFile('SELECT unnest([true, false, true]) AS x'),
    ]) {
      const read = await readTable(path, { like: flags.shape });
      expect(cells(feature(read, 'x'))).toEqual([1, 0, 1]);
      expect(feature(read, 'x').invalid).toBe(0);
    }
    // A number that is more than 1 and 0 is none.
    const numbers = await readTable(fileWith('r.csv', column(['1', '0', '2'])));
    const read = await readTable(fileWith('c.csv', column(['True'])), { like: numbers.shape });
    expect(feature(read, 'x').invalid).toBe(1);
  });

  it('counts booleans as the service does', async () => {
    const values = [true, false, 1, 0, 'True', 'FALSE', 'yes', 2];
    const boolean = new CategoricalProfile(
      categoricalReference(
        'x',
        'boolean',
        [
          ['true', 5],
          ['false', 5],
        ],
        { rows: 10, missing: 0, invalid: 0, infinite: 0 },
      ),
    );
    for (const value of values) boolean.add(value, 1);
    expect([boolean.rowsOf('true'), boolean.rowsOf('false'), boolean.newLevels.total]).toEqual([3, 3, 2]);
    const flag = new NumericProfile(
      numericReference('x', Float64Array.of(0, 0, 1), { rows: 3, missing: 0, invalid: 0, infinite: 0 }),
    );
    for (const value of values) flag.add(value, 1);
    expect([[...flag.equal], flag.n, flag.invalid]).toEqual([[3, 3], 7, 1]);
  });

  it('takes text for numbers where the reference had it so, or the format knows no types', async () => {
    const text = await readTable(fileWith('r.jsonl', jsonLines([{ n: '1' }, { n: '2' }])));
    expect(kinds(text)).toEqual({ n: 'numeric' });
    const same = await readTable(fileWith('c.jsonl', jsonLines([{ n: '3' }])), { like: text.shape });
    expect(cells(feature(same, 'n'))).toEqual([3]);
    const typed = await readTable(fileWith('r.jsonl', jsonLines([{ n: 1 }])));
    const csv = await readTable(fileWith('c.csv', 'n\n3\n'), { like: typed.shape });
    expect(cells(feature(csv, 'n'))).toEqual([3]);
  });
});
