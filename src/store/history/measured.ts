/** What a window leaves, in SQL. Of a measurement `m` what it says; of windows from before migration 35 its own comparison says it. */

/** Of all rows of a window: counts by cell. */
export const CELLS = `coalesce(m.cells, m.details->'counts')`;
/** Whether several windows together show that the column moved. */
export const POOLED_DRIFTED = `coalesce(m.pooled_drifted, m.details->'pooled'->'drifted' = 'true', false)`;
/** The windows that showed it, and how much the last of them did. */
export const POOLED_WINDOWS = `coalesce(m.pooled_windows, (m.details->'pooled'->>'windows')::int)`;
export const POOLED_LAST_WINDOW = `coalesce(m.pooled_last_window, (m.details->'pooled'->>'last_window')::float8)`;

/** Of a window `w`: whether a row was counted in it, also where its counts are kept no longer. */
export const HAS_ROWS = `(coalesce(w.emptied_rows, 0) > 0 or exists (
  select 1 from window_content c where c.whole_id = w.id and c.segment = '' and c.kind = 'input' and c.rows > 0
))`;
/** A stored severity as it is called now; earlier versions stored other words. */
export function severityNow(column: string): string {
  return `case ${column} when 'notice' then 'info' when 'warn' then 'warning' when 'alarm' then 'critical' else ${column} end`;
}
