import type { LogIncidentKind } from '../log/incidents.ts';
import type { Queryable } from '../connection/pool.ts';
import { select } from '../connection/select.ts';

export interface LogIncidentRow {
  id: string;
  source: string;
  partition: number;
  kind: LogIncidentKind;
  from_offset: string;
  to_offset: string;
  records: number;
  found_at: string;
}

export interface LogIncidentCount {
  source: string;
  kind: LogIncidentKind;
  count: number;
  records: number;
}

const SHOWN = 20;

/** What logs have lost: the newest incidents, newest first. */
export async function newestIncidents(db: Queryable): Promise<LogIncidentRow[]> {
  return await select<LogIncidentRow>(
    db,
    `select id::text, source, partition, kind, from_offset::text, to_offset::text, records, found_at
     from log_incident order by found_at desc, id desc limit $1`,
    [SHOWN],
  );
}

export async function incidentCounts(db: Queryable): Promise<LogIncidentCount[]> {
  return await select<LogIncidentCount>(
    db,
    `select source, kind, count(*) as count, sum(records)::bigint as records
     from log_incident group by source, kind order by source, kind`,
  );
}
