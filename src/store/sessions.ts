import { hash, randomBytes } from 'node:crypto';
import { HOUR_MS } from '../core/clock.ts';
import { appendAudit } from './audit.ts';
import { inTransaction, type Pool, type Queryable } from './connection/pool.ts';
import { selectOne } from './connection/select.ts';
import type { TokenGrant } from './tokens.ts';

const SESSION_MS = 12 * HOUR_MS;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const SECRET_BYTES = 32;

export type SessionOwner =
  | { readonly via: 'token'; readonly token: string }
  | {
      readonly via: 'oidc';
      readonly issuer: string;
      readonly subject: string;
      readonly name: string;
      readonly scopes: TokenGrant['scopes'];
    };

/** What a session lets its holder do. `prefix` is that of its token, or `oidc:<subject>`. */
export interface SessionGrant extends TokenGrant {
  readonly via: SessionOwner['via'];
  readonly expiresAt: string;
}

export interface SessionRequest {
  /** What the browser had before: it ends, whoever had it. */
  readonly replaced: string | null;
  readonly address: string;
}

/**
 * A session of 256 random bits, of which the hash is kept, never one that a request brought along. It lasts twelve hours, and no longer
 * than its token. Noted in the same transaction.
 *
 * @returns null where the token has been revoked meanwhile
 */
export async function beginSession(
  pool: Pool,
  owner: SessionOwner,
  { replaced, address }: SessionRequest,
  nowMs: number,
): Promise<{ secret: string; grant: SessionGrant } | null> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return await inTransaction(pool, async (tx) => {
    if (replaced !== null) await tx.query('delete from login_session where sha256 = $1', [digest(replaced)]);
    const times = [digest(secret), nowMs, nowMs + SESSION_MS];
    if (owner.via === 'token') {
      await tx.query(
        `insert into login_session (sha256, token_id, created_at, expires_at)
         select $1, id, to_timestamp($2 / 1000.0), least(to_timestamp($3 / 1000.0), expires_at) from api_token where sha256 = $4`,
        [...times, digest(owner.token)],
      );
    } else {
      const { issuer, subject, name, scopes } = owner;
      await tx.query(
        `insert into login_session (sha256, created_at, expires_at, issuer, subject, name, scopes)
         values ($1, to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0), $4, $5, $6, $7)`,
        [...times, issuer, subject, name, scopes],
      );
    }
    const issuer = owner.via === 'oidc' ? owner.issuer : null;
    const grant = await findSession(tx, secret, issuer, nowMs);
    if (grant === null) return null;
    await appendAudit(tx, entryOf('sign_in', grant, address), nowMs);
    return { secret, grant };
  });
}

interface StoredSession {
  token_prefix: string | null;
  subject: string;
  name: string;
  scopes: TokenGrant['scopes'];
  expires_at: string;
}

/**
 * Whose cookie is this? Null once it, or its token, has ended. Found by its hash: how long that takes says nothing of the cookie.
 *
 * @param issuer the provider that is configured: sessions of another have ended
 */
export async function findSession(
  db: Queryable,
  secret: string,
  issuer: string | null,
  nowMs: number,
): Promise<SessionGrant | null> {
  if (!SECRET.test(secret)) return null;
  const found = await selectOne<StoredSession>(
    db,
    `select t.prefix as token_prefix, s.subject, coalesce(t.name, s.name) as name, coalesce(t.scopes, s.scopes) as scopes, s.expires_at
     from login_session s left join api_token t on t.id = s.token_id
     where s.sha256 = $1 and s.expires_at > to_timestamp($2 / 1000.0)
       and case when s.token_id is null then s.issuer = $3
           else t.revoked_at is null and coalesce(t.expires_at > to_timestamp($2 / 1000.0), true) end`,
    [digest(secret), nowMs, issuer],
  );
  if (found === null) return null;
  const { token_prefix: prefix, subject, name, scopes, expires_at: expiresAt } = found;
  return prefix === null
    ? { via: 'oidc', prefix: `oidc:${subject}`, name, scopes, expiresAt }
    : { via: 'token', prefix, name, scopes, expiresAt };
}

/** Signs out, and notes it. */
export async function endSession(
  pool: Pool,
  secret: string,
  grant: TokenGrant,
  address: string,
  nowMs: number,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query('delete from login_session where sha256 = $1', [digest(secret)]);
    await appendAudit(tx, entryOf('sign_out', grant, address), nowMs);
  });
}

function entryOf(action: string, { prefix, name }: TokenGrant, address: string) {
  return { actor: prefix, actorName: name, action, target: null, refusedBecause: null, address };
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
