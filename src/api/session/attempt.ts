import { hash, randomBytes } from 'node:crypto';
import { MINUTE_MS } from '../../core/clock.ts';
import type { OidcSecrets } from '../api-deps.ts';
import { returnPath } from './return-path.ts';

const LASTS_MS = 10 * MINUTE_MS;
const RANDOM_BYTES = 32;
const FORM = /^([A-Za-z0-9_-]{43})\.(\d{1,15})\.([A-Za-z0-9_-]*)$/;

/** A sign-in at a provider that has begun. */
export interface Attempt {
  readonly secrets: OidcSecrets;
  readonly to: string;
}

/**
 * All of a sign-in under way is in the browser's cookie: whoever begins a million of them fills no memory and no table, and any process may
 * end what another began. State, nonce and verifier are made of its 256 random bits one way, so that the first two, which others
 * see, tell nothing of the third.
 */
export function newAttempt(to: string, nowMs: number): { cookie: string; attempt: Attempt } {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  const cookie = `${random}.${nowMs}.${Buffer.from(to).toString('base64url')}`;
  return { cookie, attempt: { secrets: secretsOf(random), to } };
}

/** Null: it is none, or too long ago. */
export function readAttempt(cookie: string | null, nowMs: number): Attempt | null {
  const [, random, at, to = ''] = FORM.exec(cookie ?? '') ?? [];
  if (random === undefined || nowMs - Number(at) > LASTS_MS || Number(at) > nowMs) return null;
  return { secrets: secretsOf(random), to: returnPath(Buffer.from(to, 'base64url').toString('utf8')) };
}

export const ATTEMPT_COOKIE = { sameSite: 'Lax', maxAgeMs: LASTS_MS } as const;

function secretsOf(random: string): OidcSecrets {
  const made = (purpose: string): string => hash('sha256', `${purpose}:${random}`, 'base64url');
  return { state: made('state'), nonce: made('nonce'), verifier: made('verifier') };
}
