/** Text files in other encodings than UTF-8 are read and said so, or refused with the place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTable, ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { cells, feature, fileWith } from './files.ts';

const TEXT = 'größe,name\n1,Müller\n2,José\n';
const LINES = '{"größe":1,"name":"Müller"}\n{"größe":2,"name":"José"}\n';

function utf16(text: string, { big = false, mark = true } = {}): Buffer {
  const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

const WRITTEN: [string, (text: string) => Buffer, RegExp | null][] = [
  ['UTF-8', (text) => Buffer.from(text), null],
  ['UTF-8 with a mark', (text) => Buffer.from(`\uFEFF${text}`), null],
  ['Latin-1', (text) => Buffer.from(text, 'latin1'), /read as windows-1252; --encoding names another/],
  ['UTF-16 LE', (text) => utf16(text), /read as utf-16le$/],
  ['UTF-16 BE', (text) => utf16(text, { big: true }), /read as utf-16be$/],
  ['UTF-16 LE without a mark', (text) => utf16(text, { mark: false }), /read as utf-16le; --encoding/],
  ['UTF-16 BE without a mark', (text) => utf16(text, { big: true, mark: false }), /read as utf-16be; --enc/],
];

async function refusal(path: string, options: ReadTableOptions = {}): Promise<UserError> {
  const error: unknown = await readTable(path, options).then(
    () => new Error('was read'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw error;
}

const expectRead = (table: ReadTable): void => {
  expect(cells(feature(table, 'größe'))).toEqual([1, 2]);
  expect(cells(feature(table, 'name'))).toEqual(['Müller', 'José']);
};

describe('encodings', () => {
  for (const [name, write, note] of WRITTEN) {
    it.each([
      ['a.csv', TEXT],
      ['a.csv.gz', TEXT],
      ['a.jsonl', LINES],
      ['a.jsonl.gz', LINES],
    ])(`${name}: %s`, async (file, text) => {
      const table = await readTable(fileWith(file, write(text)));
      expectRead(table);
      expect(table.notes).toEqual(note === null ? [] : [expect.stringMatching(note)]);
    });
  }

  it('are what the caller says', async () => {
    const shiftJis = Buffer.from([0x61, 0x0a, 0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x0a]);
    const table = await readTable(fileWith('a.csv', shiftJis), { encoding: 'shift_jis' });
    expect(cells(feature(table, 'a'))).toEqual(['テスト']);
  });

  it('are found in text that chunks cut in two', async () => {
    const rows = Array.from({ length: 150_000 }, (_, row) => `${row % 1000},ü€😀`).join('\n');
    const table = await readTable(fileWith('a.csv', `a,b\n${rows}\n`));
    expect(table.notes).toEqual([]);
    expect(table.table.rows).toBe(150_000);
  });
});

describe('UTF-8 that is broken in the middle', () => {
  const broken = Buffer.concat([Buffer.from(TEXT), Buffer.from([0x33, 0x2c, 0x41, 0xff, 0x0a])]);

  it('is refused with line and byte', async () => {
    const { message, fix } = await refusal(fileWith('a.csv', broken));
    expect(message).toMatch(/a\.csv is not valid UTF-8: byte 35, in line 4, is 0xFF/);
    expect(fix).toContain('--encoding windows-1252');
  });

  it('is read when the caller says what it is', async () => {
    const { table } = await readTable(fileWith('a.csv', broken), { encoding: 'windows-1252' });
    expect(table.rows).toBe(3);
  });

  it('is refused where the caller says UTF-8', async () => {
    const latin = Buffer.from(TEXT, 'latin1');
    expect((await refusal(fileWith('a.csv', latin), { encoding: 'utf-8' })).message).toMatch(/line 1/);
  });

  it('is found at any place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 40 }), fc.nat({ max: 200 }), async (line, before) => {
        const good = `a,ü\n${Array.from({ length: line }, (_, row) => `${row},é`).join('\n')}${line > 0 ? '\n' : ''}`;
        const start = Buffer.from(`${good}1,${'x'.repeat(before)}`);
        const path = fileWith('a.csv', Buffer.concat([start, Buffer.from([0xfe, 0x0a])]));
        const { message } = await refusal(path);
        expect(message).toContain(`byte ${(start.length + 1).toLocaleString('en')}, in line ${line + 2}, is`);
      }),
      { numRuns: 20, seed: 20_261_126 },
    );
  });
});
