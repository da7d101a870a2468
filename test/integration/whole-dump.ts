import { zstdDecompressSync } from 'node:zlib';
import type { Pool } from '../../src/store/connection/pool.ts';

/**
 * What `pg_dump` would write of a database, and more: each row of each table of every schema as text, and its bytes as they are and as what
 * they unpack to.
 */
export interface DumpedRow {
  readonly table: string;
  readonly bytes: readonly Buffer[];
}

const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

export async function wholeDump(pool: Pool): Promise<DumpedRow[]> {
  const tables = await pool.query<{ name: string; table: string; columns: string[] }>(
    `select c.oid::regclass::text as name, coalesce(
       (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid), c.oid::regclass::text) as table, array(
       select quote_ident(attname) from pg_attribute
       where attrelid = c.oid and atttypid = 'bytea'::regtype and attnum > 0 and not attisdropped) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
  );
  const rows: DumpedRow[] = [];
  for (const { name, table, columns } of tables.rows) {
    const found = await pool.query<{ line: string; blobs: (Buffer | null)[] }>(
      `select t::text as line, array[${['null::bytea', ...columns].join(', ')}] as blobs from ${name} t`,
    );
    for (const { line, blobs } of found.rows) {
      const packed = blobs.flatMap((blob) => (blob === null ? [] : [blob, ...unpacked(blob)]));
      rows.push({ table, bytes: [Buffer.from(line), ...packed] });
    }
  }
  return rows;
}

/** Frames at any place, and frames within what they unpack to. */
function unpacked(blob: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = blob.indexOf(ZSTD); at !== -1; at = blob.indexOf(ZSTD, at + 1)) {
    try {
      const inner = zstdDecompressSync(blob.subarray(at));
      found.push(inner, ...unpacked(inner));
    } catch {
      // Bytes that only look like one.
    }
  }
  return found;
}

/** Which tables hold one of these, in which rows how many. */
export function tablesHolding(dump: readonly DumpedRow[], patterns: readonly Buffer[]): Map<string, number> {
  const held = new Map<string, number>();
  for (const { table, bytes } of dump) {
    if (patterns.some((pattern) => bytes.some((each) => each.includes(pattern))))
      held.set(table, (held.get(table) ?? 0) + 1);
  }
  return held;
}

/** As text, also as JSON escapes it and as a dump writes bytes. */
export function spellings(text: string): Buffer[] {
  const escaped = Array.from(text)
    .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
  return [...new Set([text, JSON.stringify(text).slice(1, -1), escaped])].flatMap((each) => [
    Buffer.from(each),
    Buffer.from(Buffer.from(each).toString('hex')),
    Buffer.from(each, 'utf16le'),
  ]);
}

/** A number with a few digits, in the ways bytes may hold it: as text, as doubles and floats, and as whole numbers of its last digit. */
export function numberPatterns(value: number, decimals: number): Buffer[] {
  const whole = Math.round(value * 10 ** decimals);
  const patterns: Buffer[] = [Buffer.from(String(value))];
  for (const isLittle of [true, false]) {
    const double = Buffer.alloc(8);
    const float = Buffer.alloc(4);
    const int = Buffer.alloc(4);
    if (isLittle) {
      double.writeDoubleLE(value);
      float.writeFloatLE(value);
      int.writeUInt32LE(whole);
    } else {
      double.writeDoubleBE(value);
      float.writeFloatBE(value);
      int.writeUInt32BE(whole);
    }
    patterns.push(double, float, int);
  }
  patterns.push(varint(whole), varint(2 * whole));
  // Of fewer bytes some hash is always one.
  return patterns.filter((pattern) => pattern.length > 4 || (pattern.length === 4 && !pattern.includes(0)));
}

function varint(value: number): Buffer<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.of(...bytes, rest);
}
