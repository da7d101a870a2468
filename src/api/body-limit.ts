import type { App } from './app.ts';
import { ProblemError, retryAfter } from './problem.ts';

const COME_BACK_AFTER_MS = 1_000;

/**
 * At most so many requests of this scope at a time: from before the first byte of a body is read until its answer
 * is out or its connection gone, so that senders in a crowd cost a refusal each and not a body.
 */
export function limitBodies(scope: App, max: number): void {
  let held = 0;
  scope.addHook('onRequest', (_request, reply, done) => {
    if (held >= max) {
      const detail = `${held} bodies are on their way in`;
      // What is being sent is not read: the connection ends with the answer.
      void reply.header('connection', 'close');
      done(new ProblemError('busy', { detail, headers: retryAfter(COME_BACK_AFTER_MS) }));
      return;
    }
    held += 1;
    // Closed without being finished, when the client has gone; the other way round while a connection is kept.
    let isHeld = true;
    const release = (): void => {
      if (isHeld) held -= 1;
      isHeld = false;
    };
    reply.raw.once('close', release).once('finish', release);
    done();
  });
}
