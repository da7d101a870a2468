import type { Queryable } from '../connection/pool.ts';

/** Names a position; of a log that was created anew, the next epoch. */
export interface PositionName {
  readonly source: string;
  readonly partition: number;
  readonly epoch: number;
}

/** The last record stored, to recognise the log by. */
export interface LastRecord {
  readonly offset: bigint;
  readonly hash: bigint;
}

export interface PositionRow {
  readonly epoch: number;
  readonly nextOffset: bigint;
  /** False: registered, and its log has not been seen to hold it yet, so any first offset is the right one. */
  readonly started: boolean;
  readonly last: LastRecord | null;
}

export async function loadPosition(
  db: Queryable,
  source: string,
  partition: number,
): Promise<PositionRow | null> {
  const [found] = await loadPositions(db, [{ source, partition }]);
  return found ?? null;
}

/** In no order; unknown partitions are left out. */
export async function loadPositions(
  db: Queryable,
  partitions: readonly { source: string; partition: number }[],
): Promise<(PositionRow & { readonly source: string; readonly partition: number })[]> {
  const found = await db.query<
    PositionName & {
      started: boolean;
      nextOffset: string;
      lastOffset: string | null;
      lastHash: string | null;
    }
  >(
    `select p.source, p.partition, p.epoch, p.next_offset::text as "nextOffset", p.owner is not null as started,
       p.last_offset::text as "lastOffset", p.last_hash::text as "lastHash"
     from unnest($1::text[], $2::int[]) as t (source, partition)
     join source_position p on p.source = t.source and p.partition = t.partition`,
    [partitions.map((each) => each.source), partitions.map((each) => each.partition)],
  );
  return found.rows.map(({ nextOffset, lastOffset, lastHash, ...row }) => ({
    ...row,
    nextOffset: BigInt(nextOffset),
    last:
      lastOffset === null || lastHash === null
        ? null
        : { offset: BigInt(lastOffset), hash: BigInt(lastHash) },
  }));
}

