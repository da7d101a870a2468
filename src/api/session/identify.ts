import type { FastifyRequest } from 'fastify';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SessionGrant } from '../../store/sessions.ts';
import type { TokenGrant, TokenRefusal } from '../../store/tokens.ts';
import type { ApiDeps } from '../api-deps.ts';
import { readCookie } from './cookies.ts';

/** A browser that has signed in. */
export interface Login {
  readonly secret: string;
  readonly grant: SessionGrant;
}

interface Caller {
  readonly grant: TokenGrant;
  /** Null: a token came along with the request. */
  readonly login: Login | null;
}

export type IdentifyDeps = Pick<ApiDeps, 'verifyToken' | 'sessions' | 'clock' | 'publicUrl'>;

// "Unknown" and "malformed" read the same: an answer must not tell how close a guess came.
export const TOKEN_REFUSALS: Record<TokenRefusal, string> = {
  malformed: 'The token is not known here.',
  unknown: 'The token is not known here.',
  expired: 'The token has expired.',
  revoked: 'The token was revoked.',
};

/**
 * Who sends this? The token of the `Authorization` header where there is one, else the session of the cookie.
 *
 * @returns in words why it is nobody
 */
export async function identify(request: FastifyRequest, deps: IdentifyDeps): Promise<Result<Caller, string>> {
  const nowMs = deps.clock.nowMs();
  if (request.headers.authorization === undefined) {
    const login = await loginOf(request, deps);
    return login === null
      ? fail('Send it as `Authorization: Bearer sw_…`.')
      : ok({ grant: login.grant, login });
  }
  const presented = presentedToken(request);
  if (presented === null || deps.verifyToken === null)
    return fail('Send it as `Authorization: Bearer sw_…`.');
  const verified = await deps.verifyToken(presented, nowMs);
  return verified.ok ? ok({ grant: verified.value, login: null }) : fail(TOKEN_REFUSALS[verified.error]);
}

/** The session of the cookie, whatever else the request brings. */
export async function loginOf(
  request: FastifyRequest,
  { sessions, clock, publicUrl }: IdentifyDeps,
): Promise<Login | null> {
  const secret = readCookie(request, 'session', publicUrl);
  if (secret === null) return null;
  const grant = await sessions.find(secret, clock.nowMs());
  return grant === null ? null : { secret, grant };
}

/**
 * A bearer token or, for browsers, which cannot send one from their address bar, the password of Basic
 * authentication (any user name).
 */
function presentedToken(request: FastifyRequest): string | null {
  const header = request.headers.authorization ?? '';
  const bearer = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1];
  if (basic === undefined) return null;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : pair.slice(colon + 1);
}
