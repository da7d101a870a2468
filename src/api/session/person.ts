import type { TokenGrant } from '../../store/tokens.ts';
import { ProblemError } from '../problem.ts';

/** Who says something: as the body has it, else whoever signed in or has the token. Without tokens it has to be said. */
export function authorOf(grant: TokenGrant | null, given: string | undefined): string {
  const author = given ?? grant?.name;
  if (author !== undefined) return author;
  const message = 'is needed: no login says who it is';
  throw new ProblemError('validation_failed', { errors: [{ in: 'body', path: '/author', message }] });
}
