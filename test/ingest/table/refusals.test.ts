import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { unreadableFile } from '../../../src/ingest/table/formats/unreadable-file.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { fileWith, parquetFile, testFolder } from './files.ts';

async function refusal(
  path: string,
  options?: ReadTableOptions,
): Promise<{ message: string; fix: string | null }> {
  try {
    await readTable(path, options);
  } catch (error) {
    if (error instanceof UserError) return { message: error.message.replace(path, 'FILE'), fix: error.fix };
    throw error;
  }
  throw new Error('was read');
}

const CSV = 'age,country\n1,DE\n';

describe('refusals', () => {
  it.each([
    ['empty.csv', '', 'FILE is empty'],
    ['blank.csv', '\n\n', 'FILE is empty'],
    ['header.csv', 'a,b\n', 'FILE has no rows'],
    ['no-rows.jsonl', '\n', /FILE (has no rows|does not hold JSON objects)/],
    ['twice.csv', 'a,b,a\n1,2,3\n', 'FILE has two columns named a'],
    ['long-row.csv', 'a,b\n1,2\n1,2,3\n', /line 3 has 3 fields, and the header has 2$/],
    ['short-row.csv', 'a,b\n1,2\n1\n', /line 3 has 1 field, and the header has 2$/],
    ['breaks.csv', 'a,b\n1,"x\ny ""z""\n"\n\n2,"p\r\nq"\n3,4,5\n', /line 8 has 3 fields/],
    ['returns.csv', 'a,b\r1,"x\ry"\r3,4,5\r', /line 4 has 3 fields/],
    ['both.csv', 'a,b\r\n1,"x\r\ny"\r\n3,4,5\r\n', /line 4 has 3 fields/],
    ['wide.csv', Buffer.from('\uFEFFa,b\n1,"x\ny"\n3,4,5\n', 'utf16le'), /line 4 has 3 fields/],
    ['open-quote.csv', 'a,b\n1,"x\n', /a quote of line 2 is never closed/],
    ['bad-utf8.csv', Buffer.from([0x61, 0x0a, 0xc3, 0xa9, 0x0a, 0xff, 0x0a]), /in line 3, is 0xFF$/],
    ['slash-quote.csv', 'a,b\n"x \\"y\\" z",1\n', /a quote of line 2 is never closed, or text follows/],
    ['comment.csv', '# made by hand\na,b\n1,2\n', /line 2 has 2 fields, and the header has 1$/],
    ['ends.csv', 'a,b\r\n1,2\n3,4\r5,6\r\n', /its lines end in different ways/],
    [
      'binary.csv',
      Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7919 + ((i * i) >> 3)) % 256)),
      /line 2/,
    ],
    ['zeros.csv', Buffer.alloc(500), 'FILE has no rows'],
    ['lines.csv', '{"a":1,"b":2}\n{"a":3,"b":4}\n', 'FILE holds JSON, not CSV'],
    ['columns.csv', 'PAR1 and so on', 'FILE holds Parquet, not CSV'],
    ['long.csv', `a,b\n1,${'x'.repeat(33_000_000)}\n`, /line 2 is longer than 32 MB$/],
    ['only-names.csv', 'a,b', 'FILE has no rows'],
    ['keys.jsonl', '{"a":1,"a":2}\n', /object 1 has the key a twice$/],
    ['array.json', '[{"a":1},{"a":', /its value \d is not JSON at byte \d+: unexpected end of data/],
    ['scalar.json', '3', 'FILE does not hold JSON objects'],
    ['half.jsonl', '{"a":1}\n{"a":\n', /line 2 is not JSON at byte \d+: unexpected end of data/],
    ['first.jsonl', '{"a":01}\n{"a":2}\n', /: line 1 is not JSON at byte 6: number with leading zero/],
    ['more.jsonl', '{"a":1}\n{"a":2}\n{"a":3}}\n', /: line 3 is not JSON at byte 8/],
    ['lists.jsonl', '[1,2]\n', 'FILE does not hold JSON objects'],
    ['not.parquet', 'PAR1', /it is not Parquet, or is cut off or damaged$/],
    ['zeros.parquet', Buffer.alloc(500), /it is not Parquet, or is cut off or damaged$/],
    ['text.parquet', CSV, /it is not Parquet, or is cut off or damaged$/],
    ['a.xlsx', 'PK', 'FILE is of no known format'],
  ] as const)('%s', async (name, content, message) => {
    const refused = await refusal(fileWith(name, content));
    if (typeof message === 'string') expect(refused.message).toBe(message);
    else expect(refused.message).toMatch(message);
    expect(refused.message).not.toMatch(/LINE 1|SELECT|read_csv|Possible|Error|shiftwatch-table|auto_detect/);
    expect(refused.fix).toBeTruthy();
  });

  it.each(['a.csv.gz', 'a.jsonl.gz', 'a.parquet.gz'])('%s that is not gzip', async (name) => {
    const { writeFileSync } = await import('node:fs');
    const path = join(testFolder(), name);
    writeFileSync(path, CSV);
    expect((await refusal(path)).message).toMatch(/gzip/i);
  });

  it('a file that is not there, or is a folder', async () => {
    expect(await refusal(join(testFolder(), 'none.csv'))).toMatchObject({ message: 'there is no file FILE' });
    expect((await refusal(testFolder())).message).toBe('FILE is not a file');
  });

  it.each([
    [{ features: ['agee'] }, 'FILE has no column agee', 'Did you mean age?'],
    [{ exclude: ['zzzzzz'] }, 'FILE has no column zzzzzz', 'Its columns are age, country.'],
    [{ numeric: ['counry'] }, 'FILE has no column counry', 'Did you mean country?'],
    [{ columns: { label: 'y' } }, 'FILE has no column y', 'Its columns are age, country.'],
    [
      { numeric: ['age'], categorical: ['age'] },
      'column age is declared both numeric and categorical',
      'Declare one of them.',
    ],
    [
      { columns: { label: 'age', score: 'age' } },
      'column age cannot be both score and label',
      'Name a column of its own for each.',
    ],
  ] as const)('%j', async (options, message, fix) => {
    expect(await refusal(fileWith('a.csv', CSV), options)).toEqual({ message, fix });
  });
});

