import type { Queryable } from '../connection/pool.ts';

export interface NameClaim {
  readonly scope: string;
  /** In the order they came in. */
  readonly names: readonly string[];
  /** Names of the scope that may be admitted; those in `free` do not count. */
  readonly limit: number;
  readonly free: readonly string[];
  /** How much was forgotten when it was looked what the names are. Where it is more by now, none are taken in, and none are answered. */
  readonly asOf: number;
}

/**
 * Takes names in as long as there is room, and answers all names of the scope that are in. Once in, a name stays, so
 * whoever asks first decides for all processes. One claim a scope at a time, or two would fill the same place.
 */
export async function admitNames(
  db: Queryable,
  { scope, names, limit, free, asOf }: NameClaim,
): Promise<Set<string>> {
  // One statement, so one transaction, also on a pool. The lock comes in a statement of its own inside the function:
  // what it waited for would not be seen by the query that took it.
  const found = await db.query<{ name: string }>(
    'select admit_names($1, $2, $3, $4) as name where (select forgotten from oldest_writer) = $5',
    [scope, names, limit, free, asOf],
  );
  return new Set(found.rows.map(({ name }) => name));
}
