import { createRequire } from 'node:module';
import type { KafkaMessage } from 'kafkajs';
import type { RawRecord } from '../../../src/core/events/log-source.ts';
import { carryingMessages } from '../../../src/ingest/kafka/records/carried-batches.ts';
import { recordChunks } from '../../../src/ingest/kafka/records/record-chunks.ts';

const require = createRequire(import.meta.url);
type Decoder = new (bytes: Buffer) => object;
const KafkaDecoder = require('kafkajs/src/protocol/decoder') as Decoder;
const decodeRecordBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ records: KafkaMessage[] }>;

export const CODEC = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
export const LIMITS = { chunkRecords: 64, maxUnpackedBytes: 64 * 1024 };

export interface WrittenRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
  readonly offsetDelta: number;
  readonly timestampDeltaMs: number;
}

const sized = (text: string | null): Buffer => {
  if (text === null) return Buffer.from(varintBytes(-1));
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(varintBytes(bytes.length)), bytes]);
};

/** Records as they stand inside a batch before compression. */
export function writeRecords(records: readonly WrittenRecord[]): Buffer {
  return Buffer.concat(
    records.map(({ key, value, headers, offsetDelta, timestampDeltaMs }) => {
      const body = Buffer.concat([
        Buffer.from([0, ...varintBytes(timestampDeltaMs), ...varintBytes(offsetDelta)]),
        sized(key),
        sized(value),
        Buffer.from(varintBytes(headers.length)),
        ...headers.flatMap(([name, text]) => [sized(name), sized(text)]),
      ]);
      return Buffer.concat([Buffer.from(varintBytes(body.length)), body]);
    }),
  );
}

/** Records without key, one offset after the other. */
export function recordsOf(values: readonly string[], headers = 0): Buffer {
  return writeRecords(
    values.map((value, index) => ({
      key: null,
      value,
      headers: Array.from({ length: headers }, () => ['h', ''] as const),
      offsetDelta: index,
      timestampDeltaMs: 0,
    })),
  );
}

/** A batch of format 2 as a broker sends it, its CRC left at zero: nobody looks at it. */
export function recordBatch(
  attributes: number,
  payload: Buffer,
  records: number,
  { firstOffset = 100n, lastOffsetDelta = records - 1, producerId = -1n } = {},
): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(firstOffset, 0);
  header.writeInt32BE(49 + payload.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(lastOffsetDelta, 23);
  header.writeBigInt64BE(1_772_366_400_000n, 27);
  header.writeBigInt64BE(1_772_366_400_999n, 35);
  header.writeBigInt64BE(producerId, 43);
  header.writeInt32BE(records, 57);
  return Buffer.concat([header, payload]);
}

/** What kafkajs itself makes of a batch. */
export async function decodeWithKafkajs(batch: Buffer): Promise<KafkaMessage[]> {
  const { records } = await decodeRecordBatch(new KafkaDecoder(batch));
  return records;
}

/** What shiftwatch makes of a fetched log. */
export async function readLog(
  log: Buffer,
  fromOffset = 0n,
  limits: Partial<typeof LIMITS> = {},
): Promise<RawRecord[]> {
  const read: RawRecord[] = [];
  const messages = carryingMessages(log) as unknown as KafkaMessage[];
  const all = { ...LIMITS, ...limits };
  for await (const { records } of recordChunks(messages, fromOffset, all)) {
    if (records.length > all.chunkRecords) throw new Error(`${records.length} in a chunk`);
    read.push(...records);
  }
  return read;
}

/** Of a record that has one header of each name. */
export async function headersKept(names: readonly string[]): Promise<number> {
  const headers = names.map((name) => [name, 'v'] as const);
  const records = writeRecords([{ key: null, value: '{}', headers, offsetDelta: 0, timestampDeltaMs: 0 }]);
  const [record] = await readLog(recordBatch(CODEC.none, records, 1), 0n, { maxUnpackedBytes: 2 ** 20 });
  return record?.headers?.size ?? 0;
}

/** A zigzag varint, as Kafka writes lengths and deltas inside a batch. */
function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
