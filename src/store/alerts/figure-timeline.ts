import type { FigurePoint } from '../../core/jobs.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

/** Which windows are looked at: those of this one's series, up to it. */
export interface TimelineWindows {
  readonly windowId: string;
  readonly series: 'closed' | 'matured';
  readonly segment: string;
  /** Windows looked at, the last ones. */
  readonly limit: number;
}

/** Windows of the series up to this one, newest first; figures against another baseline have other cells. */
const WINDOWS = `
  select w.id, w.start_at, w.silence from "window" t
  join "window" w on w.model_version_id = t.model_version_id and w.size_ms = t.size_ms
    and w.start_at <= t.start_at and not w.pane_only and w.baseline_id is not distinct from t.baseline_id
  where t.id = $1
  order by w.start_at desc limit $2`;

export interface LeadingFeature {
  readonly name: string;
  readonly isMissing: boolean;
  readonly missingReference: number;
  /** What chance alone makes of PSI in the newest of its windows. */
  readonly psiThreshold: number | null;
}

/** The feature that moved most in the windows since an incident began, faulty ones first; null where none did. */
export async function loadLeadingFeature(
  db: Queryable,
  { windowId, segment, limit }: Omit<TimelineWindows, 'series'>,
  sinceMs: number,
): Promise<LeadingFeature | null> {
  const found = await db.query<LeadingFeature>(
    `select m.name, 'missing_spike' = any(m.faults) as "isMissing",
       coalesce(m.missing_reference, 0) as "missingReference",
       coalesce(m.psi_threshold, (m.details->'threshold'->>'psi')::float8) as "psiThreshold"
     from (${WINDOWS}) w
     join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = $3 and m.subject = 'feature'
     where w.start_at >= $4 and (m.drifted or m.status = 'fault')
     order by cardinality(m.faults) > 0 desc, m.psi desc nulls last, w.start_at desc, m.name limit 1`,
    [windowId, limit, segment, new Date(sinceMs)],
  );
  return found.rows[0] ?? null;
}

interface StoredPoint {
  readonly startMs: number;
  readonly value: number | null;
  readonly isSilent: boolean;
}

/** Of a window `w`: that the clock opened it, as nothing came. What came late has a figure. */
const IS_SILENT = `w.silence is not null`;

function pointOf({ startMs, value, isSilent }: StoredPoint): FigurePoint {
  return { startMs, value, ...(isSilent && value === null && { isSilent }) };
}

/** A metric of performance over the windows, oldest first. */
export async function loadMetricPoints(
  db: Queryable,
  { windowId, series, segment, limit }: TimelineWindows,
  metric: string,
): Promise<FigurePoint[]> {
  const found = await db.query<StoredPoint>(
    `select ${epochMs('w.start_at')} as "startMs", v.value, ${IS_SILENT} as "isSilent" from (${WINDOWS}) w
     left join lateral (
       select (performance->'metrics'->$5::text->>'current')::float8 as value from verdict
       where window_id = w.id and series = $3 and segment = $4 order by revision desc limit 1
     ) v on true
     order by w.start_at`,
    [windowId, limit, series, segment, metric],
  );
  return found.rows.map(pointOf);
}

/** A figure of one feature over the windows, oldest first. */
export async function loadFeaturePoints(
  db: Queryable,
  { windowId, segment, limit }: Omit<TimelineWindows, 'series'>,
  feature: string,
  measure: 'psi' | 'missing',
): Promise<FigurePoint[]> {
  const column = measure === 'psi' ? 'm.psi' : 'm.missing_current';
  const found = await db.query<StoredPoint>(
    `select ${epochMs('w.start_at')} as "startMs", ${column} as value, ${IS_SILENT} as "isSilent" from (${WINDOWS}) w
     left join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = $3
       and m.subject = 'feature' and m.name = $4
     order by w.start_at`,
    [windowId, limit, segment, feature],
  );
  return found.rows.map(pointOf);
}
