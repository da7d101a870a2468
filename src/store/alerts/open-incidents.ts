import type { Acknowledgement, Snooze } from '../../core/alerts/alert-hold.ts';
import type { Fault } from '../../core/faults.ts';
import { ATTENTION_COLUMNS } from './alert-attention.ts';
import type { Queryable } from '../connection/pool.ts';

/** An incident that fires or recovers, with what its newest window shows. */
export interface StoredIncident {
  readonly id: string;
  readonly modelVersionId: number;
  readonly model: string;
  readonly version: string;
  readonly segment: string;
  readonly types: readonly string[];
  /** Features that moved in its newest window, without the faulty ones. */
  readonly moved: readonly string[];
  /** Of the newest of its windows that shows any: a window that is clean again does not unsay them at once. */
  readonly faults: readonly { readonly fault: Fault; readonly feature: string }[];
  readonly acknowledgement: Acknowledgement | null;
  readonly snooze: Snooze | null;
}

/** Of one model version, or (null) of all. */
export async function loadOpenIncidents(
  db: Queryable,
  modelVersionId: number | null,
): Promise<StoredIncident[]> {
  const found = await db.query<StoredIncident>(
    `select a.id::text as id, a.model_version_id as "modelVersionId", m.name as model, v.name as version, a.segment, a.types,
       array(select distinct s.name from alert_view i join measurement s on s.window_id = i.last_window_id and s.series = 'closed'
         where a.cause = 'shift' and i.alert_id = a.id and i.state <> 'resolved' and s.segment = a.segment
           and s.subject = 'feature' and s.drifted order by s.name) as moved,
       coalesce(f.faults, '[]') as faults, ${ATTENTION_COLUMNS}
     from alert a
     join model_version v on v.id = a.model_version_id
     join model m on m.id = v.model_id
     left join lateral (
       select d.diagnosis -> 'faults' as faults
       from "window" w join verdict d on d.window_id = w.id and d.segment = a.segment
         and d.series in (select i.series from alert_view i where i.alert_id = a.id)
       where 'data_fault' = any(a.types || a.told_types) and w.model_version_id = a.model_version_id
         and w.size_ms = a.size_ms and w.start_at >= a.since_at
         and jsonb_array_length(d.diagnosis -> 'faults') > 0
       order by w.start_at desc, d.revision desc limit 1
     ) f on true
     where a.state in ('firing', 'recovering') and ($1::integer is null or a.model_version_id = $1)
     order by a.id`,
    [modelVersionId],
  );
  return found.rows;
}
