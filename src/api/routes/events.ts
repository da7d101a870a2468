import { z } from 'zod';
import { readTraceParent, step } from '../../core/trace/steps.ts';
import type { ApiDeps, EventsRefused } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { limitBodies } from '../body-limit.ts';
import { addGunzip } from '../gunzip.ts';
import { messageHeaders } from '../message-headers.ts';
import { ProblemError, type ProblemName, retryAfter } from '../problem.ts';
import { bodyAsDocumented, bytesOf, unparsedBody } from '../raw-body.ts';
import { eventsAccepted, logEvent } from '../schemas/events.ts';

/** Some 20,000 events. Holds for the body as sent and, separately, after decompression. */
export const MAX_EVENTS_BYTES = 10 * 1024 * 1024;
/** Of all bodies together, as they come and while they are stored: 32 of the largest. */
const MAX_HELD_BYTES = 32 * MAX_EVENTS_BYTES;
const MEDIA_TYPES = [
  'application/json',
  'application/x-ndjson',
  'application/jsonl',
  'text/plain',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/octet-stream',
];

const headers = z.looseObject({
  traceparent: z
    .string()
    .optional()
    .describe('W3C Trace Context: the span of the batch links to it, where traces are exported.'),
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable characters of ASCII')
    .optional()
    .describe('The same key with the same body stores it once, and answers alike.'),
});

const query = z.strictObject({
  format: z
    .string()
    .max(100)
    .optional()
    .describe('A preset, or a name under `api.formats`. Absent: CloudEvents, else `api.default_format`.'),
});

const REFUSALS: Record<EventsRefused['reason'], ProblemName> = {
  busy: 'busy',
  idempotency_conflict: 'idempotency_conflict',
  too_many_events: 'too_many_events',
  too_many_windows: 'too_many_windows',
  unknown_format: 'unknown_format',
  unavailable: 'unavailable',
};

export function addEventRoutes(app: App, deps: Pick<ApiDeps, 'acceptEvents' | 'clock'>): void {
  void app.register((scope: App, _options, done) => {
    scope.setValidatorCompiler(bodyAsDocumented);
    unparsedBody(scope, MEDIA_TYPES);
    addGunzip(scope);
    limitBodies(scope, MAX_HELD_BYTES);
    scope.post(
      '/events',
      {
        config: { access: 'ingest', audit: null },
        bodyLimit: MAX_EVENTS_BYTES,
        schema: {
          tags: ['events'],
          operationId: 'postEvents',
          summary:
            'Log events: one JSON object, an array of them, or one on each line; or the log of another system',
          description:
            'Answers after everything has been stored. A line or element that cannot be read is a dead letter in the answer and does not hold up the others. A body of more than 50,000 events, or one that would open more than 500 windows, is refused whole (413, with the number). `Content-Encoding: gzip` is read.',
          consumes: MEDIA_TYPES,
          querystring: query,
          headers,
          body: logEvent,
          response: { 202: eventsAccepted, ...failures },
        },
      },
      async ({ headers: given, query: { format }, body }, reply) => {
        const bytes = bytesOf(body);
        if (bytes.length === 0) throw new ProblemError('malformed_body', { detail: 'The body is empty.' });
        const submission = {
          body: bytes,
          as: {
            format: format ?? null,
            contentType: mediaType(given['content-type']),
            headers: messageHeaders(given),
          },
          idempotencyKey: given['idempotency-key'] ?? null,
          receivedAtMs: deps.clock.nowMs(),
        };
        const sender = readTraceParent(given['traceparent']);
        const facts = {
          attributes: { 'shiftwatch.source': 'http' },
          links: () => (sender === null ? [] : [sender]),
        };
        const outcome = await step('ingest.batch', facts, async () => await deps.acceptEvents(submission));
        if (!outcome.ok) throw refused(outcome.error);
        return reply.code(202).send(outcome.value);
      },
    );
    done();
  });
}

function mediaType(header: unknown): string {
  return typeof header === 'string' ? (header.split(';')[0] ?? '').trim().toLowerCase() : '';
}

function refused({ reason, detail, retryAfterMs }: EventsRefused): ProblemError {
  const isTemporary = reason === 'busy' || reason === 'unavailable';
  return new ProblemError(REFUSALS[reason], {
    detail,
    ...(isTemporary ? { headers: retryAfter(retryAfterMs) } : {}),
  });
}
