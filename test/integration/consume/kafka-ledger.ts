import type {
  AssignedPartition,
  DurablePosition,
  PartitionHandler,
  PartitionLag,
  RawRecord,
  RecordBatch,
  RecordsOutcome,
  StoredPosition,
} from '../../../src/core/events/log-source.ts';

/**
 * What a store does for a handler, in memory: results and positions change together or not at all. Several
 * handlers may share one, as several processes share a database.
 */
export interface Ledger {
  readonly positions: Map<string, bigint>;
  readonly values: string[];
  readonly records: RawRecord[];
}

export const createLedger = (): Ledger => ({ positions: new Map(), values: [], records: [] });

export interface RecordingHandler extends PartitionHandler {
  readonly calls: string[];
  readonly assigned: AssignedPartition[];
  readonly batches: RecordBatch[];
  readonly lags: PartitionLag[];
  /** Whether stored positions are answered at assignment, or only by answering where to continue. */
  tellsPositions: boolean;
  /** While set, the handler is as good as without its database. */
  failWith: Error | null;
  /** What to do while the records are being worked on. */
  during: (batch: RecordBatch) => Promise<void>;
}

const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;

function storedPositions(ledger: Ledger, partitions: readonly AssignedPartition[]): StoredPosition[] {
  return partitions.flatMap(({ topic, partition }) => {
    const nextOffset = ledger.positions.get(keyOf(topic, partition));
    return nextOffset === undefined ? [] : [{ topic, partition, nextOffset }];
  });
}

export function createLedgerHandler(ledger: Ledger): RecordingHandler {
  const handler: RecordingHandler = {
    calls: [],
    assigned: [],
    batches: [],
    lags: [],
    failWith: null,
    tellsPositions: false,
    during: () => Promise.resolve(),
    onAssigned(partitions) {
      handler.calls.push('assigned');
      handler.assigned.splice(0, Infinity, ...partitions);
      return Promise.resolve(handler.tellsPositions ? storedPositions(ledger, partitions) : undefined);
    },
    onRevoked() {
      handler.calls.push('revoked');
      return Promise.resolve();
    },
    async onRecords(batch) {
      handler.calls.push('records');
      if (handler.failWith !== null) throw handler.failWith;
      handler.batches.push(batch);
      await handler.during(batch);
      return settle(ledger, keyOf(batch.topic, batch.partition), batch);
    },
    onIdle(partitions) {
      handler.lags.splice(0, Infinity, ...partitions);
      const durable = partitions.flatMap(({ topic, partition }): DurablePosition[] => {
        const committedOffset = ledger.positions.get(keyOf(topic, partition));
        return committedOffset === undefined ? [] : [{ topic, partition, committedOffset }];
      });
      return Promise.resolve(durable);
    },
  };
  return handler;
}

/** One transaction: nothing awaits in here. */
function settle(ledger: Ledger, key: string, batch: RecordBatch): RecordsOutcome {
  const stored = ledger.positions.get(key) ?? 0n;
  if (batch.fromOffset > stored) return { nextOffset: stored, committedOffset: stored };
  for (const record of batch.records) {
    if (record.offset < stored) continue;
    ledger.records.push(record);
    ledger.values.push(Buffer.from(record.value ?? []).toString());
  }
  const nextOffset = batch.nextOffset > stored ? batch.nextOffset : stored;
  ledger.positions.set(key, nextOffset);
  return { nextOffset, committedOffset: nextOffset };
}
