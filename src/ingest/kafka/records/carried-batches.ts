import { oldMessageAt, type OldMessage } from './old-message.ts';
import { type AbortedTransaction, withheldBatches } from './read-committed.ts';
import { batchAt, type RecordBatchBytes } from './record-batch.ts';

/** What one message of kafkajs stands for, unopened. */
export type Carried =
  | { readonly kind: 'batch'; readonly batch: RecordBatchBytes }
  /** A batch that is for nobody to see: control records, and what was aborted. The log goes on behind it. */
  | { readonly kind: 'withheld'; readonly batch: RecordBatchBytes }
  | { readonly kind: 'old_message'; readonly message: OldMessage };

const CARRIED = Symbol('carried');

/**
 * What kafkajs looks at in a message. It would leave out control records and aborted messages, one by one and not all
 * of them: so it is shown none. What is left to it are the offsets below the one asked for.
 */
export interface CarryingMessage {
  /** The last offset of what it carries. */
  readonly offset: string;
  readonly timestamp: string;
  readonly key: null;
  readonly value: null;
  readonly headers: object;
  readonly isControlRecord: false;
  readonly [CARRIED]: Carried;
}

/** @throws for a message that was not made here: kafkajs has read it itself, and did not leave out what it must */
export function carriedBy(message: object): Carried {
  if (CARRIED in message) return (message as CarryingMessage)[CARRIED];
  throw new Error('kafkajs has opened a record batch itself; shiftwatch no longer reads what it fetches');
}

/** The record batches of a partition's fetched bytes, as messages of kafkajs. */
export function carryingMessages(
  log: Buffer,
  aborted: readonly AbortedTransaction[] = [],
): readonly CarryingMessage[] {
  const found = batchesIn(log);
  const batches = found.flatMap((one) => (one.kind === 'batch' ? one.batch : []));
  const withheld = withheldBatches(batches, aborted);
  return found.map((one) => {
    if (one.kind === 'old_message') return messageOf(one, one.message.offset, one.message.timestampMs);
    const { batch } = one;
    const carried = withheld.has(batch) ? { kind: 'withheld' as const, batch } : one;
    return messageOf(carried, batch.lastOffset, batch.firstTimestampMs);
  });
}

/** Up to where the answer was cut off: what follows begins the next one. A log may change its format on the way. */
function batchesIn(log: Buffer): Exclude<Carried, { kind: 'withheld' }>[] {
  const batches: Exclude<Carried, { kind: 'withheld' }>[] = [];
  for (let at = 0; ;) {
    const found = batchAt(log, at);
    if (found.kind === 'cut_off') return batches;
    if (found.kind === 'batch') {
      batches.push({ kind: 'batch', batch: found.batch });
      at = found.end;
      continue;
    }
    const old = oldMessageAt(log, at);
    if (old === null) return batches;
    batches.push({ kind: 'old_message', message: old.message });
    at = old.end;
  }
}

function messageOf(carried: Carried, lastOffset: bigint, timestampMs: number): CarryingMessage {
  return {
    offset: String(lastOffset),
    timestamp: String(timestampMs),
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    [CARRIED]: carried,
  };
}
