import type { Pool, Queryable, Tx } from '../connection/pool.ts';

/** Whose ids, and of which log: predictions, or features logged apart. */
export interface IdSpace {
  readonly modelId: number;
  readonly kind: 0 | 1;
}

export interface IdBlock {
  readonly id: number;
  /** Little-endian 64-bit hashes. */
  readonly hashes: Uint8Array;
}

/** First half of the advisory locks of id spaces; the second half is the space. */
const LOCK_CLASS = 1_802_660_461;

/**
 * Makes this transaction the only one that adds ids to these spaces until it ends: whatever the others added before
 * can be read from here on, and nothing is added in between. Locked in one order everywhere.
 */
export async function lockIdSpaces(tx: Tx, spaces: readonly IdSpace[]): Promise<void> {
  const keys = spaces.map(({ modelId, kind }) => 2 * modelId + kind).sort((a, b) => a - b);
  for (const key of keys) await tx.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, key]);
}

/** Blocks added after the one named, oldest first. */
export async function blocksAfter(tx: Tx, { modelId, kind }: IdSpace, afterId: number): Promise<IdBlock[]> {
  const found = await tx.query<IdBlock>(
    'select id, hashes from id_block where model_id = $1 and kind = $2 and id > $3 order by id',
    [modelId, kind, afterId],
  );
  return found.rows;
}

/** The newest blocks that hold so many ids, oldest first: what a process that starts has to know. */
export async function newestBlocks(
  db: Queryable,
  { modelId, kind }: IdSpace,
  ids: number,
): Promise<IdBlock[]> {
  const found = await db.query<IdBlock>(
    `select id, hashes from (
       select id, hashes, sum(ids) over (order by id desc) - ids as newer
       from id_block where model_id = $1 and kind = $2
     ) b where newer < $3 order by id`,
    [modelId, kind, ids],
  );
  return found.rows;
}

export async function addBlock(
  tx: Tx,
  { modelId, kind }: IdSpace,
  ids: number,
  hashes: Uint8Array,
): Promise<number> {
  const added = await tx.query<{ id: number }>(
    'insert into id_block (model_id, kind, ids, hashes) values ($1, $2, $3, $4) returning id',
    [modelId, kind, ids, Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength)],
  );
  return added.rows[0]?.id ?? 0;
}

/** Blocks smaller than this are joined, so that many small requests do not make many rows. */
const SMALL_BLOCK_IDS = 10_000;
const BLOCKS_AT_ONCE = 500;

/**
 * Drops blocks that are older than `horizonMs` or lie behind the newest `remember` ids, always the first ones, and joins
 * small ones. Joined blocks get a number of their own: who has read them before reads their ids once more, which changes
 * nothing.
 */
export async function tidyBlocks(pool: Pool, remember: number, horizonMs: number): Promise<void> {
  await pool.query(
    `delete from id_block where id in (
       select id from (
         select id, sum(ids) over (partition by model_id, kind order by id desc) - ids as newer,
           bool_and(created_at < now() - $2 * interval '1 millisecond')
             over (partition by model_id, kind order by id) as old
         from id_block
       ) b where newer >= $1 or old
     )`,
    [remember, horizonMs],
  );
  await pool.query(
    `with crowded as (
       select model_id, kind from id_block where ids < $1 group by 1, 2 having count(*) >= $2 limit 1
     ), small as (
       select b.id from id_block b join crowded using (model_id, kind)
       where b.ids < $1 order by b.id limit $2 for update of b skip locked
     ), gone as (
       delete from id_block b using small where b.id = small.id returning b.id, b.model_id, b.kind, b.ids, b.hashes
     )
     insert into id_block (model_id, kind, ids, hashes)
     select model_id, kind, sum(ids), string_agg(hashes, ''::bytea order by id) from gone group by model_id, kind`,
    [SMALL_BLOCK_IDS, BLOCKS_AT_ONCE],
  );
}
