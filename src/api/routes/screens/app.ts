import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppFile } from '../../../dashboard/app/built-app.ts';
import type { Absence } from '../../../dashboard/first-page.ts';
import type { ApiDeps } from '../../api-deps.ts';
import type { App } from '../../app.ts';
import { ProblemError } from '../../problem.ts';

/** Scripts, styles and pictures of this server alone; none in the document, so that nothing injected can run. */
const APP_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Addresses that the application answers itself (`src/browser/screens.tsx`). */
const ADDRESSES = [
  '/',
  '/models/*',
  '/incidents',
  '/incidents/*',
  '/windows/*',
  '/retrains',
  '/retrains/*',
  '/pipeline',
  '/configuration',
  '/audit',
  '/components',
];

const schema = { hide: true } as const;

/**
 * The browser application: one shell for each of its addresses, and its files. While it is not there, the script-free
 * page answers at the same addresses and says so.
 */
export function addAppRoutes(
  app: App,
  { dashboard }: Pick<ApiDeps, 'dashboard'>,
  scriptFree: (reply: FastifyReply, absence: Absence) => Promise<FastifyReply>,
): void {
  const shell = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = dashboard?.() ?? { state: 'none' as const };
    if (now.state !== 'ready') return await scriptFree(reply, now);
    return sendFile(request, reply.header('content-security-policy', APP_POLICY), now.app.shell);
  };
  for (const url of ADDRESSES) app.get(url, { config: { access: 'read' }, schema }, shell);

  // The same bytes for everybody, and named by what is in them.
  app.get('/assets/*', { config: { access: 'open' }, schema }, async (request, reply) => {
    const now = dashboard?.();
    const file = now?.state === 'ready' ? now.app.files.get(request.url.split('?')[0] ?? '') : undefined;
    if (file === undefined) throw new ProblemError('not_found', { detail: 'There is no such file.' });
    return sendFile(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file);
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: AppFile): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  reply.type(file.type).header('vary', 'accept-encoding');
  if (file.brotli !== null && /\bbr\b/.test(accepted)) {
    return reply.header('content-encoding', 'br').send(file.brotli);
  }
  if (file.gzip !== null && /\bgzip\b/.test(accepted)) {
    return reply.header('content-encoding', 'gzip').send(file.gzip);
  }
  return reply.send(file.bytes);
}
