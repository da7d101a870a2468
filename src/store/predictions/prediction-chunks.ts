import type { Queryable, Tx } from '../connection/pool.ts';

/** Stores the features of rows as one chunk; returns its id. */
export async function insertChunk(
  tx: Tx,
  chunk: { readonly modelVersionId: number; readonly day: string; readonly rows: number },
  data: Uint8Array,
): Promise<number> {
  const saved = await tx.query<{ id: number }>(
    'insert into prediction_chunk (model_version_id, event_day, rows, data) values ($1, $2, $3, $4) returning id',
    [chunk.modelVersionId, chunk.day, chunk.rows, Buffer.from(data.buffer, data.byteOffset, data.byteLength)],
  );
  const id = saved.rows[0]?.id;
  if (id === undefined) throw new Error('insert of a chunk returned nothing');
  return id;
}

/** How large chunks are, in the order of their ids; those that are no more are missing. */
export async function listChunks(
  db: Queryable,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ids: ReadonlySet<number>,
): Promise<{ readonly id: number; readonly bytes: number }[]> {
  if (ids.size === 0) return [];
  const found = await db.query<{ id: number; bytes: number }>(
    `select id, octet_length(data) as bytes from prediction_chunk
     where id = any($1::bigint[])
       and event_day between ($2::timestamptz at time zone 'UTC')::date - 1
                         and ($3::timestamptz at time zone 'UTC')::date + 1
     order by id`,
    [[...ids], new Date(fromMs), new Date(toMs)],
  );
  return found.rows;
}

/** Compressed feature values by chunk id, of the days from `fromMs` to `toMs`. */
export async function loadChunks(
  db: Queryable,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ids: ReadonlySet<number>,
): Promise<Map<number, Uint8Array>> {
  if (ids.size === 0) return new Map();
  // Features logged apart may fall on the day before or after; the margin keeps the scan to few partitions.
  const found = await db.query<{ id: number; data: Uint8Array }>(
    `select id, data from prediction_chunk
     where id = any($1::bigint[])
       and event_day between ($2::timestamptz at time zone 'UTC')::date - 1
                         and ($3::timestamptz at time zone 'UTC')::date + 1`,
    [[...ids], new Date(fromMs), new Date(toMs)],
  );
  return new Map(found.rows.map((row) => [row.id, row.data]));
}

/** Null: it is no more. Features logged apart may fall on the day before or after. */
export async function loadChunkForUpdate(tx: Tx, id: number, day: string): Promise<Uint8Array | null> {
  const found = await tx.query<{ data: Uint8Array }>(
    `select data from prediction_chunk where id = $1 and event_day between $2::date - 1 and $2::date + 1 for update`,
    [id, day],
  );
  return found.rows[0]?.data ?? null;
}

export async function replaceChunk(tx: Tx, id: number, day: string, data: Uint8Array): Promise<void> {
  await tx.query(
    `update prediction_chunk set data = $3 where id = $1 and event_day between $2::date - 1 and $2::date + 1`,
    [id, day, Buffer.from(data.buffer, data.byteOffset, data.byteLength)],
  );
}
