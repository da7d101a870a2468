/** A file never fails for its columns: what the database must hold follows from a chunk of them, not from all. */
import { describe, expect, it } from 'vitest';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { fileWith, jsonLines, parquetFile } from './files.ts';

function rowsOf(columns: number, rows: number): Record<string, string | number | null>[] {
  const random = createRandom(columns);
  return Array.from({ length: rows }, () =>
    Object.fromEntries(
      Array.from({ length: columns }, (_, at) => [
        `f${at}`,
        at % 10 === 0 ? ['a', 'b', null][Math.floor(3 * random())]! : Math.round(1e5 * random()) / 1e5,
      ]),
    ),
  );
}

function csv(rows: readonly Record<string, string | number | null>[]): string {
  const names = Object.keys(rows[0] ?? {});
  return `${names.join(',')}\n${rows.map((row) => names.map((name) => row[name] ?? '').join(',')).join('\n')}\n`;
}

describe('wide files', () => {
  it.each([
    [80, 3_000],
    [500, 300],
    [2_000, 60],
  ])('%i columns are read, of %i rows', { timeout: 300_000 }, async (columns, rows) => {
    const made = rowsOf(columns, rows);
    const lines = fileWith('a.jsonl', jsonLines(made));
    const files = [
      fileWith('a.csv', csv(made)),
      lines,
      await parquetFile(`SELECT * FROM read_json('${lines}', sample_size = -1)`),
    ];
    const [first, ...others] = await Promise.all(files.map(async (path) => (await readTable(path)).table));
    expect(first?.features).toHaveLength(columns);
    expect(first?.rows).toBe(rows);
    for (const other of others) expect(other.features).toEqual(first?.features);
    const open = await openTable(files[0]!);
    expect(open.features.size).toBe(columns);
    await open.close();
  });
});
