import type { Queryable, Tx } from '../connection/pool.ts';

export async function findEventBatch<T>(
  db: Queryable,
  idempotencyKey: string,
): Promise<{ bodySha256: string; response: T } | null> {
  const found = await db.query<{ bodySha256: string; response: T }>(
    'select body_sha256 as "bodySha256", response from event_batch where idempotency_key = $1',
    [idempotencyKey],
  );
  return found.rows[0] ?? null;
}

/** False: another transaction has used the key; this waits for it to end first. */
export async function saveEventBatch(
  tx: Tx,
  idempotencyKey: string,
  bodySha256: string,
  response: object,
): Promise<boolean> {
  const saved = await tx.query(
    `insert into event_batch (idempotency_key, body_sha256, response) values ($1, $2, $3)
     on conflict (idempotency_key) do nothing`,
    [idempotencyKey, bodySha256, JSON.stringify(response)],
  );
  return saved.rowCount === 1;
}
