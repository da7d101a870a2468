import { gzipSync } from 'node:zlib';
import type { CarryOutcome, Carrier, QueuedEvent } from './event-queue.ts';
import type { RemoteService } from './service.ts';

/** Less is not worth the time. */
const GZIP_FROM_BYTES = 2_048;
/** Answers that are worth asking again: a timeout, too early, too many. */
const AGAIN = new Set([408, 425, 429]);

/** Batches as `POST /api/v1/events`. */
export function httpCarrier(service: RemoteService): Carrier {
  return {
    async carry(batch, key) {
      const plain = Buffer.from(`${batch.map(({ text }) => text).join('\n')}\n`);
      const isLarge = plain.byteLength >= GZIP_FROM_BYTES;
      const answer = await service.ask('POST', '/api/v1/events', {
        body: isLarge ? gzipSync(plain, { level: 1 }) : plain,
        headers: {
          'content-type': 'application/x-ndjson',
          'idempotency-key': key,
          ...(isLarge ? { 'content-encoding': 'gzip' } : {}),
        },
      });
      if (answer.status >= 200 && answer.status < 300) return settled(batch, answer.text);
      if (answer.status === 413) return { kind: 'too_large' };
      if (answer.status >= 300 && answer.status < 500 && !AGAIN.has(answer.status)) {
        return { kind: 'refused', reason: `http_${answer.status}` };
      }
      return { kind: 'again', pauseMs: retryAfterMs(answer.headers.get('retry-after')) };
    },
    close: () => Promise.resolve(),
  };
}

/** What the answer says; where it is not the service's own (a proxy's, a captive portal's), the batch goes again. */
function settled(batch: readonly QueuedEvent[], text: string): CarryOutcome {
  try {
    const { accepted, late, ignored, duplicates, dead_letters: dead } = JSON.parse(text);
    const refused = new Map<number, string>(
      dead.map(({ index, reason }: { index: number; reason: string }) => [index, reason]),
    );
    if (accepted + late + ignored + duplicates + refused.size === batch.length)
      return { kind: 'delivered', refused };
  } catch {
    // Not the service's JSON.
  }
  return { kind: 'again', pauseMs: null };
}

function retryAfterMs(said: string | null): number | null {
  if (said === null) return null;
  const seconds = Number(said);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const atMs = Date.parse(said);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now());
}
