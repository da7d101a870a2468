import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiDeps } from './api-deps.ts';
import { namesLoopback } from './listen.ts';
import { ProblemError } from './problem.ts';

/**
 * Keeps other web sites from using a visitor's browser to reach this server.
 *
 * Without tokens the server trusts whoever can reach it, and a browser on this machine can. A foreign page may
 * point a domain of its own at 127.0.0.1 (DNS rebinding): its requests then name that domain in Host. And it
 * may post a form here: browsers mark such requests with Sec-Fetch-Site and Origin. With tokens the second
 * still matters, since browsers send Basic credentials along.
 */
export function addBrowserGuard(
  app: FastifyInstance,
  deps: Pick<ApiDeps, 'verifyToken' | 'listenHost'>,
): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      done(new ProblemError('bad_request', { detail: 'HTTP/1.1 asks for a Host header.' }));
      return;
    }
    if (deps.verifyToken === null && !namesThisMachine(request, deps.listenHost)) {
      done(
        new ProblemError('host_not_allowed', {
          detail:
            'Without `auth`, only requests to localhost are answered. Use http://localhost, or configure tokens.',
        }),
      );
      return;
    }
    if (!isSafeMethod(request.method) && isCrossSite(request)) {
      done(new ProblemError('cross_site_request', { detail: 'Pages of other sites may not send this.' }));
      return;
    }
    done();
  });
}

export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function namesThisMachine(request: FastifyRequest, listenHost: string): boolean {
  const name = hostName(request.headers.host ?? '');
  return name !== null && (namesLoopback(name) || name === listenHost.toLowerCase());
}

/** `[::1]:8080` → `::1`; the port is left out, because a forwarded port is still this machine. */
function hostName(host: string): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::\d+)?$/.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}

function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = request.headers;
  // Programs send neither header; only browsers do.
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
