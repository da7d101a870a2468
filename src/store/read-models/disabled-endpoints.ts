import type { EndpointSection } from '../outbox/disabled-endpoints.ts';
import type { Queryable } from '../connection/pool.ts';
import { select } from '../connection/select.ts';

export interface DisabledEndpointRow {
  section: EndpointSection;
  name: string;
  disabled_at: string;
  /** What it said. */
  detail: string;
  /** Deliveries that were given up because of it and were not asked for again. */
  dead: number;
}

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
