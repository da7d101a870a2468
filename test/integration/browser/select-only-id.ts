import type { Pool } from '../../../src/store/connection/pool.ts';

/** @throws where a statement that should find something finds nothing */
export async function selectOnlyId(pool: Pool, text: string, values: readonly unknown[]): Promise<string> {
  const found = await pool.query<{ id: string }>(text, [...values]);
  const id = found.rows[0]?.id;
  if (id === undefined) throw new Error(`nothing is found by ${text}`);
  return id;
}
