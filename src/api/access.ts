import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenGrant, TokenScope } from '../store/tokens.ts';
import { isSafeMethod } from './browser-guard.ts';
import { ProblemError } from './problem.ts';
import { expectCsrf } from './session/csrf.ts';
import { identify, type IdentifyDeps, type Login } from './session/identify.ts';
import { lastingVerification } from './session/lasting-verification.ts';

/** Who may use a route. `open` needs no token: health, and the callback that proves itself by signature. */
export type Access = TokenScope | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Tells that the database is away: a token verified shortly before is enough meanwhile. */
    outlivesDatabase?: boolean;
  }
  interface FastifyRequest {
    /** Null on open routes, and everywhere when no tokens are configured. */
    grant: TokenGrant | null;
    /** Null unless the request is a browser's that has signed in, and brings nothing but its cookie. */
    login: Login | null;
  }
}

/** Whether a token with these scopes may use a route. */
export function allows(scopes: readonly TokenScope[], access: Access): boolean {
  if (access === 'open' || scopes.includes(access)) return true;
  return access === 'read' && scopes.includes('operate');
}

/**
 * Asks for a token or a login before a route's body is read. A route that does not say who may use it stops the program
 * at start, so that forgetting is not the same as opening.
 */
export function addAccessControl(app: FastifyInstance, deps: IdentifyDeps): void {
  app.decorateRequest('grant', null);
  app.decorateRequest('login', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`route ${route.url} does not say who may use it`);
  });
  if (deps.verifyToken === null) return;
  const lasting = { ...deps, verifyToken: lastingVerification(deps.verifyToken) };
  app.addHook('onRequest', async (request, reply) => {
    // No route matched: the answer is "not found" for everybody.
    if (request.is404) return;
    const { access = 'operate', outlivesDatabase = false } = request.routeOptions.config;
    if (access === 'open') return;
    const caller = await identify(request, outlivesDatabase ? lasting : deps);
    if (!caller.ok) {
      const canSignIn = app.hasRoute({ method: 'GET', url: '/login' });
      if (!canSignIn || !isPageOfNobody(request)) throw unauthorized(request, caller.error);
      return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 302);
    }
    const { grant, login } = caller.value;
    request.grant = grant;
    request.login = login;
    if (!allows(grant.scopes, access)) {
      const who = login === null ? `the token ${grant.prefix}` : `the login of ${grant.name}`;
      throw new ProblemError('insufficient_scope', {
        detail: `This route needs the scope \`${access}\`; ${who} has ${grant.scopes.join(', ')}.`,
      });
    }
    if (login !== null && !isSafeMethod(request.method)) expectCsrf(request, login.secret);
  });
}

/** A browser that shows pages, and has not said who it is. */
function isPageOfNobody({ method, headers }: FastifyRequest): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers.authorization === undefined &&
    headers.accept?.includes('text/html') === true
  );
}

export function unauthorized(request: FastifyRequest, detail: string): ProblemError {
  const bearer = 'Bearer realm="shiftwatch"';
  // Only a page asks a browser to prompt: a script that calls the API should get its 401.
  const isPage = request.headers.accept?.includes('text/html') === true;
  const challenge = isPage
    ? `Basic realm="shiftwatch: a token as password", charset="UTF-8", ${bearer}`
    : bearer;
  return new ProblemError('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}
