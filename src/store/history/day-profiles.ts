/** Counts of windows that are kept no longer, added up by UTC day or week. Each row a segment's inputs or labels, as parts of windows are encoded. */
import type { Queryable, Tx } from '../connection/pool.ts';

export type Every = 'day' | 'week';

/** Which counts add up to one row. */
export interface DayProfileKey {
  readonly modelVersionId: number;
  readonly baselineId: number | null;
  readonly every: Every;
  /** `2026-03-01`: the day in UTC, or the week's Monday. */
  readonly start: string;
  readonly segment: string;
  readonly kind: 'input' | 'label';
}

export interface DayProfile extends DayProfileKey {
  readonly rows: number;
  readonly windows: number;
  /** When the newest of its windows was stored. */
  readonly storedMs: number;
  readonly profile: Uint8Array;
}

export interface StoredDayProfile extends DayProfile {
  readonly id: number;
}

const COLUMNS = `d.id::float8 as id, d.model_version_id as "modelVersionId", d.baseline_id::float8 as "baselineId", d.every,
  d.start_at::text as start, d.segment, d.kind, d.rows::float8 as rows, d.windows::float8 as windows,
  extract(epoch from d.stored_at)::float8 * 1000 as "storedMs", d.profile`;

/** One at a time adds up: of two who add to a day the second sees what the first has written. Until the end of the transaction. */
export async function lockDayProfiles(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
}

/** Names "adding up" among a database's advisory locks. */
const LOCK_KEY = 7_418_239_108;

/** Null: nothing was added to it yet. */
export async function findDayProfile(db: Queryable, key: DayProfileKey): Promise<StoredDayProfile | null> {
  const found = await db.query<StoredDayProfile>(
    `select ${COLUMNS} from day_profile d where model_version_id = $1 and every = $2 and start_at = $3::date
       and segment = $4 and kind = $5 and coalesce(baseline_id, 0) = $6`,
    [key.modelVersionId, key.every, key.start, key.segment, key.kind, key.baselineId ?? 0],
  );
  return found.rows[0] ?? null;
}

/** In place of what was there. The caller has locked them. */
export async function writeDayProfile(tx: Tx, day: DayProfile): Promise<void> {
  await tx.query(
    `insert into day_profile (model_version_id, baseline_id, every, start_at, segment, kind, rows, windows, stored_at, profile)
     values ($1, $2, $3, $4::date, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10)
     on conflict (model_version_id, every, start_at, segment, kind, (coalesce(baseline_id, 0))) do update set
       rows = excluded.rows, windows = excluded.windows, stored_at = excluded.stored_at, profile = excluded.profile`,
    [
      day.modelVersionId,
      day.baselineId,
      day.every,
      day.start,
      day.segment,
      day.kind,
      day.rows,
      day.windows,
      day.storedMs,
      bufferOf(day.profile),
    ],
  );
}

/** Of a model's days and weeks those behind an id, in the order of ids; none: that was all. For who changes all of them, step by step. */
export async function loadDayProfiles(
  tx: Tx,
  modelIds: readonly number[],
  afterId: number,
  most: number,
): Promise<StoredDayProfile[]> {
  const found = await tx.query<StoredDayProfile>(
    `select ${COLUMNS} from day_profile d join model_version v on v.id = d.model_version_id
     where v.model_id = any($1::int[]) and d.id > $2 order by d.id limit $3`,
    [modelIds, afterId, most],
  );
  return found.rows;
}

/** The same rows, encoded anew. */
export async function replaceDayProfile(tx: Tx, id: number, profile: Uint8Array): Promise<void> {
  await tx.query('update day_profile set profile = $2 where id = $1', [id, bufferOf(profile)]);
}

/** Another name for a segment that nobody is to read any more. */
export async function renameDaySegment(tx: Tx, id: number, segment: string): Promise<void> {
  await tx.query('update day_profile set segment = $2 where id = $1', [id, segment]);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
