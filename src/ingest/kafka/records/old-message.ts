import { MAX_DEAD_LETTER_BYTES } from '../../../core/events/dead-letter.ts';
import type { RawRecord } from '../../../core/events/log-source.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { broken, type DecompressionFailure } from '../codecs/decompression.ts';
import { codecOf } from '../codecs/codec-of.ts';

/**
 * Messages as Kafka wrote them before 0.11 (formats 0 and 1). Nobody writes them any more, but a log that is kept for
 * ever still begins with them. They stand one after the other, each with its offset; a compressed one holds others.
 */
const SIZE_AT = 8;
const CRC_AT = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 17;
const BODY_AT = 18;
const TIMESTAMP_BYTES = 8;
const LENGTH_BYTES = 4;

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;

export interface OldMessage {
  readonly offset: bigint;
  readonly format: 0 | 1;
  readonly codec: number;
  readonly isAppendTime: boolean;
  /** -1 in format 0, which has none. */
  readonly timestampMs: number;
  /** Key and value, each with its length before it. */
  readonly body: Buffer;
}

export interface OldMessageAt {
  readonly message: OldMessage;
  readonly end: number;
}

/** Null where the bytes end inside it, or are no message of these formats. */
export function oldMessageAt(log: Buffer, at: number): OldMessageAt | null {
  if (log.length < at + BODY_AT) return null;
  const format = log.readInt8(at + MAGIC_AT);
  if (format !== 0 && format !== 1) return null;
  const bodyAt = at + BODY_AT + format * TIMESTAMP_BYTES;
  const end = at + CRC_AT + log.readInt32BE(at + SIZE_AT);
  if (end < bodyAt || log.length < end) return null;
  const attributes = log.readInt8(at + ATTRIBUTES_AT);
  const message: OldMessage = {
    offset: log.readBigInt64BE(at),
    format,
    codec: attributes & CODEC_MASK,
    isAppendTime: format === 1 && (attributes & LOG_APPEND_TIME) !== 0,
    timestampMs: format === 0 ? -1 : Number(log.readBigInt64BE(at + BODY_AT)),
    body: log.subarray(bodyAt, end),
  };
  return { message, end };
}

/** The records of a message: itself, or those it holds; or one that says why they cannot be read. */
export async function openOldMessage(
  message: OldMessage,
  maxUnpackedBytes: number,
): Promise<readonly RawRecord[]> {
  const opened = message.codec === 0 ? plain(message) : await unpacked(message, maxUnpackedBytes);
  return opened.ok ? opened.value : [unreadable(message, opened.error)];
}

type Opened = Result<readonly RawRecord[], DecompressionFailure>;

function plain(message: OldMessage): Opened {
  const record = recordOf(message);
  return record === null ? broken('plain', 'its lengths do not fit') : ok([record]);
}

async function unpacked(message: OldMessage, maxUnpackedBytes: number): Promise<Opened> {
  const codec = codecOf(message.codec);
  const packed = recordOf(message)?.value ?? null;
  if (codec === null)
    return fail({ reason: 'codec_error', detail: `no codec has the number ${message.codec}` });
  if (packed === null) return broken(codec.name, 'there is nothing in it');
  const bytes = await codec.decompress(packed, maxUnpackedBytes);
  if (!bytes.ok) return bytes;
  const inner = messagesIn(bytes.value);
  return inner === null ? broken(codec.name, 'it does not hold whole messages') : ok(placed(inner, message));
}

/**
 * In format 1 what is inside counts its offsets from the first, and the message around it bears the offset of the last;
 * where the broker stamped it, its time is that of all.
 */
function placed(inner: readonly RawRecord[], { offset, format, isAppendTime, timestampMs }: OldMessage) {
  const shift = format === 0 ? 0n : offset - (inner.at(-1)?.offset ?? offset);
  return inner.map((record) => ({
    ...record,
    offset: record.offset + shift,
    ...(isAppendTime && { timestampMs }),
  }));
}

/** Null when they are not whole, or compressed once more, which nobody ever wrote. */
function messagesIn(bytes: Buffer): readonly RawRecord[] | null {
  const records: RawRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = oldMessageAt(bytes, at);
    const record = found === null || found.message.codec !== 0 ? null : recordOf(found.message);
    if (found === null || record === null) return null;
    records.push(record);
    at = found.end;
  }
  return records;
}

function recordOf({ offset, timestampMs, body }: OldMessage): (RawRecord & { value: Buffer | null }) | null {
  const key = bytesAt(body, 0);
  const value = key === null ? null : bytesAt(body, key.end);
  if (key === null || value === null || value.end !== body.length) return null;
  return { offset, timestampMs, key: key.bytes, value: value.bytes };
}

/** A length and its bytes, -1 for null. Null where they do not fit. */
function bytesAt(body: Buffer, at: number): { readonly bytes: Buffer | null; readonly end: number } | null {
  if (body.length < at + LENGTH_BYTES) return null;
  const length = body.readInt32BE(at);
  const from = at + LENGTH_BYTES;
  if (length < -1 || body.length < from + Math.max(0, length)) return null;
  return length < 0
    ? { bytes: null, end: from }
    : { bytes: body.subarray(from, from + length), end: from + length };
}

function unreadable({ offset, timestampMs, body }: OldMessage, failure: DecompressionFailure): RawRecord {
  return {
    offset,
    timestampMs,
    key: null,
    value: body.subarray(0, MAX_DEAD_LETTER_BYTES),
    // How many it holds, only what is inside could say.
    unreadable: { ...failure, firstOffset: offset, records: 1 },
  };
}
