import type { Queryable, Tx } from '../connection/pool.ts';

export async function raiseWatermarks(
  tx: Tx,
  source: string,
  partition: number,
  highestMs: ReadonlyMap<number, number>,
): Promise<void> {
  if (highestMs.size === 0) return;
  const entries = [...highestMs].sort((a, b) => a[0] - b[0]);
  await tx.query(
    `insert into watermark as w (source, partition, model_id, max_event_at)
     select $1, $2, m, t from unnest($3::int[], $4::timestamptz[]) as e (m, t)
     on conflict (source, partition, model_id) do update
       set max_event_at = greatest(w.max_event_at, excluded.max_event_at), seen_at = now()`,
    [source, partition, entries.map(([model]) => model), entries.map(([, ms]) => new Date(ms))],
  );
}

/** model id → its highest event time in what is stored of a log. */
export async function loadEventTimes(
  db: Queryable,
  source: string,
  partition: number,
): Promise<Map<number, number>> {
  const found = await db.query<{ model_id: number; max_event_at: Date }>(
    'select model_id, max_event_at from watermark where source = $1 and partition = $2',
    [source, partition],
  );
  return new Map(found.rows.map((row) => [row.model_id, row.max_event_at.getTime()]));
}

export interface ModelProgressRow {
  readonly source: string;
  readonly partition: number;
  readonly caughtUp: boolean;
  readonly progressedAtMs: number;
  readonly holdsWatermark: boolean;
  readonly maxEventMs: number | null;
  readonly modelSeenAtMs: number | null;
  readonly anyModelMaxEventMs: number | null;
}

/**
 * Every partition of the sources in use with a model's time in it; the database's clock, so that processes
 * agree. A log whose end nobody has looked at for a minute (its consumers are down) is not read to its end,
 * however it looked then.
 */
export async function loadModelProgress(
  db: Queryable,
  modelIds: readonly number[],
  logSources: readonly string[],
): Promise<{ nowMs: number; byModel: Map<number, ModelProgressRow[]> }> {
  const found = await db.query<{
    model_id: number;
    source: string;
    partition: number;
    caught_up: boolean;
    progressed_at: Date;
    holds_watermark: boolean;
    max_event_at: Date | null;
    seen_at: Date | null;
    any_max: Date | null;
    now: Date;
  }>(
    `select m.model_id, p.source, p.partition, (p.next_offset >= p.high_offset
         and (p.high_checked_at is null or p.high_checked_at > now() - interval '1 minute')) as caught_up, p.progressed_at,
       p.holds_watermark, w.max_event_at, w.seen_at,
       (select max(a.max_event_at) from watermark a where a.source = p.source and a.partition = p.partition)
         as any_max,
       now() as now
     from unnest($1::int[]) as m (model_id)
     cross join source_position p
     left join watermark w on w.source = p.source and w.partition = p.partition and w.model_id = m.model_id
     where p.source = any($2) or p.source = 'http' or p.source like 'http:%' or p.source like 'file:%'`,
    [modelIds, logSources],
  );
  const byModel = new Map<number, ModelProgressRow[]>();
  let nowMs = 0;
  for (const row of found.rows) {
    nowMs = row.now.getTime();
    const rows = byModel.get(row.model_id) ?? [];
    byModel.set(row.model_id, rows);
    rows.push({
      source: row.source,
      partition: row.partition,
      caughtUp: row.caught_up,
      progressedAtMs: row.progressed_at.getTime(),
      holdsWatermark: row.holds_watermark,
      maxEventMs: row.max_event_at?.getTime() ?? null,
      modelSeenAtMs: row.seen_at?.getTime() ?? null,
      anyModelMaxEventMs: row.any_max?.getTime() ?? null,
    });
  }
  return { nowMs, byModel };
}
