import { epochMs } from '../connection/epoch-ms.ts';
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
  const found = await db.query<{ modelId: number; highestMs: number }>(
    `select model_id as "modelId", ${epochMs('max_event_at')} as "highestMs" from watermark
     where source = $1 and partition = $2`,
    [source, partition],
  );
  return new Map(found.rows.map(({ modelId, highestMs }) => [modelId, highestMs]));
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
  const found = await db.query<ModelProgressRow & { readonly modelId: number; readonly nowMs: number }>(
    `select m.model_id as "modelId", ${epochMs('now()')} as "nowMs", p.source, p.partition,
       (p.next_offset >= p.high_offset
         and (p.high_checked_at is null or p.high_checked_at > now() - interval '1 minute')) as "caughtUp",
       ${epochMs('p.progressed_at')} as "progressedAtMs", p.holds_watermark as "holdsWatermark",
       ${epochMs('w.max_event_at')} as "maxEventMs", ${epochMs('w.seen_at')} as "modelSeenAtMs",
       (select ${epochMs('max(a.max_event_at)')} from watermark a where a.source = p.source and a.partition = p.partition)
         as "anyModelMaxEventMs"
     from unnest($1::int[]) as m (model_id)
     cross join source_position p
     left join watermark w on w.source = p.source and w.partition = p.partition and w.model_id = m.model_id
     where p.source = any($2) or p.source = 'http' or p.source like 'http:%' or p.source like 'file:%'`,
    [modelIds, logSources],
  );
  return { nowMs: found.rows[0]?.nowMs ?? 0, byModel: Map.groupBy(found.rows, ({ modelId }) => modelId) };
}
