/**
 * The port between a log (Kafka, a file) and the step that consumes it. A source delivers records per
 * partition, in offset order, at least once; what makes consumption exactly-once is the handler, which keeps
 * its own position with its own results and answers where to continue.
 */
import type { DeadLetterReason } from './dead-letter.ts';
import type { LogEventType } from './events.ts';

/** A stretch of the log that the source itself could not open: a decompression bomb, a broken codec. */
export interface UnreadableRange {
  readonly reason: Extract<DeadLetterReason, 'decompression_limit' | 'codec_error'>;
  readonly detail: string;
  /** First offset of the stretch; the record's own `offset` is its last. */
  readonly firstOffset: bigint;
  readonly records: number;
}

export interface RawRecord {
  readonly offset: bigint;
  /** As stamped by producer or broker; -1 when the log keeps none. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers?: ReadonlyMap<string, Uint8Array>;
  /**
   * Set when this record stands for a whole unreadable batch: it is one dead letter, `value` holds the
   * beginning of the compressed bytes, and the next position is `offset + 1` as for any record.
   */
  readonly unreadable?: UnreadableRange;
}

/** Where the values of some records lie, by their index. */
export interface ValuePlaces {
  /** The bytes a value lies in. */
  readonly bytesOf: (index: number) => Uint8Array;
  /** In those bytes; from −1: there is no value, or nobody is to read it as a message. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly timestampsMs: Float64Array;
}

/** What of records is read as messages. */
export interface MessageList {
  readonly length: number;
  at(index: number): Pick<RawRecord, 'value' | 'timestampMs' | 'unreadable'> | undefined;
  /** Absent: where values lie is not known without the records. */
  readonly places?: ValuePlaces;
}

/**
 * Records of a log, in the order of their offsets. An array of them is one; what a log delivers by the thousand makes an
 * object of a record only when it is asked for.
 */
export interface RecordList extends MessageList, Iterable<RawRecord> {
  at(index: number): RawRecord | undefined;
  /** Its offset without the record. Absent: it takes the record to say. */
  offsetAt?(index: number): bigint | undefined;
  slice(from?: number, to?: number): RecordList;
}

export interface PartitionId {
  /** `kafka:<topic>`, `file:<name>`: the same text as in `SourcePosition.source`. */
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
}

export interface LogEnds {
  readonly lowOffset: bigint;
  /** One past the newest offset. */
  readonly highOffset: bigint;
}

export interface AssignedPartition extends PartitionId {
  /** Oldest offset in the log when the partition was assigned. */
  readonly lowOffset: bigint;
  /** One past the last offset in the log when the partition was assigned. */
  readonly highOffset: bigint;
}

export interface RecordBatch extends PartitionId {
  /** What the topic is configured to carry; null when only the event itself says. */
  readonly eventType: LogEventType | null;
  /**
   * In order of offsets. May be none: then the log has gone on, but with nothing that anybody is to see (control records,
   * aborted transactions, what compaction took).
   */
  readonly records: RecordList;
  /**
   * Where these records were asked for: the offset of the fetch, or the handler's last answer when a fetch comes
   * in several batches. When it lies above the handler's stored position, records in between are
   * gone (retention, a recreated topic). A first record above `fromOffset` is not a loss: compacted logs and
   * transactions leave holes.
   */
  readonly fromOffset: bigint;
  /** Where the log goes on: behind the last record, and behind what nobody is to see after it. */
  readonly nextOffset: bigint;
  readonly highOffset: bigint;
  /** A number that grows when the log refuses to be read: behind that it may be another one. Absent: it never does. */
  readonly refusals?: number;
  /**
   * Asks the log for its two ends, now. What lies below `lowOffset` is gone; offsets missing above it are holes of
   * compaction and transactions. Absent: the source cannot tell them apart.
   */
  ends?(): Promise<LogEnds>;
  /**
   * Keeps the membership alive during long work. Cheap to call often. Never rejects: when the group is
   * rebalancing the source finds out here and acts on it after `onRecords` has answered.
   */
  heartbeat(): Promise<void>;
}

export interface RecordsOutcome {
  /** Where to continue. Anything but the batch's `nextOffset` makes the source seek there. */
  readonly nextOffset: bigint;
  /** Everything below is durable. Reported to the log for lag tools, best effort; null when unknown. */
  readonly committedOffset: bigint | null;
}

export interface PartitionLag extends PartitionId {
  /** Where delivery continues; null while neither records have been handled nor a stored position was given. */
  readonly position: bigint | null;
  /** Oldest offset still in the log. */
  readonly lowOffset: bigint;
  /** One past the newest offset in the log that may be read: what a transaction still holds open is behind it. */
  readonly highOffset: bigint;
  /** `highOffset - position`; null while the position is unknown. */
  readonly lag: bigint | null;
  readonly observedAtMs: number;
}

export interface StoredPosition {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
}

export interface DurablePosition {
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: bigint;
}

export interface PartitionHandler {
  /**
   * The partitions now owned; they replace all earlier ones. No records are delivered until it has resolved.
   * A rejection is retried with the same partitions. Stored positions may be answered: delivery then begins
   * there, which matters when the log's own idea is ahead (a restored database) and nothing new arrives.
   * `ofTopics`: all partitions of those topics, those of other processes too.
   */
  onAssigned(
    partitions: readonly AssignedPartition[],
    ofTopics?: readonly AssignedPartition[],
  ): Promise<readonly StoredPosition[] | void>;
  /** Everything in memory for the partitions is void; positions are read again from the store. */
  onRevoked(): Promise<void>;
  /**
   * Called for one batch of a partition at a time, concurrently for different partitions. A rejection means
   * an outage: the same records come again after a pause, for as long as it takes.
   */
  onRecords(batch: RecordBatch): Promise<RecordsOutcome>;
  /**
   * Called every few seconds with the ends of all owned partitions, so that partitions without traffic are
   * known to be idle. Answers the positions that have become durable since, for lag tools.
   */
  onIdle?(partitions: readonly PartitionLag[]): Promise<readonly DurablePosition[]>;
  /**
   * Where to go back to: partitions whose records were dropped between two deliveries, so that no answer could say so.
   * Asked after `onIdle`; without it such a partition would wait for its next record.
   */
  rewinds?(): readonly StoredPosition[];
  /**
   * The source is about to leave its group, and nothing is delivered any more: the last chance to store what is held
   * while nobody else reads these partitions. Answers what has become durable.
   */
  onStopping?(): Promise<readonly DurablePosition[]>;
}

export interface SourceHealth {
  /** False: the source has stopped for good or has been silent too long; the process should be restarted. */
  readonly alive: boolean;
  /** Set when dead, and also while alive but degraded (a missing topic, a handler that keeps failing). */
  readonly reason: string | null;
  readonly lastActivityMs: number;
}

export interface LogSource {
  /** Resolves after the first attempt to connect, whether or not it succeeded: later ones go on behind. */
  start(handler: PartitionHandler): Promise<void>;
  /** Stops delivering, waits for running handlers at most `deadlineMs`, leaves the group. */
  stop(deadlineMs: number): Promise<void>;
  health(): SourceHealth;
  /** The owned partitions as last observed; no network. */
  lag(): Promise<readonly PartitionLag[]>;
}
