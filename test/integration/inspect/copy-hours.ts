import type { Pool } from '../../../src/store/connection/pool.ts';

/** Ninety days of windows as the first of the model `hourly` is, and a fault in one of them. */
export async function copyHours(pool: Pool): Promise<void> {
  await pool.query(
    `with one as (
       select w.* from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where m.name = 'hourly' order by w.start_at limit 1
     ), made as (
       insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, baseline_id, state, closed_revision)
       select model_version_id, size_ms, start_at + n * interval '1 hour', end_at + n * interval '1 hour', grace_ms, baseline_id, 'closed', 1
       from one, generate_series(10, 2169) n returning id, start_at
     ), parts as (
       insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
       select made.id, p.segment, p.kind, p.source, p.partition, p.from_offset, p.to_offset, p.rows, p.delta
       from made, one, window_part p where p.window_id = one.id and p.kind = 'input' and p.segment = ''
     )
     insert into measurement (window_id, series, segment, subject, name, revision, kind, status, severity, drifted, reason,
       rows_reference, rows_current, missing_reference, missing_current, invalid_reference, invalid_current, psi, cells)
     select made.id, m.series, m.segment, m.subject, m.name, 1, m.kind,
       case when made.start_at = (select max(start_at) - interval '100 hours' from made) then 'fault' else m.status end,
       m.severity, m.drifted, m.reason, m.rows_reference, m.rows_current, 0, 0.25, 0, 0, m.psi, m.cells
     from made, one, measurement m where m.window_id = one.id and m.segment = '' and m.subject = 'feature'`,
  );
}
