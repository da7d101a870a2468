import type { IncomingMessage } from 'node:http';
import type { App } from './app.ts';

/** More than a client sends before it looks for an answer. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_MS = 5_000;

/**
 * Reads the rest of a body that was refused for its size, without keeping it: a connection that is closed while bytes
 * come is reset, and most clients then never see the answer that says why.
 */
export function readOutRefusedBodies(app: App): void {
  app.addHook('onSend', async ({ raw }, reply, payload) => {
    if (reply.statusCode === 413 && !raw.readableEnded && !raw.destroyed) await readOut(raw);
    return payload;
  });
}

async function readOut(body: IncomingMessage): Promise<void> {
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      body.off('data', count).off('end', done).off('close', done).off('error', done);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) done();
    };
    const timer = setTimeout(done, MOST_MS);
    body.on('data', count).once('end', done).once('close', done).once('error', done);
    body.resume();
  });
}