export interface PartitionRegistration {
  readonly source: string;
  readonly partition: number;
  readonly nextOffset: bigint;
  /** Where it begins if partitions of its source were known before; absent: there too. */
  readonly nextOffsetIfAdded?: bigint;
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
     select t.source, t.partition,
       case when exists (select 1 from source_position k where k.source = t.source) then t.if_added else t.next_offset end,
       t.high_offset, now(), t.holds
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bool[], $6::bigint[])
       as t (source, partition, next_offset, high_offset, holds, if_added)
     order by 1, 2
     on conflict (source, partition) do update
       set high_offset = excluded.high_offset, high_checked_at = now()`,
    [
      partitions.map((each) => each.source),
      partitions.map((each) => each.partition),
      partitions.map((each) => each.nextOffset.toString()),
      partitions.map((each) => each.highOffset.toString()),
      partitions.map((each) => each.holdsWatermark),
      partitions.map((each) => (each.nextOffsetIfAdded ?? each.nextOffset).toString()),
    ],
  );
}

/**
 * A position that its log does not hold: beyond its end, as when it was made anew, or below its beginning, as when
 * records were deleted before they were read.
 */
export interface PositionOutside extends PositionName {
  readonly nextOffset: bigint;
  readonly where: 'beyond_end' | 'below_beginning';
}

interface LogEnds {
  readonly source: string;
  readonly partition: number;
  readonly lowOffset: bigint;
  readonly highOffset: bigint;
}

/** A partition that stores all the time is noted so often, in seconds. */
const BUSY_NOTED_EVERY = 15;

/**
 * Notes how far the logs reach, so that partitions without traffic are known to be read to their end. A log
 * whose records had all expired when it was first looked at is at its end too; one that once held its position has lost what
 * it no longer does, whether or not anything was read from it.
 *
 * A partition that is being stored is not waited for while others are noted: their next checkpoints would wait for its
 * transaction, too. It is noted when it has not been for some seconds, alone.
 *
 * @returns positions outside of their log. Not always a fault: they may have been moved since the log was asked.
 */
export async function recordLogEnds(db: Queryable, ends: readonly LogEnds[]): Promise<PositionOutside[]> {
  if (ends.length === 0) return [];
  const noted = await noteEnds(db, ends, 'skip locked');
  const done = new Set(noted.map(({ source, partition }) => `${partition} ${source}`));
  const busy = ends.filter(({ source, partition }) => !done.has(`${partition} ${source}`));
  for (const each of await notNotedLately(db, busy)) noted.push(...(await noteEnds(db, [each], '')));
  return noted.flatMap(({ where, ...row }) =>
    where === null ? [] : { ...row, nextOffset: BigInt(row.nextOffset), where },
  );
}

type NotedEnds = PositionName & { nextOffset: string; where: PositionOutside['where'] | null };

async function noteEnds(
  db: Queryable,
  ends: readonly LogEnds[],
  locked: '' | 'skip locked',
): Promise<NotedEnds[]> {
  const noted = await db.query<NotedEnds>(
    `with ends as (
       select p.source, p.partition, t.low, t.high
       from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as t (source, partition, low, high)
       join source_position p on p.source = t.source and p.partition = t.partition
       for no key update of p ${locked}
     )
     update source_position p set
       high_offset = t.high, high_checked_at = now(),
       next_offset = case when p.owner is null and t.low >= t.high then t.high else p.next_offset end,
       owner = case when p.owner is null and (t.low >= t.high or p.next_offset between t.low and t.high)
         then 'seen' else p.owner end
     from ends t
     where p.source = t.source and p.partition = t.partition
     returning p.source, p.partition, p.epoch, p.next_offset::text as "nextOffset",
       case when p.owner is null then null
         when p.next_offset > t.high then 'beyond_end'
         when p.next_offset < t.low then 'below_beginning' end as "where"`,
    [
      ends.map((each) => each.source),
      ends.map((each) => each.partition),
      ends.map((each) => each.lowOffset.toString()),
      ends.map((each) => each.highOffset.toString()),
    ],
  );
  return noted.rows;
}

async function notNotedLately(db: Queryable, ends: readonly LogEnds[]): Promise<LogEnds[]> {
  if (ends.length === 0) return [];
  const found = await db.query<{ isDue: boolean }>(
    `select p.source is not null
       and coalesce(p.high_checked_at <= now() - $3 * interval '1 second', true) as "isDue"
     from unnest($1::text[], $2::int[]) with ordinality as t (source, partition, at)
     left join source_position p on p.source = t.source and p.partition = t.partition
     order by t.at`,
    [ends.map((each) => each.source), ends.map((each) => each.partition), BUSY_NOTED_EVERY],
  );
  return ends.filter((_, at) => found.rows[at]?.isDue === true);
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

export interface PositionMove extends PositionName {
  readonly from: bigint;
  readonly to: bigint;
  readonly owner: string;
  readonly last: LastRecord | null;
  /** Nothing on the way was for anybody to see: the partition is as silent as it was. */
  readonly isSilent: boolean;
}

/**
 * Moves a position by compare-and-swap: false means another process has moved it meanwhile, and everything
 * read since `from` is theirs, not ours.
 */
export async function advancePosition(tx: Queryable, move: PositionMove): Promise<boolean> {
  const moved = await tx.query(
    `update source_position
     set next_offset = $4, high_offset = greatest(high_offset, $4), owner = $5,
       progressed_at = case when $9 then progressed_at else now() end, last_offset = $7, last_hash = $8
     where source = $1 and partition = $2 and next_offset = $3 and epoch = $6`,
    [
      move.source,
      move.partition,
      move.from.toString(),
      move.to.toString(),
      move.owner,
      move.epoch,
      move.last?.offset.toString() ?? null,
      move.last?.hash.toString() ?? null,
      move.isSilent,
    ],
  );
  return moved.rowCount === 1;
}

/** The log was created anew: its position begins again, in the next epoch. False: somebody has seen to it already. */
export async function restartPosition(
  tx: Queryable,
  restart: PositionName & { readonly from: bigint; readonly to: bigint; readonly highOffset: bigint },
): Promise<boolean> {
  const moved = await tx.query(
    `update source_position
     set next_offset = $4, epoch = epoch + 1, high_offset = $6, high_checked_at = now(), progressed_at = now(),
       last_offset = null, last_hash = null
     where source = $1 and partition = $2 and next_offset = $3 and epoch = $5`,
    [
      restart.source,
      restart.partition,
      restart.from.toString(),
      restart.to.toString(),
      restart.epoch,
      restart.highOffset.toString(),
    ],
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
