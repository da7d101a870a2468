import type { FastifyReply, FastifyRequest } from 'fastify';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SessionGrant, SessionOwner } from '../../store/sessions.ts';
import { allows } from '../access.ts';
import type { ApiDeps } from '../api-deps.ts';
import { readCookie, setCookie } from './cookies.ts';
import { TOKEN_REFUSALS } from './identify.ts';
import { ANONYMOUS, type Refusals } from './refusals.ts';

export type SignInDeps = Pick<ApiDeps, 'verifyToken' | 'sessions' | 'clock' | 'publicUrl' | 'oidc'> & {
  readonly refusals: Refusals;
};

export interface SignedIn {
  readonly secret: string;
  readonly grant: SessionGrant;
}

export interface RefusedSignIn {
  /** One sentence, for who signs in. */
  readonly sentence: string;
  /** For the audit trail. */
  readonly reason: string;
  readonly actor?: string;
}

/** With a token that may at least read. */
export async function signInWithToken(
  deps: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<Result<SignedIn, RefusedSignIn>> {
  const actor = /^sw_[a-z0-9]{12}(?=_)/.exec(token)?.[0];
  const verified = (await deps.verifyToken?.(token, deps.clock.nowMs())) ?? fail('unknown' as const);
  if (!verified.ok) {
    return fail({
      sentence: TOKEN_REFUSALS[verified.error],
      reason: verified.error,
      ...(actor !== undefined && { actor }),
    });
  }
  const { scopes, prefix } = verified.value;
  if (!allows(scopes, 'read')) {
    const sentence =
      'This token may only post events: signing in takes one with the scope `read` or `operate`.';
    return fail({ sentence, reason: 'insufficient_scope', actor: prefix });
  }
  return await beginSignedIn(deps, request, reply, { via: 'token', token });
}

/** A new session in a new cookie; the one that the browser brought along has ended. */
export async function beginSignedIn(
  { sessions, clock, publicUrl }: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  owner: SessionOwner,
): Promise<Result<SignedIn, RefusedSignIn>> {
  const nowMs = clock.nowMs();
  const replaced = readCookie(request, 'session', publicUrl);
  const begun = await sessions.begin(owner, { replaced, address: request.ip }, nowMs);
  if (begun === null) return fail({ sentence: TOKEN_REFUSALS.revoked, reason: 'revoked' });
  const maxAgeMs = Date.parse(begun.grant.expiresAt) - nowMs;
  setCookie(request, reply, 'session', begun.secret, { sameSite: 'Strict', maxAgeMs, publicUrl });
  return ok(begun);
}

/** Notes it. @returns null, or after how long to come back: too many of this address were refused */
export async function noteRefusedSignIn(
  { refusals, clock }: SignInDeps,
  { ip: address }: FastifyRequest,
  { reason, actor = ANONYMOUS }: RefusedSignIn,
): Promise<number | null> {
  const entry = { actor, actorName: null, action: 'sign_in', target: null, refusedBecause: reason, address };
  return await refusals.note(address, entry, clock.nowMs());
}
