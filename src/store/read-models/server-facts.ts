import type { Queryable } from '../connection/pool.ts';
import { selectOne } from '../connection/select.ts';

/** What `doctor` asks of a PostgreSQL server. */
export interface ServerFacts {
  version: string;
  /** 150004 is 15.4. */
  version_number: number;
  max_connections: number;
  /** Connections in use by anybody, this one included. */
  connections: number;
  now: string;
  encoding: string;
}

export async function serverFacts(db: Queryable): Promise<ServerFacts> {
  const facts = await selectOne<ServerFacts>(
    db,
    `select current_setting('server_version') as version,
       current_setting('server_version_num')::integer as version_number,
       current_setting('max_connections')::integer as max_connections,
       (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
       clock_timestamp() as now,
       current_setting('server_encoding') as encoding`,
  );
  if (facts === null) throw new Error('the server said nothing about itself');
  return facts;
}
