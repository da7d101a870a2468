import type { Pool } from '../../src/store/connection/pool.ts';

/** An incident that is open for the newest of a model's windows, with a word on each. @returns its id */
export async function addIncident(pool: Pool, windows: number): Promise<string> {
  const found = await pool.query<{ id: string }>(
    `with shown as (
       select id, model_version_id, size_ms, start_at, end_at from "window" order by start_at desc limit $1
     ), made as (
       insert into alert (model_version_id, size_ms, segment, series, state, cause, verdict, types, subjects, fired_verdict, told_types,
         windows_in_a_row, verdict_in_a_row, clean_in_a_row, since_at, last_window_id, fired_at, last_notified_at, told_at, created_at, updated_at)
       select model_version_id, size_ms, '', 'closed', 'firing', 'shift', 'covariate_shift', '{covariate_shift}', '{x_1}', 'covariate_shift',
         '{covariate_shift}', $1, $1, 0, min(start_at), (array_agg(id order by start_at desc))[1], min(end_at), min(end_at), min(end_at),
         min(end_at), max(end_at)
       from shown group by model_version_id, size_ms returning *
     ), view as (
       insert into alert_view (alert_id, series, state, verdict, types, subjects, windows_in_a_row, verdict_in_a_row, since_at, last_window_id)
       select id, series, state, verdict, types, subjects, windows_in_a_row, verdict_in_a_row, since_at, last_window_id from made
     ), said as (
       insert into alert_event (alert_id, at, kind, reason, window_id, series)
       select m.id, s.end_at, case when s.end_at = m.fired_at then 'firing' else 'still_firing' end, 'shift_continues', s.id, 'closed'
       from made m, shown s order by s.end_at
     )
     select id::text as id from made`,
    [windows],
  );
  return found.rows[0]!.id;
}