it.each([
  ['a.csv.gz', 'a,b\n1,2\n'],
  ['a.jsonl.gz', '{"a":1}\n'],
])('says of %s that it is cut off', async (name, line) => {
  const { gzipSync } = await import('node:zlib');
  const { writeFileSync } = await import('node:fs');
  const path = join(testFolder(), name);
  writeFileSync(path, gzipSync(line.repeat(3_000)).subarray(0, 30));
  expect((await refusal(path)).message).toMatch(/^FILE is not gzip, or is cut off/);
});

it('says of Parquet that is cut off or damaged that it is, and not what its reader calls it', async () => {
  const { readFileSync } = await import('node:fs');
  const whole = readFileSync(await parquetFile(`SELECT range AS a, 'x' || range AS b FROM range(20000)`));
  const half = whole.length >> 1;
  const damaged = Buffer.from(whole).fill(0xaa, 50, half);
  for (const bytes of [whole.subarray(0, half), damaged]) {
    const { message } = await refusal(fileWith('a.parquet', bytes));
    expect(message).toBe('cannot read FILE: it is not Parquet, or is cut off or damaged');
  }
});

it('takes what the database calls an internal error for an error of the file, without a stack', async () => {
  const error = new Error(
    'INTERNAL Error: Attempted to access index 6 within vector of size 6\n\nStack Trace:\n\n/node.so(+0x1)',
  );
  expect(await unreadableFile('a.csv', error)).toMatchObject({
    name: 'UserError',
    message: 'cannot read a.csv: Attempted to access index 6 within vector of size 6',
  });
  const bug = new Error('Binder Error: Referenced column "c9" not found');
  expect(await unreadableFile('a.csv', bug)).toBe(bug);
});

it('says of a file too wide for memory what would help, and not that it is broken', async () => {
  const error = new Error(
    'Out of Memory Error: failed to allocate data of size 32.0 KiB (953.6 MiB/953.6 MiB used)',
  );
  expect(await unreadableFile('wide.jsonl', error, 2_500_000)).toMatchObject({
    message: 'cannot read wide.jsonl (2.5 MB): its rows do not fit into 1GB at once',
    fix: expect.stringContaining('Parquet') as string,
  });
});
