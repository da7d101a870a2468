import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problem.ts';

const HEADER = 'x-shiftwatch-csrf';

/** What only a page of this site can know of a session: made of its cookie, which no script can read and which it does not tell. */
export function csrfOf(secret: string): string {
  return hash('sha256', `csrf:${secret}`, 'base64url');
}

/**
 * Browsers send a cookie along with what other sites ask of them; this they do not.
 *
 * @param field what a form brings instead of the header
 */
export function expectCsrf(request: FastifyRequest, secret: string, field?: string): void {
  const header = request.headers[HEADER];
  const given = field ?? (typeof header === 'string' ? header : '');
  const [told, expected] = [given, csrfOf(secret)].map((text) => hash('sha256', text, 'buffer')) as [
    Buffer,
    Buffer,
  ];
  if (timingSafeEqual(told, expected)) return;
  throw new ProblemError('csrf_token', {
    detail:
      'Send `csrf` of GET /session as the header X-Shiftwatch-CSRF, or a bearer token instead of a cookie.',
  });
}
