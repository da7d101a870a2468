/** Numbers with commas: a decimal comma, commas between thousands, and what could be either. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTable, ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { cells, feature, fileWith, jsonLines, kinds, parquetFile } from './files.ts';

async function read(name: string, content: string, options: ReadTableOptions = {}): Promise<ReadTable> {
  return await readTable(fileWith(name, content), options);
}

describe('decimal commas', () => {
  it.each([
    ['semicolons', 'a.csv', 'x;y\n1,5;a\n-0,25;b\n3;c\n1.234,5;d\n;e\n'],
    ['tabs', 'a.tsv', 'x\ty\n1,5\ta\n-0,25\tb\n3\tc\n1.234,5\td\n\te\n'],
    ['quotes', 'a.csv', 'x,y\n"1,5",a\n"-0,25",b\n3,c\n"1.234,5",d\n,e\n'],
  ])('are read and said, with %s', async (_, name, content) => {
    const table = await read(name, content);
    expect(cells(feature(table, 'x'))).toEqual([1.5, -0.25, 3, 1234.5, null]);
    expect(table.notes).toEqual(['x is read as numbers with decimal commas']);
  });

  it('are read in a file of one column, which has no delimiter', async () => {
    const table = await read('a.csv', 'x\n1,5\n-54.658,28\n3\n\n');
    expect(cells(feature(table, 'x')).slice(0, 3)).toEqual([1.5, -54_658.28, 3]);
    expect(table.notes).toEqual(['x is read as numbers with decimal commas']);
  });

  it('are read in text of JSON and of Parquet', async () => {
    const rows = [{ x: '1,5' }, { x: '0,125' }];
    const lines = fileWith('a.jsonl', jsonLines(rows));
    for (const path of [lines, await parquetFile(`SELECT * FROM read_json('${lines}')`)])
      expect(cells(feature(await readTable(path), 'x'))).toEqual([1.5, 0.125]);
  });

  it('are read in score and prediction, and in a file that is read like one with points', async () => {
    const reference = await read('a.csv', 'x,score,label\n1.5,0.25,0\n2.5,0.5,1\n');
    const current = await read('b.csv', 'x;score;label\n1,5;0,25;0\n2,5;0,5;1\n', { like: reference.shape });
    expect(cells(feature(current, 'x'))).toEqual([1.5, 2.5]);
    expect(cells(current.table.score)).toEqual([0.25, 0.5]);
    expect(current.notes).toEqual(['x, score are read as numbers with decimal commas']);
  });

  it('leave words, lists and codes alone', async () => {
    const content = 'a;b;c\nDE, FR;1,2,3;x\n"1,5 m";4,5;7\n1,5;6,1,2;8\n';
    expect(kinds(await read('a.csv', content))).toEqual({
      a: 'categorical',
      b: 'categorical',
      c: 'categorical',
    });
  });

  it('write back any number', async () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    // −0 is written as 0.
    const number = double.map((value) => value + 0);
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 20 }), async (numbers) => {
        const lines = [0.5, ...numbers].map((value) => `${String(value).replace('.', ',')};z`);
        const table = await read('a.csv', `x;y\n${lines.join('\n')}\n`);
        expect(cells(feature(table, 'x'))).toEqual([0.5, ...numbers]);
      }),
      { numRuns: 15, seed: 20_261_126 },
    );
  });
});

describe('commas between thousands', () => {
  it.each([
    ['1,234,567;2\n12,345;3\n', [1_234_567, 12_345]],
    ['"1,234.5";2\n"12,345";3\n', [1234.5, 12_345]],
  ])('are told by what decimal commas cannot be: %j', async (lines, numbers) => {
    const table = await read('a.csv', `x;y\n${lines}`);
    expect(cells(feature(table, 'x'))).toEqual(numbers);
    expect(table.notes).toEqual(['x is read as numbers with commas between thousands']);
  });
});

describe('1,234 alone', () => {
  const semicolons = 'x;y\n1,234;a\n2,345;b\n';
  const quoted = 'x,y\n"1,234",a\n"2,345",b\n';

  it('follows the delimiter, and says so', async () => {
    const [european, american] = [await read('a.csv', semicolons), await read('b.csv', quoted)];
    expect(cells(feature(european, 'x'))).toEqual([1.234, 2.345]);
    expect(european.notes.at(-1)).toMatch(/^x could be read either way .*--decimal point/);
    expect(cells(feature(american, 'x'))).toEqual([1234, 2345]);
    expect(american.notes.at(-1)).toMatch(/--decimal comma/);
  });

  it('follows another column of the file', async () => {
    const table = await read('a.csv', 'x,y\n"1,234","0,5"\n"2,345","1,5"\n');
    expect(cells(feature(table, 'x'))).toEqual([1.234, 2.345]);
  });

  it('is what the caller says', async () => {
    expect(cells(feature(await read('a.csv', semicolons, { decimal: 'point' }), 'x'))).toEqual([1234, 2345]);
    expect(cells(feature(await read('b.csv', quoted, { decimal: 'comma' }), 'x'))).toEqual([1.234, 2.345]);
  });
});
