import type { BinnedCounts } from '../../../core/columns/figures.ts';
import type { Fault, FaultFinding } from '../../../core/faults.ts';
import type { Severity } from '../../../core/alerts/severity.ts';
import type { FeatureStatus } from '../../../core/findings.ts';
import type { Task } from '../../../core/model.ts';
import { epochMs } from '../../connection/epoch-ms.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select, selectOne } from '../../connection/select.ts';
import { CELLS, severityNow } from '../../history/measured.ts';
import type { FeatureWindow } from '../../rows/feature-screen.ts';

/** A size of a model's windows, and until when there are any. */
export interface WatchedSize {
  readonly task: Task;
  /** Milliseconds, or negative, so many rows. */
  readonly size: number;
  readonly latestMs: number;
  /** Since when there are. */
  readonly firstMs: number;
  /** Of its newest windows, how long they are in the middle. */
  readonly usualMs: number;
}

/** Those of lengths first, the smallest of each kind first. Empty: no such model or version, or no windows yet. */
export async function listWatchedSizes(
  db: Queryable,
  model: string,
  version: string | null,
): Promise<WatchedSize[]> {
  return await select<WatchedSize>(
    db,
    `select m.task, s.size_ms as size, s."latestMs", s."firstMs", case when s.size_ms > 0 then s.size_ms::float8 else n."usualMs" end as "usualMs"
     from model m
     cross join lateral (
       select w.size_ms, max(${epochMs('w.end_at')}) as "latestMs", min(${epochMs('w.start_at')}) as "firstMs" from model_version v join "window" w on w.model_version_id = v.id
       where v.model_id = m.id and ($2::text is null or v.name = $2) and not w.pane_only group by w.size_ms
     ) s
     left join lateral (
       select percentile_cont(0.5) within group (order by extract(epoch from n.end_at - n.start_at) * 1000) as "usualMs" from (
         select w.start_at, w.end_at from model_version v join "window" w on w.model_version_id = v.id
         where v.model_id = m.id and w.size_ms = s.size_ms and not w.pane_only order by w.end_at desc limit 30
       ) n
     ) n on s.size_ms < 0
     where m.name = $1
     order by s.size_ms < 0, abs(s.size_ms)`,
    [model, version],
  );
}

/** A window that a feature is looked at in. */
export interface InspectedWindow extends FeatureWindow {
  readonly model: string;
  readonly task: Task;
  readonly versionId: number;
  readonly baseline: number | null;
}

const WINDOW = `
  w.id::text as id, v.name as version, w.start_at as start, w.end_at as "end", case when w.size_ms > 0 then w.size_ms end as size_ms,
  case when w.size_ms < 0 then -w.size_ms end as size_rows, w.state, w.emptied_at is null as counts_kept,
  coalesce(w.emptied_rows, (select sum(c.rows) from window_content c where c.whole_id = w.id and c.segment = '' and c.kind = 'input'), 0)::float8 as rows,
  m.name as model, m.task, v.id as "versionId", w.baseline_id::float8 as baseline`;
const NAMED = `
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id`;

export async function findInspectedWindow(db: Queryable, id: string): Promise<InspectedWindow | null> {
  return await selectOne<InspectedWindow>(
    db,
    `select ${WINDOW} from "window" w ${NAMED} where w.id = $1 and not w.pane_only`,
    [id],
  );
}

/** What of a feature is asked for. `version` null: whichever. */
export interface FeatureKey {
  readonly model: string;
  readonly feature: string;
  readonly version: string | null;
  readonly segment: string;
  readonly size: number;
}

/** The newest window in which it was judged; else, where it had too few rows in all of them, in which it was measured. */
export async function findNewestMeasured(db: Queryable, key: FeatureKey): Promise<InspectedWindow | null> {
  const values = [key.model, key.feature, key.version, key.segment, key.size];
  for (const isJudged of [`x.status <> 'insufficient'`, 'true']) {
    const found = await selectOne<InspectedWindow>(
      db,
      `select ${WINDOW} from (
         select n.* from (select id from model where name = $1) o
         join model_version v on v.model_id = o.id and ($3::text is null or v.name = $3)
         cross join lateral (
           select w.* from "window" w join measurement x on x.window_id = w.id and x.series = 'closed' and x.segment = $4
             and x.subject = 'feature' and x.name = $2
           where w.model_version_id = v.id and w.size_ms = $5 and not w.pane_only and ${isJudged}
           order by w.start_at desc limit 1
         ) n order by n.end_at desc, n.id desc limit 1
       ) w ${NAMED}`,
      values,
    );
    if (found !== null) return found;
  }
  return null;
}

/** The newest window of a size, judged or not. */
export async function findNewestWindow(
  db: Queryable,
  { model, version, size }: Pick<FeatureKey, 'model' | 'version' | 'size'>,
): Promise<InspectedWindow | null> {
  return await selectOne<InspectedWindow>(
    db,
    `select ${WINDOW} from (
       select w.* from "window" w ${NAMED} where m.name = $1 and ($2::text is null or v.name = $2) and w.size_ms = $3
         and not w.pane_only order by w.end_at desc, w.id desc limit 1
     ) w ${NAMED}`,
    [model, version, size],
  );
}

