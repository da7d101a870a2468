import type { UnsubscribedRow } from '../rows/recipients.ts';
import type { Queryable } from '../connection/pool.ts';
import { select, selectOne } from '../connection/select.ts';

/** Addresses are as `bareAddress` gives them. */
async function stoppedAddresses(db: Queryable, addresses: readonly string[]): Promise<Set<string>> {
  const found = await db.query<{ address: string }>(
    'select address from mail_unsubscription where address = any($1::text[])',
    [addresses],
  );
  return new Set(found.rows.map(({ address }) => address));
}

/** False: they had stopped before. */
export async function stopMails(db: Queryable, address: string, nowMs: number): Promise<boolean> {
  const stopped = await db.query(
    'insert into mail_unsubscription (address, unsubscribed_at) values ($1, $2) on conflict do nothing',
    [address, new Date(nowMs)],
  );
  return stopped.rowCount === 1;
}

/** Null: the address gets its mails. */
export async function resumeMails(db: Queryable, address: string): Promise<UnsubscribedRow | null> {
  return await selectOne<UnsubscribedRow>(
    db,
    'delete from mail_unsubscription where address = $1 returning address, unsubscribed_at',
    [address],
  );
}

export async function listUnsubscribed(db: Queryable): Promise<UnsubscribedRow[]> {
  return await select<UnsubscribedRow>(
    db,
    'select address, unsubscribed_at from mail_unsubscription order by unsubscribed_at desc, address',
  );
}

/** Signs and verifies the links by which mails are stopped; made once, with the table. */
export async function loadMailSecret(db: Queryable): Promise<Buffer> {
  const found = await db.query<{ secret: Buffer }>('select secret from mail_secret');
  const secret = found.rows[0]?.secret;
  if (secret === undefined) throw new Error('the table mail_secret has lost its row');
  return secret;
}

async function countMailTrouble(db: Queryable, what: 'chart_failed'): Promise<void> {
  await db.query(
    `insert into mail_count (what, count) values ($1, 1)
     on conflict (what) do update set count = mail_count.count + 1`,
    [what],
  );
}

/** The mail of the act role, as it sees its tables. */
export function mailRecipients(db: Queryable) {
  return {
    stopped: (addresses: readonly string[]) => stoppedAddresses(db, addresses),
    secret: () => loadMailSecret(db),
    count: (what: 'chart_failed') => countMailTrouble(db, what),
  };
}
