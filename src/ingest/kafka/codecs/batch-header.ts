/**
 * kafkajs hands a codec the compressed bytes only, as a view into the fetched response. The header of their
 * batch lies in the same memory, right before them; there stand the number of records and their offsets, which
 * are needed to say what was lost when the bytes cannot be unpacked.
 */
const HEADER_BYTES = 61;
const MAGIC_AT = 16;
const MAGIC = 2;
const LENGTH_AT = 8;
/** The length field counts what follows it: the rest of the header and the records. */
const LENGTH_FIELD_END = 12;
const LAST_OFFSET_DELTA_AT = 23;
const RECORD_COUNT_AT = 57;

export interface BatchHeader {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly records: number;
}

/** Null when no header of format 2 with the right length lies before the bytes, as with other clients. */
export function batchHeaderBefore(compressed: Buffer): BatchHeader | null {
  if (compressed.byteOffset < HEADER_BYTES) return null;
  const header = Buffer.from(compressed.buffer, compressed.byteOffset - HEADER_BYTES, HEADER_BYTES);
  const expectedLength = HEADER_BYTES - LENGTH_FIELD_END + compressed.length;
  if (header.readInt8(MAGIC_AT) !== MAGIC || header.readInt32BE(LENGTH_AT) !== expectedLength) return null;
  const records = header.readInt32BE(RECORD_COUNT_AT);
  const lastOffsetDelta = header.readInt32BE(LAST_OFFSET_DELTA_AT);
  if (records <= 0 || lastOffsetDelta < 0) return null;
  return { firstOffset: header.readBigInt64BE(0), lastOffsetDelta, records };
}
