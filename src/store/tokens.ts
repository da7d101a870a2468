import { hash, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import type { Queryable } from './connection/pool.ts';
import { select, selectOne } from './connection/select.ts';

/** What a token may do. `operate` includes `read`; `ingest` includes nothing else: producers need no more. */
const TOKEN_SCOPES = ['read', 'ingest', 'operate'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export interface TokenRow {
  id: string;
  name: string;
  /** The part that may be shown and logged: `sw_` and the id in it. */
  prefix: string;
  scopes: TokenScope[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Null: never. */
  readonly expiresAtMs: number | null;
}

export interface TokenGrant {
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
}

export interface VerifiedToken extends TokenGrant {
  /** Null: never. */
  readonly expiresAtMs: number | null;
}

export type TokenRefusal = 'malformed' | 'unknown' | 'expired' | 'revoked';

const TOKEN = /^(sw_[a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 12;
const SECRET_BYTES = 32;
/** Writing "last used" on every request would turn each read into a write. */
const LAST_USED_STEP_MS = 60_000;

const COLUMNS = 'id::text as id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at';

/**
 * Makes a token and stores its SHA-256; the text itself is returned once and kept nowhere. A plain hash is
 * enough, because the secret is 256 random bits: there is nothing to guess from a stolen table.
 */
export async function createToken(db: Queryable, token: NewToken): Promise<{ text: string; row: TokenRow }> {
  const id = Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
  const prefix = `sw_${id}`;
  const text = `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const row = await selectOne<TokenRow>(
    db,
    `insert into api_token (id, name, prefix, sha256, scopes, expires_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0)) returning ${COLUMNS}`,
    [randomUUID(), token.name, prefix, digest(text), token.scopes, token.expiresAtMs],
  );
  if (row === null) throw new Error('inserting a token returned no row');
  return { text, row };
}

/** Newest first. */
export async function listTokens(db: Queryable): Promise<TokenRow[]> {
  return select<TokenRow>(db, `select ${COLUMNS} from api_token order by created_at desc, api_token.id`);
}

/** @returns the revoked token, or null when no token in force has this prefix. Takes effect at once. */
export async function revokeToken(db: Queryable, prefix: string): Promise<TokenRow | null> {
  return selectOne<TokenRow>(
    db,
    `update api_token set revoked_at = now() where prefix = $1 and revoked_at is null returning ${COLUMNS}`,
    [prefix],
  );
}

interface StoredToken extends TokenRow {
  sha256: Buffer;
}

/** Who is calling? Looks the token up by its public part and compares the rest in constant time. */
export async function verifyToken(
  db: Queryable,
  text: string,
  nowMs: number,
): Promise<Result<VerifiedToken, TokenRefusal>> {
  const prefix = TOKEN.exec(text)?.[1];
  if (prefix === undefined) return fail('malformed');
  const candidates = await select<StoredToken>(
    db,
    `select ${COLUMNS}, sha256 from api_token where prefix = $1`,
    [prefix],
  );
  const presented = digest(text);
  const token = candidates.find((candidate) => timingSafeEqual(candidate.sha256, presented));
  if (token === undefined) return fail('unknown');
  if (token.revoked_at !== null) return fail('revoked');
  const expiresAtMs = token.expires_at === null ? null : Date.parse(token.expires_at);
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return fail('expired');
  await noteUse(db, token, nowMs);
  return ok({ prefix: token.prefix, name: token.name, scopes: token.scopes, expiresAtMs });
}

async function noteUse(db: Queryable, token: StoredToken, nowMs: number): Promise<void> {
  const lastMs = token.last_used_at === null ? Number.NEGATIVE_INFINITY : Date.parse(token.last_used_at);
  if (nowMs - lastMs < LAST_USED_STEP_MS) return;
  await db.query('update api_token set last_used_at = to_timestamp($2 / 1000.0) where id = $1', [
    token.id,
    nowMs,
  ]);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
