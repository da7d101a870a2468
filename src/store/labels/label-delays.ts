import type { DelayCohort } from '../../core/label-delay.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

export interface LabelDelayCount {
  readonly windowId: number;
  /** `delayBin` of the first label's delay. */
  readonly bin: number;
  readonly labels: number;
}

/** Adds to the delays of windows, in one order everywhere, so that two joiners wait instead of deadlocking. */
export async function addLabelDelays(tx: Tx, counts: readonly LabelDelayCount[]): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(
    `insert into label_delay (window_id, bin, labels)
     select * from unnest($1::bigint[], $2::smallint[], $3::bigint[]) as t (w, b, n) order by w, b
     on conflict (window_id, bin) do update set labels = label_delay.labels + excluded.labels`,
    [
      counts.map(({ windowId }) => windowId),
      counts.map(({ bin }) => bin),
      counts.map(({ labels }) => labels),
    ],
  );
}

/** More windows than this of the time looked back on tell the curve nothing new: a random share is taken. */
const ENOUGH_WINDOWS = 2_000;

/**
 * The windows of one size that ended by `nowMs`, counted together by age: rows, and first labels by delay. Windows that
 * are still open have rows to come and are left out.
 *
 * @param of.scope of the version alone, or of all versions of its model
 * @param edges between bins, of ages and delays alike
 */
export async function loadDelayCohorts(
  db: Queryable,
  of: {
    readonly modelVersionId: number;
    readonly scope: 'version' | 'model';
    readonly sizeMs: number;
    readonly nowMs: number;
    readonly lookBackMs: number;
  },
  edges: readonly number[],
): Promise<DelayCohort[]> {
  const stride = Math.max(1, Math.ceil(of.lookBackMs / of.sizeMs / ENOUGH_WINDOWS));
  const found = await db.query<{ ageBin: number; bin: number | null; windows: number; n: number }>(
    `with seen as (
       select w.id,
         width_bucket(extract(epoch from $3::timestamptz - w.end_at)::float8 * 1000, $5::float8[]) as age_bin,
         coalesce(w.emptied_rows, (select sum(p.rows) from window_part p
          where p.window_id = w.id and p.segment = '' and p.kind = 'input')::bigint) as rows
       from "window" w
       where w.model_version_id in (
           select other.id from model_version v join model_version other on other.model_id = v.model_id
           where v.id = $1 and ($7 or other.id = v.id))
         and w.size_ms = $2 and w.state <> 'open'
         and w.start_at >= $4 and w.end_at <= $3 and (hashint8(w.id) & 2147483647) % $6 = 0
     )
     select age_bin as "ageBin", null::smallint as bin, count(*) as windows, sum(rows)::bigint as n
     from seen where rows > 0 group by age_bin
     union all
     select s.age_bin, d.bin, 0, sum(d.labels)::bigint
     from seen s join label_delay d on d.window_id = s.id where s.rows > 0 group by s.age_bin, d.bin`,
    [
      of.modelVersionId,
      of.sizeMs,
      new Date(of.nowMs),
      new Date(of.nowMs - of.lookBackMs),
      edges,
      stride,
      of.scope === 'model',
    ],
  );
  return [...Map.groupBy(found.rows, ({ ageBin }) => ageBin)].map(([ageBin, rows]) => {
    const labels = Array.from({ length: edges.length + 1 }, () => 0);
    for (const { bin, n } of rows) if (bin !== null) labels[bin] = n;
    const all = rows.find(({ bin }) => bin === null);
    return { ageBin, windows: all?.windows ?? 0, rows: all?.n ?? 0, labels };
  });
}
