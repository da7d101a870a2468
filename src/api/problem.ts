import { z } from 'zod';

/** Every way a request can fail, with its status and title (RFC 9457). Closed: clients may switch on it. */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request does not fit the schema' },
  malformed_body: { status: 400, title: 'The body cannot be read' },
  bad_request: { status: 400, title: 'The request is malformed' },
  unknown_format: { status: 400, title: 'The format is not known here' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  bad_signature: { status: 401, title: 'The signature does not verify' },
  insufficient_scope: { status: 403, title: 'The token may not do this' },
  csrf_token: { status: 403, title: 'Only a page of this site may send this with a cookie' },
  cross_site_request: { status: 403, title: 'Another site sent this request' },
  host_not_allowed: { status: 403, title: 'The Host header does not name this server' },
  not_found: { status: 404, title: 'There is no such thing' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  body_too_large: { status: 413, title: 'The body is too large' },
  too_many_events: { status: 413, title: 'The body holds too many events' },
  too_many_windows: { status: 413, title: 'The body holds events of too many windows' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that is not read here' },
  not_comparable: { status: 422, title: 'The files cannot be compared' },
  idempotency_conflict: { status: 422, title: 'The idempotency key was used for another body' },
  busy: { status: 429, title: 'More than can be done at the moment' },
  too_many_streams: { status: 429, title: 'More streams than are served at once' },
  too_many_refusals: { status: 429, title: 'Too many sign-ins of this address were refused' },
  head_too_large: { status: 431, title: 'The head of the request is too large' },
  internal: { status: 500, title: 'Something is broken on our side' },
  unavailable: { status: 503, title: 'Not able to answer at the moment' },
} as const;
export type ProblemName = keyof typeof PROBLEMS;

export const problemSchema = z
  .object({
    type: z.string().meta({ examples: ['urn:shiftwatch:problem:not_found'] }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string().optional().describe('Names the log line of a failure on our side.'),
    errors: z
      .array(z.object({ in: z.string(), path: z.string(), message: z.string() }))
      .optional()
      .describe('Which parts of the request are wrong: where, a JSON pointer, and why.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
export type Problem = z.infer<typeof problemSchema>;

export interface ProblemParts {
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: Problem['errors'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by hooks and handlers; the error handler turns it into the answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ProblemName;
  readonly parts: ProblemParts;

  constructor(problem: ProblemName, parts: ProblemParts = {}) {
    super(parts.detail ?? PROBLEMS[problem].title);
    this.problem = problem;
    this.parts = parts;
  }
}

export function problemBody(name: ProblemName, parts: ProblemParts): Problem {
  const { status, title } = PROBLEMS[name];
  return {
    type: `urn:shiftwatch:problem:${name}`,
    title,
    status,
    ...(parts.detail === undefined ? {} : { detail: parts.detail }),
    ...(parts.instance === undefined ? {} : { instance: parts.instance }),
    ...(parts.errors === undefined ? {} : { errors: parts.errors }),
  };
}

/** `Retry-After` in whole seconds, never zero: a client that retries at once would make things worse. */
export function retryAfter(retryAfterMs: number | undefined): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000))) };
}
