import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { ProblemError, retryAfter } from './problem.ts';

const COME_BACK_AFTER_MS = 1_000;
/** What a body costs beside its bytes: its connection and buffers. Bounds how many there can be. */
const OVERHEAD_BYTES = 64 * 1024;

interface HeldBody {
  readonly owner: string;
  bytes: number;
  /** Answers without waiting for the rest. Null: all of it is there. */
  refuse: ((error: ProblemError) => void) | null;
}

/**
 * Bounds the memory of this scope's bodies together, from their first byte until they are answered. A body that is
 * being sent holds what has come of it and nothing else, so that slow senders take no place from others. When the
 * bound is reached, one body that is still on its way is given up: the oldest of whoever holds most. Has to be added
 * after what unpacks bodies.
 */
export function limitBodies(scope: App, maxBytes: number): void {
  // In order of arrival.
  const held = new Set<HeldBody>();
  let heldBytes = 0;

  function take(body: HeldBody, bytes: number): void {
    body.bytes += bytes;
    heldBytes += bytes;
    while (heldBytes > maxBytes) {
      const given = oldestOfTheGreediest(held);
      if (given === null) return;
      release(given);
      given.refuse?.(tooMany());
    }
  }

  function release(body: HeldBody): void {
    if (held.delete(body)) heldBytes -= body.bytes;
  }

  scope.addHook('preParsing', (request, reply, payload, done) => {
    const body: HeldBody = { owner: ownerOf(request), bytes: 0, refuse: null };
    body.refuse = (error) => {
      body.refuse = null;
      // What is still being sent is not read: the connection ends with the answer.
      void reply.header('connection', 'close');
      // Nobody reads it: it was refused for what its head says.
      if (payload.listenerCount('error') === 0) request.raw.destroy();
      else payload.emit('error', error);
    };
    held.add(body);
    const count = (chunk: Buffer): void => {
      if (held.has(body)) take(body, chunk.length);
    };
    payload.on('data', count).once('end', () => (body.refuse = null));
    // Closed without being finished, when the client has gone; the other way round while a connection is kept.
    reply.raw.once('close', () => release(body)).once('finish', () => release(body));
    done(null, payload);
    take(body, OVERHEAD_BYTES);
  });
}

/** So many requests of this scope are worked on at a time; the body of each has arrived. */
export function limitWork(scope: App, max: number): void {
  let working = 0;
  scope.addHook('preHandler', (_request, reply, done) => {
    if (working >= max) {
      const detail = working === 1 ? 'another one is in work' : `${working} are in work`;
      done(new ProblemError('busy', { detail, headers: retryAfter(COME_BACK_AFTER_MS) }));
      return;
    }
    working += 1;
    let isWorking = true;
    const release = (): void => {
      if (isWorking) working -= 1;
      isWorking = false;
    };
    reply.raw.once('close', release).once('finish', release);
    done();
  });
}

/** Whoever sends them: a token or, where none is asked for, an address. */
function ownerOf(request: FastifyRequest): string {
  return request.grant === null ? request.ip : request.grant.prefix;
}

function oldestOfTheGreediest(held: ReadonlySet<HeldBody>): HeldBody | null {
  const bytesOf = new Map<string, number>();
  for (const { owner, bytes } of held) bytesOf.set(owner, (bytesOf.get(owner) ?? 0) + bytes);
  let chosen: HeldBody | null = null;
  for (const body of held) {
    if (body.refuse === null) continue;
    const more = chosen === null || (bytesOf.get(body.owner) ?? 0) > (bytesOf.get(chosen.owner) ?? 0);
    if (more) chosen = body;
  }
  return chosen;
}

function tooMany(): ProblemError {
  const detail = 'Too much is on its way in, and this body was the slowest to come.';
  return new ProblemError('busy', { detail, headers: retryAfter(COME_BACK_AFTER_MS) });
}
