import { hash } from 'node:crypto';
import type { RawRecord, RecordBatch, RecordList } from '../../core/events/log-source.ts';
import { firstFrom } from '../../core/events/record-list.ts';
import type { LastRecord } from '../../store/log/source-positions.ts';
import type { PartitionState } from './partition-state.ts';

export type Continuity =
  | { readonly kind: 'continues' }
  /**
   * Perhaps only a fetch that began elsewhere: ask for the offset that comes next, and look again. Where the log may be another
   * one, which grows meanwhile: for the last record, which shows whether it is.
   */
  | { readonly kind: 'ask_again'; readonly from: 'next' | 'last' }
  | { readonly kind: 'records_lost'; readonly to: bigint }
  | { readonly kind: 'log_recreated'; readonly to: bigint; readonly highOffset: bigint };

/**
 * Whether a batch continues what was read before. A log can have lost records to retention, or be another one: a
 * topic deleted and made again under its name. The second shows where it ends before our position, and where the
 * record we stored last is a different one now.
 */
export async function continuityOf(batch: RecordBatch, state: PartitionState): Promise<Continuity> {
  const { last, accepted } = state;
  // What begins before the position may be another log, which has grown longer than ours since it was made.
  const beginsBefore = batch.fromOffset < accepted;
  if (isAnotherRecord(batch.records, state.unverified ?? (beginsBefore ? last : null))) {
    const ends = await batch.ends?.();
    const highOffset = ends?.highOffset ?? batch.highOffset;
    return { kind: 'log_recreated', to: ends?.lowOffset ?? 0n, highOffset };
  }
  const { refusals = 0 } = batch;
  if (refusals !== state.refusals && last !== null && last.offset < batch.fromOffset) {
    state.refusals = refusals;
    return { kind: 'ask_again', from: 'last' };
  }
  const jumped = batch.fromOffset > accepted;
  const beyondEnd = batch.highOffset < accepted;
  const endsBefore = beginsBefore && last !== null && batch.nextOffset <= last.offset;
  if (!jumped && !beyondEnd && !endsBefore) return { kind: 'continues' };
  if (state.askedFor !== accepted) {
    state.askedFor = accepted;
    return { kind: 'ask_again', from: jumped ? 'next' : 'last' };
  }
  if (!jumped && !beyondEnd) return { kind: 'continues' };
  if (jumped) {
    const ends = await batch.ends?.();
    // The records in between were never ours to see: compaction, control records of transactions.
    const isHole = ends !== undefined && ends.lowOffset <= accepted;
    return isHole ? { kind: 'continues' } : { kind: 'records_lost', to: batch.fromOffset };
  }
  // A broker that has just become leader may name an end that it soon corrects; it then refuses no offset. One that
  // does refuse the offset asked for, and gives its first one instead, has another log.
  if (batch.fromOffset >= accepted) return { kind: 'continues' };
  return { kind: 'log_recreated', to: batch.fromOffset, highOffset: batch.highOffset };
}

function isAnotherRecord(records: RecordList, known: LastRecord | null): boolean {
  const record = known === null ? undefined : records.at(firstFrom(records, known.offset));
  if (known === null || record?.offset !== known.offset || record.unreadable !== undefined) return false;
  return recordHash(record) !== known.hash;
}

/** What a record is recognised by. Null for the stand-in of an unreadable batch, whose bytes are not the record's. */
export function lastRecordOf(record: RawRecord): LastRecord | null {
  return record.unreadable === undefined ? { offset: record.offset, hash: recordHash(record) } : null;
}

function recordHash({ timestampMs, value }: RawRecord): bigint {
  const bytes = Buffer.concat([Buffer.from(`${timestampMs}/`), value ?? Buffer.alloc(0)]);
  return hash('sha256', bytes, 'buffer').readBigInt64LE(0);
}
