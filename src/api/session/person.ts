import type { Login } from './identify.ts';
import { ProblemError } from '../problem.ts';

/** Who says something: as the body has it, else whoever signed in. Programs, which bring a token, have to say it. */
export function authorOf(login: Login | null, given: string | undefined): string {
  const author = given ?? login?.grant.name;
  if (author !== undefined) return author;
  const message = 'is needed: no login says who it is';
  throw new ProblemError('validation_failed', { errors: [{ in: 'body', path: '/author', message }] });
}
