import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { fileWith, jsonLines, kinds, parquetFile } from './files.ts';

type Row = Record<string, string | number>;

/** Orders of a shop; they lie in the file in any order. */
function orders(rows: number, seed = 41): Row[] {
  const draw = draws(seed);
  const all = Array.from({ length: rows }, (_, i): Row => {
    const uuid = [8, 4, 4, 12].map((length) => hex(draw, length)).join('-');
    return {
      timestamp: new Date(Date.UTC(2026, 2, 1) + i * 600_000).toISOString(),
      customer_id: uuid,
      order: 70_000 + i,
      // Some of a running number: gaps, and no order.
      invoice: 3 * i + Math.floor(3 * draw.uniform()),
      // Rises with time, far too thin to be a running number.
      counter: i * 1_000_003 + Math.floor(900_000 * draw.uniform()),
      city: `city ${Math.floor(5000 * draw.uniform())}`,
      // Repeats here and there, as amounts do.
      amount: Math.round(Math.exp(8 + 3 * draw.uniform())),
      // Never repeats, and measures something.
      weight: draw.uniform(),
      far: Math.floor(1e12 * draw.uniform()),
      items: draw.poisson(3),
    };
  });
  return all
    .map((row) => ({ row, key: draw.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
}

const hex = (draw: ReturnType<typeof draws>, length: number): string =>
  Array.from({ length }, () => Math.floor(16 * draw.uniform()).toString(16)).join('');

function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  return `${names.join(',')}\n${rows.map((row) => `${names.map((name) => row[name]).join(',')}\n`).join('')}`;
}

const KEPT = { city: 'categorical', amount: 'numeric', weight: 'numeric', far: 'numeric', items: 'numeric' };
const NOTES = [
  'customer_id is unique in nearly every row: an identifier, left out (--numeric or --categorical keeps it)',
  'order numbers the rows: an identifier, left out (--numeric or --categorical keeps it)',
  'invoice numbers the rows: an identifier, left out (--numeric or --categorical keeps it)',
  'counter rises with the time of the rows, as running numbers and counters do: an identifier, left out (--numeric or --categorical keeps it)',
];

describe('identifiers', () => {
  it('are left out with a note, in every format', async () => {
    const rows = orders(1200);
    const json = fileWith('a.jsonl', jsonLines(rows));
    const paths = [
      fileWith('a.csv', csv(rows)),
      json,
      await parquetFile(`SELECT * FROM read_json('${json}')`),
    ];
    for (const path of paths) {
      const read = await readTable(path);
      expect(kinds(read)).toEqual(KEPT);
      expect(read.notes).toEqual(NOTES);
      const open = await openTable(path);
      expect([...open.features.keys()]).toEqual(Object.keys(KEPT));
      expect(open.notes).toEqual(NOTES);
      await open.close();
    }
  });

  it('stay where they are named', async () => {
    const path = fileWith('a.csv', csv(orders(600)));
    const declared = await readTable(path, { categorical: ['customer_id'], numeric: ['order'] });
    expect(kinds(declared)).toMatchObject({ customer_id: 'categorical', order: 'numeric' });
    expect(declared.notes).toHaveLength(2);
    const chosen = await readTable(path, { features: ['order', 'items'] });
    expect(kinds(chosen)).toEqual({ order: 'numeric', items: 'numeric' });
    expect(chosen.notes).toEqual([]);
  });

  it('are not recognised in a few rows', async () => {
    const read = await readTable(fileWith('a.csv', csv(orders(199))));
    expect(read.notes).toEqual([]);
    expect(kinds(read)).toMatchObject({ customer_id: 'categorical', order: 'numeric' });
  });

  it('are left out of a file that is read like the one in which they were', async () => {
    const { shape } = await readTable(fileWith('r.csv', csv(orders(600))));
    const read = await readTable(fileWith('c.csv', csv(orders(50, 42))), { like: shape });
    expect(kinds(read)).toEqual(KEPT);
    expect(read.notes).toEqual([]);
  });

  it('may repeat a few: a retry is logged twice', async () => {
    const rows = orders(600);
    const ids = async (repeated: number): Promise<readonly string[]> =>
      (await readTable(fileWith('a.csv', csv([...rows, ...rows.slice(0, repeated)])))).notes;
    expect(await ids(4)).toEqual(NOTES);
    // What rises is known by its times, however often a row is repeated.
    const rises =
      'rises with the time of the rows, as running numbers and counters do: an identifier, left out';
    expect(await ids(40)).toEqual(
      ['order', 'invoice', 'counter'].map((name) => `${name} ${rises} (--numeric or --categorical keeps it)`),
    );
  });

  it('may name groups of rows, a basket each, where none is common', async () => {
    const draw = draws(44);
    const below = (limit: number): number => Math.floor(draw.uniform() * limit);
    const lines: string[] = ['card,town,postcode,amount'];
    while (lines.length < 1_500) {
      const card = `K${String(10_000_000 + below(80_000_000))}`;
      for (let item = 0; item <= below(4); item++) {
        lines.push(`${card},town ${below(400)},0${1000 + below(900)},${draw.normal().toFixed(3)}`);
      }
    }
    const read = await readTable(fileWith('a.csv', lines.join('\n')));
    expect(kinds(read)).toMatchObject({ town: 'categorical', postcode: 'categorical' });
    expect(read.notes).toEqual([
      'card names groups of rows, none of them common: an identifier, left out (--numeric or --categorical keeps it)',
    ]);
  });

  it('may name a search of many rows, which come together and never again', async () => {
    const draw = draws(46);
    const rows = Array.from({ length: 2_400 }, (_, i): Row => ({
      timestamp: new Date(Date.UTC(2026, 2, 1) + i * 600_000).toISOString(),
      search: `search ${(7_919 * Math.floor(i / 12)) % 10_007}`,
      house: `house ${Math.floor(200 * draw.uniform())}`,
    }));
    const read = await readTable(fileWith('a.csv', csv(rows)));
    expect(kinds(read)).toEqual({ house: 'categorical' });
    expect(read.notes).toEqual([
      'search names rows that come together and never again: an identifier, left out (--numeric or --categorical keeps it)',
    ]);
    // Without times nobody knows when they came.
    const untimed = await readTable(
      fileWith('a.csv', csv(rows.map(({ search, house }): Row => ({ search: search!, house: house! })))),
    );
    expect(kinds(untimed)).toMatchObject({ search: 'categorical' });
  });

  it('number orders of several lines each, and no column that merely grows', async () => {
    const draw = draws(45);
    const rows = Array.from({ length: 900 }, (_, i): Row => ({
      timestamp: new Date(Date.UTC(2026, 2, 1) + i * 600_000).toISOString(),
      order_no: 88_000 + 7 * Math.floor(i / 3),
      price: Math.round(20_000 + 8 * i + 900 * draw.normal()),
      price_list: 12 + Math.floor(i / 90),
    }));
    const read = await readTable(fileWith('a.csv', csv(rows)));
    expect(kinds(read)).toEqual({ price: 'numeric', price_list: 'numeric' });
    expect(read.notes).toEqual([
      'order_no rises with the time of the rows, as running numbers and counters do: an identifier, left out (--numeric or --categorical keeps it)',
    ]);
  });

  it('are told from categories of several rows each, and from numbers with thousands of digits behind', async () => {
    const draw = draws(43);
    const rows = Array.from({ length: 1000 }, (): Row => ({
      customer: `c-${Math.floor(400 * draw.uniform())}`,
      height: Math.round(1e6 * (170 + 10 * draw.normal())) / 1e6,
      age_in_days: Math.floor(20_000 * draw.uniform()),
      snow: `7${String(Math.floor(1e17 * draw.uniform()))}`,
    }));
    expect(kinds(await readTable(fileWith('a.csv', csv(rows))))).toEqual({
      customer: 'categorical',
      height: 'numeric',
      age_in_days: 'numeric',
      snow: 'numeric',
    });
  });
});
