/** Record batches of format 2, the only one that Kafka has written since 0.11. */
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
/** The length field counts what follows it: the rest of the header and the records. */
const LENGTH_FIELD_END = 12;
const MAGIC_AT = 16;
const MAGIC = 2;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const RECORD_COUNT_AT = 57;

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

export interface RecordBatchBytes {
  readonly firstOffset: bigint;
  /** Of the batch as it was written: compaction may have taken that record out. */
  readonly lastOffset: bigint;
  readonly firstTimestampMs: number;
  /** Set where the broker stamps records: the time of all of them. */
  readonly appendedAtMs: number | null;
  /** 0: not compressed. */
  readonly codec: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly producerId: bigint;
  /** As the header claims; nobody has looked yet. */
  readonly records: number;
  /** The records, compressed where the codec says so. */
  readonly payload: Buffer;
}

/** What lies at this place of a fetched log. */
export type BatchAt =
  | { readonly kind: 'batch'; readonly batch: RecordBatchBytes; readonly end: number }
  /** The answer was cut off inside it; the next fetch begins with it. */
  | { readonly kind: 'cut_off' }
  /** A message set of Kafka before 0.11. */
  | { readonly kind: 'older_format' };

export function batchAt(log: Buffer, at: number): BatchAt {
  if (log.length - at <= MAGIC_AT) return { kind: 'cut_off' };
  if (log.readInt8(at + MAGIC_AT) !== MAGIC) return { kind: 'older_format' };
  const end = at + LENGTH_FIELD_END + log.readInt32BE(at + LENGTH_AT);
  if (log.length < at + HEADER_BYTES || end < at + HEADER_BYTES || log.length < end) {
    return { kind: 'cut_off' };
  }
  const attributes = log.readInt16BE(at + ATTRIBUTES_AT);
  const firstOffset = log.readBigInt64BE(at);
  const batch: RecordBatchBytes = {
    firstOffset,
    lastOffset: firstOffset + BigInt(Math.max(0, log.readInt32BE(at + LAST_OFFSET_DELTA_AT))),
    firstTimestampMs: Number(log.readBigInt64BE(at + FIRST_TIMESTAMP_AT)),
    appendedAtMs:
      (attributes & LOG_APPEND_TIME) === 0 ? null : Number(log.readBigInt64BE(at + MAX_TIMESTAMP_AT)),
    codec: attributes & CODEC_MASK,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    producerId: log.readBigInt64BE(at + PRODUCER_ID_AT),
    records: log.readInt32BE(at + RECORD_COUNT_AT),
    payload: log.subarray(at + HEADER_BYTES, end),
  };
  return { kind: 'batch', batch, end };
}
