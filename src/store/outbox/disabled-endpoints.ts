import type { NotifyMessage } from '../../core/jobs.ts';
import type { EndpointSection } from '../rows/words.ts';
import { appendOutbox } from './outbox.ts';
import { inTransaction } from '../connection/pool.ts';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

/** A receiver under its name in the configuration; its address only as a hash. */
export interface StoredEndpoint {
  readonly section: EndpointSection;
  readonly name: string;
  readonly addressHash: string;
}

interface Disabled {
  readonly endpoint: StoredEndpoint;
  readonly deliveryId: string;
  readonly detail: string;
  readonly notices: readonly { readonly key: string; readonly message: NotifyMessage }[];
  readonly nowMs: number;
}

/** Another address under the same name is not disabled: it was not the one that said it is gone. */
async function isEndpointDisabled(db: Queryable, endpoint: StoredEndpoint): Promise<boolean> {
  const found = await db.query(
    'select 1 from disabled_endpoint where section = $1 and name = $2 and address_hash = $3',
    [endpoint.section, endpoint.name, endpoint.addressHash],
  );
  return found.rowCount === 1;
}

/** Disables an endpoint and, when that is news, tells the first channel that is not disabled itself. */
async function disableEndpoint(tx: Tx, disabled: Disabled): Promise<boolean> {
  const { endpoint, deliveryId, detail, notices, nowMs } = disabled;
  const { section, name, addressHash } = endpoint;
  const inserted = await tx.query(
    `insert into disabled_endpoint (section, name, address_hash, delivery_id, detail, disabled_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (section, name) do update
     set address_hash = excluded.address_hash, delivery_id = excluded.delivery_id, detail = excluded.detail,
       disabled_at = excluded.disabled_at
     where disabled_endpoint.address_hash <> excluded.address_hash`,
    [section, name, addressHash, deliveryId, storableText(detail), new Date(nowMs)],
  );
  if (inserted.rowCount !== 1) return false;
  const silent = await tx.query<{ name: string }>(
    `select name from disabled_endpoint where section = 'channels'`,
  );
  const isSilent = new Set(silent.rows.map((row) => row.name));
  const told = notices.find(({ message }) => !isSilent.has(message.channel));
  if (told !== undefined) await appendOutbox(tx, told.message, told.key);
  return true;
}

/** A channel and a webhook may share a name; answers which of them were disabled. */
export async function enableEndpoint(db: Queryable, name: string): Promise<EndpointSection[]> {
  const enabled = await db.query<{ section: EndpointSection }>(
    'delete from disabled_endpoint where name = $1 returning section',
    [name],
  );
  return enabled.rows.map((row) => row.section);
}

/** Forgets what the configuration names no more, or by another address. Answers what is enabled by that. */
export async function forgetChangedEndpoints(
  db: Queryable,
  configured: readonly StoredEndpoint[],
): Promise<Pick<StoredEndpoint, 'section' | 'name'>[]> {
  const forgotten = await db.query<Pick<StoredEndpoint, 'section' | 'name'>>(
    `delete from disabled_endpoint
     where (section, name, address_hash) not in (
       select * from unnest($1::text[], $2::text[], $3::text[]))
     returning section, name`,
    [
      configured.map(({ section }) => section),
      configured.map(({ name }) => name),
      configured.map(({ addressHash }) => addressHash),
    ],
  );
  return forgotten.rows;
}

/** The endpoints as those who post to them see them. */
export function endpointStore(pool: Pool) {
  return {
    isDisabled: (endpoint: StoredEndpoint) => isEndpointDisabled(pool, endpoint),
    disable: (disabled: Disabled) => inTransaction(pool, (tx) => disableEndpoint(tx, disabled)),
  };
}
