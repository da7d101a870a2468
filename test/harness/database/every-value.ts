import { inflateRawSync, inflateSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Pool } from '../../../src/store/connection/pool.ts';

/** A value of the database: what `pg_dump` would write of it, and what it holds when it is unpacked. */
export interface StoredValue {
  /** `table.column` */
  readonly place: string;
  readonly bytes: Buffer;
}

const UNPACK = [zstdDecompressSync, gunzipSync, inflateSync, inflateRawSync];

/** Every value of every table, partitions for themselves; packed ones also unpacked, and what is written in base64 also as it was. */
export async function everyValue(pool: Pool): Promise<StoredValue[]> {
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const values: StoredValue[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from ${name}`);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        if (value === null) continue;
        const place = `${name}.${column}`;
        for (const bytes of readings(value)) values.push({ place, bytes });
      }
    }
  }
  return values;
}

function readings(value: unknown): Buffer[] {
  if (!Buffer.isBuffer(value)) {
    const text =
      typeof value === 'string'
        ? value
        : JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
    const coded = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([part]) =>
      Buffer.from(part, 'base64'),
    );
    return [Buffer.from(text), ...coded];
  }
  return [
    value,
    ...UNPACK.flatMap((unpack) => {
      try {
        return [unpack(value)];
      } catch {
        return [];
      }
    }),
  ];
}

/** Where one of these stands, in any case of letters; numbers also as they are in memory. */
export function placesOf(
  values: readonly StoredValue[],
  texts: RegExp,
  numbers: readonly number[],
): string[] {
  const patterns = numbers.flatMap((number) => {
    const [little, big] = [Buffer.alloc(8), Buffer.alloc(8)];
    little.writeDoubleLE(number);
    big.writeDoubleBE(number);
    return [little, big, Buffer.from(String(number))];
  });
  return [
    ...new Set(
      values.flatMap(({ place, bytes }) =>
        texts.test(bytes.toString('latin1')) || patterns.some((pattern) => bytes.includes(pattern))
          ? [place]
          : [],
      ),
    ),
  ].sort();
}
