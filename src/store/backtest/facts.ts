import type { ModelSpec } from '../../core/model.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

/** What there is to replay of a model. */
export interface StoredHistory {
  readonly model: string;
  /** As the service that runs wrote it. */
  readonly spec: ModelSpec;
  /** Null: nothing was ever evaluated. */
  readonly firstEvaluationMs: number | null;
  readonly sizesMs: readonly number[];
  /** Features by whose values something was judged. */
  readonly segments: readonly string[];
}

export async function storedHistory(db: Queryable, models: readonly string[]): Promise<StoredHistory[]> {
  const found = await db.query<StoredHistory>(
    `select m.name as model, m.spec, ${epochMs('f.first')} as "firstEvaluationMs", coalesce(f.sizes, '{}') as "sizesMs",
       coalesce(s.segments, '{}') as segments
     from model m
     cross join lateral (
       select min(coalesce(w.closed_at, w.created_at)) filter (where w.closed_revision > 0) as first,
         -- As float8: the driver leaves each int8 of an array a text.
         array_agg(distinct w.size_ms::float8) filter (where w.closed_revision > 0) as sizes
       from "window" w join model_version v on v.id = w.model_version_id where v.model_id = m.id and not w.pane_only
     ) f
     cross join lateral (
       select array_agg(distinct split_part(c.segment, '=', 1)) as segments
       from alert_cursor c join model_version v on v.id = c.model_version_id
       where v.model_id = m.id and c.segment <> ''
     ) s
     where m.name = any($1) order by m.name`,
    [models],
  );
  return found.rows;
}
