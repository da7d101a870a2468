/** Both entrances give a row the same number: a baseline's sample holds the rows that `compare` looks at. */
import { describe, expect, it } from 'vitest';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { fileWith, jsonLines, parquetFile } from './files.ts';

const ROWS = 3_000;

/** Every role that a file can have; some rows have neither id nor time. */
function row(i: number): Record<string, unknown> {
  const [yes, maybe] = [(i % 7) / 10, (i % 3) / 10];
  return {
    timestamp: i % 11 === 0 ? null : new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString(),
    age: i % 13 === 0 ? null : 20 + (i % 50) + i / 10_000,
    plan: ['basic', 'plus', 'pro'][i % 3],
    active: i % 2 === 0,
    prediction: ['yes', 'no', 'maybe'][i % 3],
    label: ['yes', 'no', 'maybe'][i % 4] ?? null,
    holdout: i % 20 === 0,
    latency_ms: 5 + (i % 17),
    error: i % 100 === 0 ? 'timeout' : null,
    probability_yes: yes,
    probability_maybe: maybe,
    probability_no: 1 - yes - maybe,
  };
}

const plain = Array.from({ length: ROWS }, (_, i) => row(i));
const withIds = plain.map((each, i) => ({ ...each, prediction_id: i % 5 === 0 ? '' : `id ${i}` }));

async function bothKeys(path: string): Promise<{ read: Float64Array; opened: Float64Array }> {
  const { rowKeys: read } = await readTable(path);
  const { rowKeys, close } = await openTable(path);
  const opened = await rowKeys();
  await close();
  return { read, opened };
}

describe('the number of a row', () => {
  it.each([
    ['without ids', plain],
    ['with ids, but not all', withIds],
  ])('is the same in a table in memory and in one read by columns, %s', async (_, rows) => {
    const path = fileWith('rows.jsonl', jsonLines(rows));
    const parquet = await parquetFile(`SELECT * FROM read_json_auto('${path}')`);
    for (const file of [path, parquet]) {
      const { read, opened } = await bothKeys(file);
      expect(read).toEqual(opened);
      expect(new Set(read).size).toBe(ROWS);
    }
  });

  it('ranks ids as the service ranks them, whatever the rows hold', async () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => (i % 2 === 0 ? `${i}` : `a longer id, é ${i}`));
    const lines = (offset: number): string[] => ids.map((id, i) => `"${id}",${(i + offset) % 97}`);
    const byHash = ids.toSorted((a, b) => (idHash(a) < idHash(b) ? -1 : 1));
    for (const offset of [0, 13]) {
      const path = fileWith('ids.csv', `prediction_id,age\n${lines(offset).join('\n')}\n`);
      const parquet = await parquetFile(`SELECT * FROM read_csv('${path}', all_varchar = true)`);
      for (const file of [path, parquet]) {
        const { read } = await bothKeys(file);
        const byKey = [...ids.keys()].sort((a, b) => read[a]! - read[b]!).map((row) => ids[row]);
        expect(byKey).toEqual(byHash);
      }
    }
  });

  it('tells rows of one id apart by what they hold', async () => {
    const rows = ['same,1', 'same,2', 'same,1', 'other,1'];
    const { read } = await bothKeys(fileWith('twice.csv', `prediction_id,age\n${rows.join('\n')}\n`));
    expect(read[0]).toBe(read[2]);
    expect(new Set(read).size).toBe(3);
    const [low, high] = [Math.min(read[0]!, read[1]!), Math.max(read[0]!, read[1]!)];
    expect(read[3]! < low || read[3]! > high).toBe(true);
  });

  it('is the same of more columns than are read at once', async () => {
    const header = ['prediction_id', ...Array.from({ length: 600 }, (_, c) => `f${c}`)].join(',');
    const lines = Array.from({ length: 40 }, (_, i) =>
      [i % 2 === 0 ? '' : `id ${i}`, ...Array.from({ length: 600 }, (__, c) => i * c + 0.5)].join(','),
    );
    const { read, opened } = await bothKeys(fileWith('wide.csv', `${header}\n${lines.join('\n')}\n`));
    expect(read).toEqual(opened);
    expect(new Set(read).size).toBe(40);
  });
});