/** Of a feature in a window: its cells, for when the comparison is kept no longer. Null: it was not measured there. */
export interface MeasuredCells {
  readonly kind: string;
  readonly psi: number | null;
  readonly ks: number | null;
  readonly overdispersion: number | null;
  readonly cells: BinnedCounts | null;
}

export async function findMeasuredCells(
  db: Queryable,
  windowId: string,
  { feature, segment }: Pick<FeatureKey, 'feature' | 'segment'>,
): Promise<MeasuredCells | null> {
  return await selectOne<MeasuredCells>(
    db,
    `select m.kind, m.psi, m.ks, m.overdispersion, ${CELLS} as cells from measurement m
     where m.window_id = $1 and m.series = 'closed' and m.segment = $2 and m.subject = 'feature' and m.name = $3`,
    [windowId, segment, feature],
  );
}

/** What the newest verdicts on a window say is broken about a feature; those of labels last. */
export async function listFaultsOf(
  db: Queryable,
  windowId: string,
  { feature, segment }: Pick<FeatureKey, 'feature' | 'segment'>,
): Promise<FaultFinding[]> {
  const found = await select<{ fault: FaultFinding }>(
    db,
    `select f.fault from (
       select distinct on (d.series) d.series, d.diagnosis from verdict d
       where d.window_id = $1 and d.segment = $2 order by d.series, d.revision desc
     ) d cross join lateral jsonb_array_elements(d.diagnosis->'faults') as f (fault)
     where f.fault->>'feature' = $3 order by d.series`,
    [windowId, segment, feature],
  );
  const byKind = new Map(found.map(({ fault }) => [fault.fault, fault]));
  return [...byKind.values()];
}

/** [fromMs, toMs) in columns of `stepMs`. */
export interface InColumns {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** One column of time: the gravest of its windows, and sums of all of them. */
export interface HistoryRow extends MeasuredCells {
  readonly start: string;
  readonly end: string;
  readonly windows: number;
  readonly window_id: string;
  readonly version: string;
  readonly rows: number;
  readonly status: FeatureStatus;
  readonly severity: Severity;
  readonly drifted: boolean;
  readonly reason: string;
  readonly psi_threshold: number | null;
  readonly q_value: number | null;
  readonly missing: number;
  readonly invalid: number;
  readonly missing_reference: number;
  readonly invalid_reference: number;
  readonly faults: Fault[];
}

/** What was measured of a feature over time, in order; windows that begin in one column are one. */
export async function listFeatureHistory(
  db: Queryable,
  key: FeatureKey,
  { fromMs, toMs, stepMs }: InColumns,
): Promise<HistoryRow[]> {
  return await select<HistoryRow>(
    db,
    `select distinct on (x.place) min(x.start_at) over p as start, max(x.end_at) over p as "end", (count(*) over p)::float8 as windows,
       x.window_id::text as window_id, x.version, (sum(x.rows_current) over p)::float8 as rows, x.kind, x.status, ${severityNow('x.severity')} as severity, x.drifted,
       x.reason, x.psi, x.ks, x.psi_threshold, x.overdispersion, x.q_value, x.faults, x.cells_now as cells, x.missing_reference, x.invalid_reference,
       coalesce(sum(x.missing_current * x.rows_current) over p / nullif(sum(x.rows_current) over p, 0), 0) as missing,
       coalesce(sum(x.invalid_current * x.rows_current) over p / nullif(sum(x.rows_current) over p, 0), 0) as invalid
     from (
       select m.*, ${CELLS} as cells_now, w.start_at, w.end_at, v.name as version,
         floor((${epochMs('w.start_at')} - $6::float8) / $8::float8) as place
       from (select id from model where name = $1) o
       join model_version v on v.model_id = o.id and ($3::text is null or v.name = $3)
       join "window" w on w.model_version_id = v.id and w.size_ms = $5 and not w.pane_only
         and w.end_at > to_timestamp($6::float8 / 1000) and w.start_at < to_timestamp($7::float8 / 1000)
       join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = $4 and m.subject = 'feature' and m.name = $2
     ) x
     window p as (partition by x.place)
     order by x.place, (x.status = 'fault') desc, x.drifted desc, x.psi desc nulls last, x.rows_current desc`,
    [key.model, key.feature, key.version, key.segment, key.size, fromMs, toMs, stepMs],
  );
}

/** Windows of a period, in order of time, without asking what is in them. */
export interface CountedWindow {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isOpen: boolean;
  readonly isKept: boolean;
  readonly baseline: number | null;
}

export async function listCountedWindows(
  db: Queryable,
  { model, version, size }: Pick<FeatureKey, 'model' | 'version' | 'size'>,
  { fromMs, toMs }: Pick<InColumns, 'fromMs' | 'toMs'>,
): Promise<CountedWindow[]> {
  return await select<CountedWindow>(
    db,
    `select w.id::text as id, ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", w.state = 'open' as "isOpen",
       w.emptied_at is null as "isKept", w.baseline_id::float8 as baseline
     from (select id from model where name = $1) o
     join model_version v on v.model_id = o.id and ($2::text is null or v.name = $2)
     join "window" w on w.model_version_id = v.id and w.size_ms = $3 and not w.pane_only
       and w.end_at > to_timestamp($4::float8 / 1000) and w.start_at < to_timestamp($5::float8 / 1000)
     order by w.start_at, w.id`,
    [model, version, size, fromMs, toMs],
  );
}
