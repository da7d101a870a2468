import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { unreadableFile } from '../../../src/ingest/table/database.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/read-table.ts';
import { fileWith, testFolder } from './files.ts';

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
    ['long-row.csv', 'a,b\n1,2\n1,2,3\n', /line: 3.*Expected Number of Columns: 2 Found: 3/i],
    ['short-row.csv', 'a,b\n1,2\n1\n', /line: 3.*Expected Number of Columns: 2 Found: 1/i],
    ['open-quote.csv', 'a,b\n1,"x\n', /unterminated quote/],
    ['latin1.csv', Buffer.from([0x61, 0x0a, 0xe9, 0x0a]), /not utf-8/],
    ['half.jsonl', '{"a":1}\n{"a":\n', /Malformed JSON.*line/],
    ['lists.jsonl', '[1,2]\n', 'FILE does not hold JSON objects'],
    ['not.parquet', 'PAR1', /Parquet/],
    ['a.xlsx', 'PK', 'FILE is of no known format'],
  ] as const)('%s', async (name, content, message) => {
    const refused = await refusal(fileWith(name, content));
    if (typeof message === 'string') expect(refused.message).toBe(message);
    else expect(refused.message).toMatch(message);
    expect(refused.message).not.toMatch(/LINE 1|SELECT|read_csv|Possible/);
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

it('says of a file too wide for memory what would help, and not that it is broken', () => {
  const error = new Error(
    'Out of Memory Error: failed to allocate data of size 32.0 KiB (953.6 MiB/953.6 MiB used)',
  );
  expect(unreadableFile('wide.jsonl', error)).toMatchObject({
    message: 'cannot read wide.jsonl: its rows do not fit into 1GB at once',
    fix: expect.stringContaining('Parquet') as string,
  });
});
