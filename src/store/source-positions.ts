import type { Queryable } from './pool.ts';

export interface StoredPosition {
  readonly nextOffset: bigint;
  /** False: registered, but nothing has been read from it yet, so any first offset is the right one. */
  readonly started: boolean;
}

export async function loadPosition(
  db: Queryable,
  source: string,
  partition: number,
): Promise<StoredPosition | null> {
  const found = await db.query<{ next_offset: string; started: boolean }>(
    `select next_offset::text, owner is not null as started from source_position
     where source = $1 and partition = $2`,
    [source, partition],
  );
  const row = found.rows[0];
  return row === undefined ? null : { nextOffset: BigInt(row.next_offset), started: row.started };
}

export interface PartitionRegistration {
  readonly source: string;
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly highOffset: bigint;
  readonly holdsWatermark: boolean;
}

/**
 * Makes partitions known before their first record, so that one that has not delivered yet holds the
 * watermark. The position of a known partition is left alone; only the end of its log is noted.
 */
export async function registerPartitions(
  db: Queryable,
  partitions: readonly PartitionRegistration[],
): Promise<void> {
  if (partitions.length === 0) return;
  await db.query(
    `insert into source_position as p
       (source, partition, next_offset, high_offset, high_checked_at, holds_watermark)
     select source, partition, next_offset, high_offset, now(), holds
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bool[])
       as t (source, partition, next_offset, high_offset, holds)
     order by 1, 2
     on conflict (source, partition) do update
       set high_offset = excluded.high_offset, high_checked_at = now()`,
    [
      partitions.map((each) => each.source),
      partitions.map((each) => each.partition),
      partitions.map((each) => each.nextOffset.toString()),
      partitions.map((each) => each.highOffset.toString()),
      partitions.map((each) => each.holdsWatermark),
    ],
  );
}

/**
 * Notes how far the logs reach, so that partitions without traffic are known to be read to their end. A log
 * whose records have all expired before anything was read from it is at its end too.
 */
export async function recordLogEnds(
  db: Queryable,
  ends: readonly { source: string; partition: number; lowOffset: bigint; highOffset: bigint }[],
): Promise<void> {
  if (ends.length === 0) return;
  await db.query(
    `update source_position p set
       high_offset = t.high, high_checked_at = now(),
       next_offset = case when p.owner is null and t.low >= t.high then t.high else p.next_offset end
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as t (source, partition, low, high)
     where p.source = t.source and p.partition = t.partition`,
    [
      ends.map((each) => each.source),
      ends.map((each) => each.partition),
      ends.map((each) => each.lowOffset.toString()),
      ends.map((each) => each.highOffset.toString()),
    ],
  );
}

/**
 * Fixes where reading begins, before anything is read: whoever continues, after a crash too, continues from here.
 * The first process to say so decides.
 */
export async function beginPosition(
  db: Queryable,
  begin: PartitionRegistration & { readonly owner: string },
): Promise<void> {
  await registerPartitions(db, [begin]);
  await db.query(
    `update source_position set next_offset = $3, owner = $4
     where source = $1 and partition = $2 and owner is null`,
    [begin.source, begin.partition, begin.nextOffset.toString(), begin.owner],
  );
}

/**
 * Moves a position by compare-and-swap: false means another process has moved it meanwhile, and everything
 * read since `from` is theirs, not ours.
 */
export async function advancePosition(
  tx: Queryable,
  move: { source: string; partition: number; from: bigint; to: bigint; owner: string },
): Promise<boolean> {
  const moved = await tx.query(
    `update source_position
     set next_offset = $4, high_offset = greatest(high_offset, $4), progressed_at = now(), owner = $5
     where source = $1 and partition = $2 and next_offset = $3`,
    [move.source, move.partition, move.from.toString(), move.to.toString(), move.owner],
  );
  return moved.rowCount === 1;
}

/** A source without a log (HTTP): only says when something last came. At most one write a second. */
export async function touchPosition(db: Queryable, source: string): Promise<void> {
  await db.query(
    `insert into source_position (source, partition, next_offset) values ($1, 0, 0)
     on conflict (source, partition) do nothing`,
    [source],
  );
  await db.query(
    `update source_position set progressed_at = now()
     where source = $1 and partition = 0 and progressed_at < now() - interval '1 second'`,
    [source],
  );
}
