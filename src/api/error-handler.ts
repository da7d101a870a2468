import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { errorMessage } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { isOutage } from '../store/connection/outage.ts';
import { ProblemError, type ProblemName, type ProblemParts, PROBLEMS, problemBody } from './problem.ts';

/** Answers every failure as problem details, and logs those that are ours. */
export function errorHandler(log: Log) {
  return (error: FastifyError | ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [name, parts] = describe(error, request);
    if (PROBLEMS[name].status < 500) return sendProblem(reply, name, parts);
    const instance = `urn:uuid:${request.id}`;
    // Without the query: a token pasted there by mistake would otherwise end in the log.
    const route = request.routeOptions.url ?? '(no route)';
    log.error(
      { instance, method: request.method, route, error: error.stack ?? error.message },
      PROBLEMS[name].title,
    );
    return sendProblem(reply, name, { ...parts, instance });
  };
}

export function sendProblem(reply: FastifyReply, name: ProblemName, parts: ProblemParts = {}): FastifyReply {
  const body = problemBody(name, parts);
  reply.request.problem = name;
  // Sent as text: the routes' response schemas describe successes only.
  return reply
    .code(body.status)
    .headers({ ...parts.headers, 'cache-control': 'no-store' })
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

function describe(
  error: FastifyError | ProblemError,
  { method, raw }: FastifyRequest,
): [ProblemName, ProblemParts] {
  if (error instanceof ProblemError) return [error.problem, error.parts];
  if (error.validation !== undefined) return ['validation_failed', validationParts(error)];
  // A connection that breaks while nothing is sent to us is the database's.
  if (isOutage(error) && (method === 'GET' || error.code !== 'ECONNRESET')) {
    return [
      'unavailable',
      { detail: 'The database cannot do it now. Ask again.', headers: { 'retry-after': '5' } },
    ];
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return ['body_too_large', { detail: 'Split the body into smaller ones.' }];
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return [
        'unsupported_media_type',
        {
          detail:
            'Say in the header Content-Type what the body is: application/json, or application/x-ndjson with one object on each line. The OpenAPI document has the types of each route.',
        },
      ];
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return ['malformed_body', { detail: 'Content-Length does not match the body.' }];
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return ['malformed_body', { detail: `The gzip body is damaged: ${error.message}.` }];
    case 'ECONNRESET':
      return ['bad_request', { detail: 'The body broke off.' }];
    case 'FST_ERR_HANDLER_TIMEOUT':
      // Node looks for requests that do not arrive every half minute only: ours may be first to find one.
      if (!raw.complete) {
        const headers = { connection: 'close' };
        return ['request_timeout', { detail: 'The request did not arrive in time.', headers }];
      }
      return ['unavailable', { detail: 'The answer took too long.', headers: { 'retry-after': '5' } }];
    default:
      return isClientError(error) ? ['bad_request', { detail: errorMessage(error) }] : ['internal', {}];
  }
}

/** Fastify's own refusals (a bad URL, a body that ends early) carry a code and a 4xx status. */
function isClientError(error: FastifyError): boolean {
  const { code, statusCode = 500 } = error;
  return typeof code === 'string' && code.startsWith('FST_') && statusCode >= 400 && statusCode < 500;
}

const PLACES = new Map([
  ['querystring', 'query'],
  ['params', 'path'],
  ['headers', 'header'],
  ['body', 'body'],
]);

function validationParts(error: FastifyError): ProblemParts {
  const where = PLACES.get(error.validationContext ?? '') ?? 'request';
  const errors = (error.validation ?? []).map(({ instancePath, message }) => ({
    in: where,
    path: instancePath,
    message: message ?? 'is not allowed',
  }));
  const [first] = errors;
  if (first === undefined) return {};
  const path = first.path === '' ? '' : ` ${first.path.slice(1).replaceAll('/', '.')}`;
  return { detail: `${first.in}${path}: ${first.message}`, errors };
}
