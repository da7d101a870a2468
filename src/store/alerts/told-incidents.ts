import type { IncidentNews } from '../../core/jobs.ts';
import type { Queryable } from '../connection/pool.ts';
import { readNotification } from '../connection/read-notification.ts';

/** The newest notification of each incident that a channel has taken, of those that are open or have ended since. */
export async function loadToldIncidents(
  db: Queryable,
  channel: string,
  endedSinceMs: number,
): Promise<IncidentNews[]> {
  const found = await db.query<{ notification: IncidentNews }>(
    `select n.notification from alert a
     cross join lateral (
       select o.payload -> 'notification' as notification from outbox o
       where o.kind = 'notify' and o.payload -> 'notification' ->> 'incidentId' = a.id::text
         and o.payload ->> 'channel' = $1 and o.outcome = 'sent'
       order by o.id desc limit 1
     ) n
     where a.state in ('firing', 'recovering') or (a.state = 'resolved' and a.resolved_at >= $2)
     order by a.id`,
    [channel, new Date(endedSinceMs)],
  );
  return found.rows.map(({ notification }) => readNotification(notification) as IncidentNews);
}
