import { createRequire } from 'node:module';
import { varintBytes } from '../../../src/ingest/kafka/codecs/varint.ts';

const require = createRequire(import.meta.url);
type Decoder = new (bytes: Buffer) => object;
const KafkaDecoder = require('kafkajs/src/protocol/decoder') as Decoder;
const decodeRecordBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ records: DecodedRecord[] }>;

const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<DecodedRecord[]>;

export interface DecodedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer>;
}

export const CODEC = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** Records without key, as they stand inside a batch before compression. */
export function recordsOf(values: readonly string[], headers = 0): Buffer {
  return Buffer.concat(
    values.map((value, index) => {
      const text = Buffer.from(value);
      const body = Buffer.concat([
        Buffer.from([0, 0, ...varintBytes(index), ...varintBytes(-1), ...varintBytes(text.length)]),
        text,
        Buffer.from(varintBytes(headers)),
        ...Array.from({ length: headers }, () => Buffer.from([...varintBytes(1), 0x68, ...varintBytes(-1)])),
      ]);
      return Buffer.concat([Buffer.from(varintBytes(body.length)), body]);
    }),
  );
}

/** A batch of format 2 as a broker sends it, its CRC left at zero: kafkajs does not look at it. */
export function recordBatch(
  codec: number,
  payload: Buffer,
  records: number,
  { firstOffset = 100n, lastOffsetDelta = records - 1 } = {},
): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(firstOffset, 0);
  header.writeInt32BE(49 + payload.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(codec, 21);
  header.writeInt32BE(lastOffsetDelta, 23);
  header.writeBigInt64BE(1_772_366_400_000n, 27);
  header.writeBigInt64BE(1_772_366_400_000n, 35);
  header.writeInt32BE(records, 57);
  return Buffer.concat([header, payload]);
}

/** What kafkajs itself makes of a batch, with the codecs that are registered. */
export async function decodeWithKafkajs(batch: Buffer): Promise<DecodedRecord[]> {
  // As in a fetch response, where other bytes come before and after.
  const response = Buffer.concat([Buffer.alloc(40, 0xee), batch, Buffer.alloc(7)]);
  const { records } = await decodeRecordBatch(new KafkaDecoder(response.subarray(40)));
  return records;
}

/** A partition's part of a fetch response, as kafkajs reads it: several batches in a row. */
export function decodeFetchWithKafkajs(batches: readonly Buffer[]): Promise<DecodedRecord[]> {
  const length = Buffer.alloc(4);
  length.writeInt32BE(batches.reduce((sum, batch) => sum + batch.length, 0));
  return decodeMessages(new KafkaDecoder(Buffer.concat([length, ...batches])));
}
