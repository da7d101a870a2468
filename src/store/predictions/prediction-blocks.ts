import { byteaArray, int4Array, int8Array } from '../connection/binary-array.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { IdSpace } from './id-blocks.ts';
import type { PackNames } from './pack-names.ts';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';

export interface PackedBlock extends IdSpace {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly rows: number;
  readonly bits: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The oldest id block stored with one of its rows; null: its rows have no ids. */
  readonly oldestIdBlock: number | null;
  readonly filter: Uint8Array;
  /** When the newest of its rows was stored; absent: now. */
  readonly storedMs?: number;
}

export interface StoredBlock extends Omit<PackedBlock, 'filter'> {
  readonly id: number;
  readonly storedMs: number;
}

export interface NewPacks {
  readonly buckets: readonly number[];
  readonly data: readonly Uint8Array[];
}

export async function nextBlockId(tx: Tx): Promise<number> {
  const next = await tx.query<{ id: number }>(`select nextval('prediction_block_seq') as id`);
  return next.rows[0]?.id ?? 0;
}

export async function addPacks(tx: Tx, blockId: number, day: string, packs: NewPacks): Promise<void> {
  await tx.query(
    `insert into prediction_pack (event_day, block_id, bucket, data)
     select $1::date, $2, b, d from unnest($3::int[], $4::bytea[]) as p (b, d)`,
    [day, blockId, int4Array(packs.buckets.length, (i) => packs.buckets[i] ?? 0), byteaArray(packs.data)],
  );
}

export async function addBlockRow(tx: Tx, id: number, block: PackedBlock): Promise<void> {
  await tx.query(
    `insert into prediction_block (id, model_id, kind, event_day, rows, bits, from_at, to_at, oldest_id_block, filter,
       created_at)
     values ($1, $2, $3, $4::date, $5, $6, $7, $8, $9, $10, coalesce($11, now()))`,
    [
      id,
      block.modelId,
      block.kind,
      block.day,
      block.rows,
      block.bits,
      new Date(block.fromMs),
      new Date(block.toMs),
      block.oldestIdBlock,
      Buffer.from(block.filter.buffer, block.filter.byteOffset, block.filter.byteLength),
      block.storedMs === undefined ? null : new Date(block.storedMs),
    ],
  );
}

const COLUMNS = `id, model_id as "modelId", kind, to_char(event_day, 'YYYY-MM-DD') as day, rows, bits,
  ${epochMs('from_at')} as "fromMs", ${epochMs('to_at')} as "toMs", oldest_id_block as "oldestIdBlock",
  ${epochMs('created_at')} as "storedMs"`;

/** All blocks of a model's log. */
export async function listBlocks(db: Queryable, { modelId, kind }: IdSpace): Promise<StoredBlock[]> {
  const found = await db.query<StoredBlock>(
    `select ${COLUMNS} from prediction_block where model_id = $1 and kind = $2 order by id`,
    [modelId, kind],
  );
  return found.rows;
}

/** Those that hold rows with ids stored before an id block, newest first. */
export async function blocksBefore(
  db: Queryable,
  { modelId, kind }: IdSpace,
  idBlock: number,
): Promise<StoredBlock[]> {
  const found = await db.query<StoredBlock>(
    `select ${COLUMNS} from prediction_block
     where model_id = $1 and kind = $2 and oldest_id_block < $3 order by oldest_id_block desc`,
    [modelId, kind, idBlock],
  );
  return found.rows;
}

export async function loadFilters(db: Queryable, ids: readonly number[]): Promise<Map<number, Uint8Array>> {
  const found = await db.query<{ n: number; filter: Uint8Array }>(
    `select n::int, filter from unnest($1::bigint[]) with ordinality as wanted (id, n) join prediction_block using (id)`,
    [ids],
  );
  return new Map(found.rows.map(({ n, filter }) => [ids[n - 1] ?? 0, filter]));
}

/** A pack of the one row, as `prediction-pack.ts` lays it out, with the texts that all rows of its pack share. */
const ROW_ALONE = `'\\x01000001'::bytea || substr(data, place, 40) || substr(data, 5 + 40 * rows)`;

/**
 * Hands on packs of one day with the index of their name; those that do not exist, or have not got the row, are missing. A row is
 * some hundred bytes of two thousand, for which the driver takes ten thousand. The whole pack comes all the same where rows
 * are of several lengths, and where the hash's bytes are in a row of something else.
 */
