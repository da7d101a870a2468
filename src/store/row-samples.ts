import type { Queryable } from './pool.ts';

export interface SampledRow {
  readonly chunkId: number | null;
  readonly chunkRow: number | null;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly label: string | number | null;
  readonly segments: readonly string[];
}

export interface RowSample {
  readonly rows: readonly SampledRow[];
  /** Compressed feature values by chunk id. */
  readonly chunks: ReadonlyMap<number, Uint8Array>;
}

/**
 * The rows of a window with the smallest id hashes: a sample that does not depend on the order of arrival or
 * on which process stored what. Labelled rows come first when labels are wanted.
 */
export async function loadRowSample(
  db: Queryable,
  window: { modelVersionId: number; startMs: number; endMs: number },
  limit: number,
  options: { featuresApart: boolean; labelledFirst: boolean },
): Promise<RowSample> {
  const features = options.featuresApart
    ? `left join lateral (
         select f.chunk_id, f.chunk_row from prediction_features f
         where f.model_version_id = p.model_version_id and f.id_hash = p.id_hash
         order by f.event_at limit 1
       ) c on true`
    : 'cross join lateral (select p.chunk_id, p.chunk_row) c';
  const order = options.labelledFirst ? '(p.label_source is null), p.id_hash' : 'p.id_hash';
  const found = await db.query<{
    chunk_id: number | null;
    chunk_row: number | null;
    class: string | null;
    value: number | null;
    score: number | null;
    label: string | null;
    label_value: number | null;
    segments: string[];
  }>(
    `select c.chunk_id, c.chunk_row, p.class, p.value, p.score, p.label, p.label_value, p.segments
     from (
       select * from prediction p
       where p.model_version_id = $1 and p.event_at >= $2 and p.event_at < $3
       order by ${order} limit $4
     ) p ${features}`,
    [window.modelVersionId, new Date(window.startMs), new Date(window.endMs), limit],
  );
  const rows = found.rows.map((row) => ({
    chunkId: row.chunk_id,
    chunkRow: row.chunk_row,
    prediction: row.class ?? row.value,
    score: row.score,
    label: row.label ?? row.label_value,
    segments: row.segments,
  }));
  return { rows, chunks: await loadChunks(db, window, new Set(rows.flatMap((row) => row.chunkId ?? []))) };
}

async function loadChunks(
  db: Queryable,
  window: { startMs: number; endMs: number },
  ids: ReadonlySet<number>,
): Promise<Map<number, Uint8Array>> {
  if (ids.size === 0) return new Map();
  // Features logged apart may fall on the day before or after; the margin keeps the scan to few partitions.
  const found = await db.query<{ id: number; data: Uint8Array }>(
    `select id, data from prediction_chunk
     where id = any($1::bigint[])
       and event_day between ($2::timestamptz at time zone 'UTC')::date - 1
                         and ($3::timestamptz at time zone 'UTC')::date + 1`,
    [[...ids], new Date(window.startMs), new Date(window.endMs)],
  );
  return new Map(found.rows.map((row) => [row.id, row.data]));
}
