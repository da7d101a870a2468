import { listAnnotations } from '../alerts/annotations.ts';
import type { Queryable } from '../connection/pool.ts';
import { select, selectOne } from '../connection/select.ts';
import type { AlertEventRow, AlertRow } from '../rows/alerts.ts';
import type { DeliveryRow } from '../rows/deliveries.ts';
import type { Investigation } from '../rows/investigations.ts';
import { DELIVERY_COLUMNS, DELIVERY_FROM } from './deliveries.ts';

/** What happens within the span of an incident, of each kind. */
const MOST = 20;
const MOST_DELIVERIES = 100;

/** Newest lines of its story, oldest first. */
export async function newestEvents(db: Queryable, alertId: string, most: number): Promise<AlertEventRow[]> {
  return await select<AlertEventRow>(
    db,
    `select e.id::text as id, e.at, e.kind, e.reason, e.window_id::text as window_id, e.details
     from (select * from alert_event where alert_id = $1 order by alert_event.id desc limit $2) e order by e.id`,
    [alertId, most],
  );
}

/** Of the messages about an incident, oldest first. */
export async function deliveriesOf(db: Queryable, alertId: string): Promise<DeliveryRow[]> {
  return await select<DeliveryRow>(
    db,
    `select ${DELIVERY_COLUMNS} ${DELIVERY_FROM}
     where o.kind = 'notify' and o.payload -> 'notification' ->> 'incidentId' = $1
       and o.payload -> 'notification' ->> 'about' = 'incident'
     order by d.created_at, d.id limit ${MOST_DELIVERIES}`,
    [alertId],
  );
}

/** The incidents of the same model that people heard of, straight before and after it. */
export async function neighboursOf(db: Queryable, alertId: string): Promise<Investigation['neighbours']> {
  const side = (comparison: '<' | '>', order: 'asc' | 'desc'): string => `(
    select b.id::text from alert b join model_version w on w.id = b.model_version_id
    where w.model_id = v.model_id and b.fired_at is not null and (b.since_at, b.id) ${comparison} (a.since_at, a.id)
    order by b.since_at ${order}, b.id ${order} limit 1)`;
  const found = await selectOne<Investigation['neighbours']>(
    db,
    `select ${side('<', 'desc')} as previous, ${side('>', 'asc')} as next
     from alert a join model_version v on v.id = a.model_version_id where a.id = $1`,
    [alertId],
  );
  return found ?? { previous: null, next: null };
}

/** What else happened while it lasted: from its first window on, to the end of its newest. */
export async function meanwhile(db: Queryable, alert: AlertRow): Promise<Investigation['meanwhile']> {
  const to = alert.until ?? (await endOfNewest(db, alert));
  const span = [alert.since, to, MOST];
  const [incidents, versions, retrains, log, annotations] = [
    await select<Investigation['meanwhile']['incidents'][number]>(
      db,
      `select a.id::text as id, m.name as model, v.name as version, a.cause, a.state, a.verdict, a.since_at as since, a.until_at as until
       from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
       left join "window" l on l.id = a.last_window_id
       where a.id <> $4 and a.fired_at is not null and a.since_at < $2 and coalesce(a.until_at, l.end_at, 'infinity') > $1
       order by a.since_at, a.id limit $3`,
      [...span, alert.id],
    ),
    await select<Investigation['meanwhile']['versions'][number]>(
      db,
      `select m.name as model, v.name as version, v.first_seen_at from model_version v join model m on m.id = v.model_id
       where v.first_seen_at >= $1 and v.first_seen_at < $2 order by v.first_seen_at, v.id limit $3`,
      span,
    ),
    await select<Investigation['meanwhile']['retrains'][number]>(
      db,
      `select r.id::text as id, m.name as model, r.state, r.trigger, r.requested_at
       from retrain_run r join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
       where r.requested_at >= $1 and (r.requested_at < $2 or r.request -> 'incident' ->> 'id' = $4)
       order by r.requested_at, r.id limit $3`,
      [...span, alert.id],
    ),
    await select<Investigation['meanwhile']['log'][number]>(
      db,
      `select source, kind, records, found_at from log_incident where found_at >= $1 and found_at < $2
       order by found_at, log_incident.id limit $3`,
      span,
    ),
    await listAnnotations(
      db,
      { model: alert.model, from: alert.since, to, removed: false },
      { limit: MOST, after: null },
    ),
  ];
  return { incidents, versions, retrains, log, annotations: annotations.items };
}

async function endOfNewest(db: Queryable, { last_window_id: id, updated_at }: AlertRow): Promise<string> {
  const found = await selectOne<{ end: string }>(db, 'select end_at as "end" from "window" where id = $1', [
    id,
  ]);
  return found?.end ?? updated_at;
}