export async function loadPacks(
  db: Queryable,
  day: string,
  names: PackNames,
  take: (name: number, pack: Buffer) => void,
): Promise<void> {
  const found = await db.query<{ packs: Buffer | null }>(
    // All in one value: the driver takes more for each row than the server for finding it.
    // `offset 0` keeps the planner to one look-up a pack: it knows nothing of a partition made a moment ago.
    `select string_agg(int4send(n::int) || int4send(octet_length(found)) || found, '') as packs from (
       select n, case when plain and (place - 5) % 40 = 0 and place < 5 + 40 * rows then ${ROW_ALONE} else data end as found
       from unnest($2::bigint[], $3::int[], $4::bigint[], $5::int[]) with ordinality as wanted (id, b, hash, whole, n)
       cross join lateral (
         select data, get_byte(data, 0) = 1 and wanted.whole = 0 as plain,
           (get_byte(data, 1) << 16) + (get_byte(data, 2) << 8) + get_byte(data, 3) as rows,
           case when wanted.whole = 1 then 1 else position(int8send(wanted.hash) in data) end as place
         from prediction_pack where event_day = $1::date and block_id = wanted.id and bucket = wanted.b
         offset 0
       ) p
       where place > 0
     ) f`,
    [
      day,
      int8Array(
        names.length,
        (i) => Math.floor((names.blockIds[i] ?? 0) / 2 ** 32),
        (i) => (names.blockIds[i] ?? 0) | 0,
      ),
      int4Array(names.length, (i) => names.buckets[i] ?? 0),
      int8Array(
        names.length,
        (i) => names.highs[i] ?? 0,
        (i) => names.lows[i] ?? 0,
      ),
      int4Array(names.length, (i) => names.whole[i] ?? 0),
    ],
  );
  const bytes = found.rows[0]?.packs ?? Buffer.of();
  for (let at = 0; at < bytes.length;) {
    const end = at + 8 + bytes.readInt32BE(at + 4);
    take(bytes.readInt32BE(at) - 1, bytes.subarray(at + 8, end));
    at = end;
  }
}

/** A stretch of a block's packs, `to` not included. */
export interface PackRange {
  readonly blockId: number;
  readonly from: number;
  readonly to: number;
}

export async function loadPackRanges(
  db: Queryable,
  day: string,
  ranges: readonly PackRange[],
): Promise<Uint8Array[]> {
  const found = await db.query<{ data: Uint8Array }>(
    `select p.data from unnest($2::bigint[], $3::int[], $4::int[]) as wanted (id, f, t)
     cross join lateral (
       select data from prediction_pack
       where event_day = $1::date and block_id = wanted.id and bucket >= wanted.f and bucket < wanted.t
       offset 0
     ) p`,
    [day, ranges.map(({ blockId }) => blockId), ranges.map(({ from }) => from), ranges.map(({ to }) => to)],
  );
  return found.rows.map(({ data }) => data);
}

/** Which of these blocks are still there. Packs of one that is not were merged into another block, or dropped. */
export async function allExist(db: Queryable, ids: readonly number[]): Promise<boolean> {
  const found = await db.query<{ n: number }>(
    'select count(*)::int as n from prediction_block where id = any($1::bigint[])',
    [ids],
  );
  return found.rows[0]?.n === ids.length;
}

/** So many blocks of like size are merged into one, so each row is rewritten once for every such growth. */
const MERGED_AT_ONCE = 64;
const MOST_MERGED = 256;
const SMALL_ROWS = 4_096;
/** A day that nothing was added to for so long is made one block: labels look into each. */
const QUIET_MS = 3_600_000;

/** Blocks that should be one, smallest first; none: all is well. */
export async function blocksToMerge(pool: Pool): Promise<StoredBlock[]> {
  const found = await pool.query<StoredBlock>(
    `with sized as (
       select *, floor(log($2, greatest(rows, $1)::numeric / $1)) as size from prediction_block
     ), crowded as (
       select model_id, kind, event_day, max(size) as upto from (
         select model_id, kind, event_day, size from sized group by 1, 2, 3, 4 having count(*) >= $2
         union all
         select model_id, kind, event_day, max(size) from sized group by 1, 2, 3
         having count(*) > 1 and max(created_at) < now() - $3 * interval '1 millisecond'
       ) c group by 1, 2, 3 order by 4, 3 limit 1
     )
     select ${COLUMNS} from sized join crowded using (model_id, kind, event_day)
     where size <= upto order by rows limit $4`,
    [SMALL_ROWS, MERGED_AT_ONCE, QUIET_MS, MOST_MERGED],
  );
  return found.rows;
}

/** False: another process is merging blocks of this log. */
export async function lockMerging(tx: Tx, { modelId, kind }: IdSpace): Promise<boolean> {
  const locked = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
    MERGE_LOCK_CLASS,
    2 * modelId + kind,
  ]);
  return locked.rows[0]?.locked === true;
}

/** Waits until nobody else is. */
export async function waitForMerging(tx: Tx, { modelId, kind }: IdSpace): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, $2)', [MERGE_LOCK_CLASS, 2 * modelId + kind]);
}

const MERGE_LOCK_CLASS = 1_802_660_462;

export async function deleteBlocks(tx: Tx, day: string, ids: readonly number[]): Promise<void> {
  await tx.query('delete from prediction_pack where event_day = $1::date and block_id = any($2::bigint[])', [
    day,
    ids,
  ]);
  await tx.query('delete from prediction_block where id = any($1::bigint[])', [ids]);
}
