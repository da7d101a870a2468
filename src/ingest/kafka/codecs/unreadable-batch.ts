import { randomUUID } from 'node:crypto';
import { MAX_DEAD_LETTER_BYTES } from '../../../core/dead-letter.ts';
import type { UnreadableRange } from '../../../core/log-source.ts';
import type { BatchHeader } from './batch-header.ts';
import type { DecompressionFailure } from './decompression.ts';
import { varintBytes } from './varint.ts';

/**
 * What a codec answers instead of throwing. An error inside a codec fails the whole fetch of all partitions of
 * that broker, and fails it again after every restart: one bad batch would stop everything for ever. So the
 * codec answers as many records as the batch claims, of which the last one says what happened; the others are
 * left out again by the source.
 *
 * The name of the marking header is drawn per process: a producer cannot forge it.
 */
const MARK = `shiftwatch.unreadable.${randomUUID()}`;

const NULL_LENGTH = varintBytes(-1);
const NO_HEADERS = varintBytes(0);

/** Records in the form that follows a batch header, uncompressed. */
export function unreadableRecords(
  header: BatchHeader,
  failure: DecompressionFailure,
  compressed: Buffer,
): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index < header.records - 1; index += 1) {
    const delta = Math.min(index, header.lastOffsetDelta);
    parts.push(
      framed(Buffer.from([0, 0, ...varintBytes(delta), ...NULL_LENGTH, ...NULL_LENGTH, ...NO_HEADERS])),
    );
  }
  const said: Said = {
    ...failure,
    firstOffset: String(header.firstOffset),
    records: header.records,
  };
  parts.push(
    framed(
      Buffer.concat([
        Buffer.from([0, 0, ...varintBytes(header.lastOffsetDelta), ...NULL_LENGTH]),
        sized(compressed.subarray(0, MAX_DEAD_LETTER_BYTES)),
        Buffer.from(varintBytes(1)),
        sized(Buffer.from(MARK)),
        sized(Buffer.from(JSON.stringify(said))),
      ]),
    ),
  );
  return Buffer.concat(parts);
}

interface Said extends DecompressionFailure {
  readonly firstOffset: string;
  readonly records: number;
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(varintBytes(bytes.length)), bytes]);
const framed = sized;

/** What the marked record stands for; null for any other record. */
export function unreadableRange(
  headers: Readonly<Record<string, unknown>> | undefined,
): UnreadableRange | null {
  const mark = headers?.[MARK];
  if (!Buffer.isBuffer(mark)) return null;
  const said = JSON.parse(mark.toString('utf8')) as Said;
  return {
    reason: said.reason,
    detail: said.detail,
    firstOffset: BigInt(said.firstOffset),
    records: said.records,
  };
}
