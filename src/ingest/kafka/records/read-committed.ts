import type { RecordBatchBytes } from './record-batch.ts';
import { holdsRecords } from './record-frames.ts';
import { RecordReader } from './record-reader.ts';

/** An aborted transaction as a broker names it in its answer: who wrote it, and where it begins. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** The key of a control record: two bytes of version, two of type. */
const CONTROL_KEY_BYTES = 4;
const TYPE_AT = 2;
const ABORT = 0;

/**
 * Which batches of one fetched answer are for nobody to see: those of aborted transactions, and the control records
 * that end transactions. The rule is the Java consumer's (`CompletedFetch`, isolation level `read_committed`): a
 * producer's transactional batches are left out from the first offset of its aborted transaction to the marker that
 * says it was aborted.
 *
 * A broker names every aborted transaction that touches the answer, in the order in which they *ended*, and some that
 * lie behind it; several may begin within one batch of somebody else. So they are put into the order in which they
 * begin, and before each batch all are taken up that begin at or before its last offset. A marker that compaction has
 * emptied ends nothing. A batch is left out whole or not at all: a batch never holds two transactions.
 *
 * @param batches in the order of the log, from the first of the answer: also those below the offset asked for
 * For example: begins 0 (A), 1 (B); B aborts at 2, A at 4 → the broker names B, A; batches 0, 1, 3 of theirs are withheld
 */
export function withheldBatches(
  batches: readonly RecordBatchBytes[],
  aborted: readonly AbortedTransaction[],
): ReadonlySet<RecordBatchBytes> {
  const beginning = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const abortedProducers = new Set<bigint>();
  const withheld = new Set<RecordBatchBytes>();
  let begun = 0;
  for (const batch of batches) {
    for (
      let next = beginning[begun];
      next !== undefined && next.firstOffset <= batch.lastOffset;
      next = beginning[begun]
    ) {
      abortedProducers.add(next.producerId);
      begun += 1;
    }
    if (batch.isControl) {
      withheld.add(batch);
      if (isAbortMarker(batch)) abortedProducers.delete(batch.producerId);
    } else if (batch.isTransactional && abortedProducers.has(batch.producerId)) {
      withheld.add(batch);
    }
  }
  return withheld;
}

function isAbortMarker(batch: RecordBatchBytes): boolean {
  if (batch.codec !== 0 || !holdsRecords(batch.payload, batch.records)) return false;
  const reader = new RecordReader(batch, batch.payload);
  if (!reader.next() || reader.keyTo - reader.keyFrom < CONTROL_KEY_BYTES) return false;
  return batch.payload.readInt16BE(reader.keyFrom + TYPE_AT) === ABORT;
}
