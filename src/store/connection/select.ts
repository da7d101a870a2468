import { types as pgTypes } from 'pg';
import type pg from 'pg';
import type { Queryable } from './pool.ts';

const INT8_OID = 20;
const TIMESTAMPTZ_OID = 1184;

/**
 * How values leave this folder: as they are printed in JSON. Times become ISO 8601 in UTC with milliseconds,
 * counts become numbers. Ids and offsets, which may outgrow a JSON number, are selected as `::text`.
 */
const wireTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pgTypes.getTypeParser(oid, format);
    if (oid === TIMESTAMPTZ_OID) return isoTime;
    if (oid === INT8_OID) return Number;
    return pgTypes.getTypeParser(oid, format);
  },
};

function isoTime(text: string): string {
  const value: unknown = pgTypes.getTypeParser(TIMESTAMPTZ_OID)(text);
  // `infinity` stays a word: no table of ours holds it, and a made-up date would be worse.
  return value instanceof Date ? value.toISOString() : text;
}

/** Runs one SELECT whose column names and shapes are those of `Row`. */
export async function select<Row extends object>(
  db: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const query: pg.QueryConfig = { text, values: [...values], types: wireTypes };
  const result = await (db as pg.Pool).query<Row>(query);
  return result.rows;
}

export async function selectOne<Row extends object>(
  db: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row | null> {
  const [row] = await select<Row>(db, text, values);
  return row ?? null;
}
