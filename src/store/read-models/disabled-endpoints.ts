import type { DisabledEndpointRow } from '../rows/deliveries.ts';
import type { Queryable } from '../connection/pool.ts';
import { select } from '../connection/select.ts';

export async function listDisabledEndpoints(db: Queryable): Promise<DisabledEndpointRow[]> {
  return await select<DisabledEndpointRow>(
    db,
    `select e.section, e.name, e.disabled_at, e.detail,
       (select count(*) from delivery d join outbox o on o.id = d.outbox_id
        where d.state = 'dead' and d.kind = 'webhook'
          and coalesce(o.payload ->> 'channel', o.payload ->> 'webhook') = e.name) as dead
     from disabled_endpoint e order by e.section, e.name`,
  );
}
