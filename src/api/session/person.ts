import type { Login } from './identify.ts';
import { ProblemError } from '../problem.ts';

/** Who says something: whoever signed in, whatever the body says; programs, which bring a token, have to say it. */
export function authorOf(login: Login | null, given: string | undefined): string {
  const author = login?.grant.name ?? given;
  if (author !== undefined) return author;
  const message = 'is needed: no login says who it is';
  throw new ProblemError('validation_failed', { errors: [{ in: 'body', path: '/author', message }] });
}
