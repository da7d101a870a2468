import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenGrant, TokenRefusal, TokenScope } from '../store/tokens.ts';
import type { ApiDeps } from './api-deps.ts';
import { ProblemError } from './problem.ts';

/** Who may use a route. `open` needs no token: health, and the callback that proves itself by signature. */
export type Access = TokenScope | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Null on open routes, and everywhere when no tokens are configured. */
    grant: TokenGrant | null;
  }
}

/** Whether a token with these scopes may use a route. */
export function allows(scopes: readonly TokenScope[], access: Access): boolean {
  if (access === 'open' || scopes.includes(access)) return true;
  return access === 'read' && scopes.includes('operate');
}

/**
 * Asks for a token before a route's body is read. A route that does not say who may use it stops the program
 * at start, so that forgetting is not the same as opening.
 */
export function addAccessControl(app: FastifyInstance, deps: Pick<ApiDeps, 'verifyToken' | 'clock'>): void {
  app.decorateRequest('grant', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`route ${route.url} does not say who may use it`);
  });
  const { verifyToken, clock } = deps;
  if (verifyToken === null) return;
  app.addHook('onRequest', async (request) => {
    // No route matched: the answer is "not found" for everybody.
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? 'operate';
    if (access === 'open') return;
    const presented = presentedToken(request);
    if (presented === null) throw unauthorized(request, 'Send it as `Authorization: Bearer sw_…`.');
    const verified = await verifyToken(presented, clock.nowMs());
    if (!verified.ok) throw unauthorized(request, REFUSALS[verified.error]);
    if (!allows(verified.value.scopes, access)) {
      throw new ProblemError('insufficient_scope', {
        detail: `This route needs the scope \`${access}\`; the token ${verified.value.prefix} has ${verified.value.scopes.join(', ')}.`,
      });
    }
    request.grant = verified.value;
  });
}

// "Unknown" and "malformed" read the same: an answer must not tell how close a guess came.
const REFUSALS: Record<TokenRefusal, string> = {
  malformed: 'The token is not known here.',
  unknown: 'The token is not known here.',
  expired: 'The token has expired.',
  revoked: 'The token was revoked.',
};

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

function unauthorized(request: FastifyRequest, detail: string): ProblemError {
  const bearer = 'Bearer realm="shiftwatch"';
  // Only a page asks a browser to prompt: a script that calls the API should get its 401.
  const isPage = request.headers.accept?.includes('text/html') === true;
  const challenge = isPage
    ? `Basic realm="shiftwatch: a token as password", charset="UTF-8", ${bearer}`
    : bearer;
  return new ProblemError('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}
