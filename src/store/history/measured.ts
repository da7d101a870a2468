/** What a measurement `m` says in SQL; of windows from before migration 35 its own comparison says it. */

/** Of all rows of a window: counts by cell. */
export const CELLS = `coalesce(m.cells, m.details->'counts')`;
/** Whether several windows together show that the column moved. */
export const POOLED_DRIFTED = `coalesce(m.pooled_drifted, m.details->'pooled'->'drifted' = 'true', false)`;
/** The windows that showed it, and how much the last of them did. */
export const POOLED_WINDOWS = `coalesce(m.pooled_windows, (m.details->'pooled'->>'windows')::int)`;
export const POOLED_LAST_WINDOW = `coalesce(m.pooled_last_window, (m.details->'pooled'->>'last_window')::float8)`;
