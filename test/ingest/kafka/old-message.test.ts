import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODEC, readLog, recordBatch, recordsOf } from './record-batch.ts';

const require = createRequire(import.meta.url);
type Decoder = new (bytes: Buffer) => object;
const KafkaDecoder = require('kafkajs/src/protocol/decoder') as Decoder;
const decodeMessageSet = require('kafkajs/src/protocol/messageSet/decoder') as (
  decoder: object,
  size: number,
) => Promise<{ offset: string; timestamp?: string; key: Buffer | null; value: Buffer | null }[]>;

interface Written {
  readonly format: 0 | 1;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: string | Buffer | null;
  readonly timestampMs?: number;
  readonly attributes?: number;
}

const TIME_MS = 1_772_366_400_000;
const APPEND_TIME = 8;

/** A message as brokers before 0.11 stored it, its CRC left at zero. */
function message({ format, offset, key, value, timestampMs = TIME_MS, attributes = 0 }: Written): Buffer {
  const head = Buffer.alloc(format === 0 ? 18 : 26);
  head.writeBigInt64BE(offset, 0);
  head.writeInt8(format, 16);
  head.writeInt8(attributes, 17);
  if (format === 1) head.writeBigInt64BE(BigInt(timestampMs), 18);
  const bytes = Buffer.concat([head, sized(key), sized(value)]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return bytes;
}

function sized(value: string | Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(value === null ? -1 : Buffer.from(value).length);
  return value === null ? length : Buffer.concat([length, Buffer.from(value)]);
}

describe('messages of the formats before Kafka 0.11', () => {
  it('are what kafkajs itself would read', async () => {
    const text = fc.option(fc.string({ maxLength: 20 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0 as const, 1 as const),
        fc.array(
          fc.record({
            key: text,
            value: text,
            gap: fc.integer({ min: 1, max: 9 }),
            timestampMs: fc.integer({ min: 0, max: 2 ** 40 }),
          }),
          { minLength: 1, maxLength: 9 },
        ),
        fc.boolean(),
        async (format, rows, isPacked) => {
          let offset = -1n;
          const written = rows.map(({ gap, ...row }) => ({
            ...row,
            format,
            offset: (offset += BigInt(gap)),
          }));
          const plain = Buffer.concat(written.map(message));
          const last = 500n + offset;
          const packed = message({
            format,
            offset: format === 0 ? offset : last,
            key: null,
            value: gzipSync(plain),
            attributes: CODEC.gzip,
          });
          const log = isPacked ? packed : plain;
          const expected = await decodeMessageSet(new KafkaDecoder(log), log.length);
          expect(await readLog(log)).toEqual(
            expected.map((one) => ({
              offset: BigInt(one.offset),
              timestampMs: Number(one.timestamp ?? -1),
              key: one.key,
              value: one.value,
            })),
          );
        },
      ),
    );
  });

  it('bear the time of the broker where it stamped them', async () => {
    const inner = [0n, 1n].map((offset) =>
      message({ format: 1, offset, key: null, value: 'a', timestampMs: 7 }),
    );
    const log = message({
      format: 1,
      offset: 41n,
      key: null,
      value: gzipSync(Buffer.concat(inner)),
      attributes: CODEC.gzip | APPEND_TIME,
    });
    expect(await readLog(log)).toMatchObject([
      { offset: 40n, timestampMs: TIME_MS },
      { offset: 41n, timestampMs: TIME_MS },
    ]);
  });

  it('are followed by record batches where the log was upgraded, and cut off anywhere', async () => {
    const old = message({ format: 1, offset: 99n, key: null, value: 'old' });
    const log = Buffer.concat([old, recordBatch(CODEC.none, recordsOf(['new']), 1), old]);
    expect((await readLog(log)).map(({ value }) => String(value))).toEqual(['old', 'new', 'old']);
    for (let length = 0; length < old.length; length += 1) {
      expect(await readLog(old.subarray(0, length))).toEqual([]);
    }
  });

  it.each([
    ['no gzip', CODEC.gzip, Buffer.from('garbage'), 'codec_error'],
    ['a bomb', CODEC.gzip, gzipSync(Buffer.alloc(1024 * 1024)), 'decompression_limit'],
    ['no messages', CODEC.gzip, gzipSync(Buffer.alloc(100, 0xff)), 'codec_error'],
    ['nothing', CODEC.gzip, null, 'codec_error'],
    ['a codec that nobody knows', 7, Buffer.from('x'), 'codec_error'],
  ])('become one record that says so when they hold %s', async (_, attributes, value, reason) => {
    expect(await readLog(message({ format: 1, offset: 3n, key: null, value, attributes }))).toMatchObject([
      { offset: 3n, key: null, unreadable: { reason, firstOffset: 3n, records: 1 } },
    ]);
  });

  it('become one record that says so when their lengths do not fit', async () => {
    const log = message({ format: 0, offset: 3n, key: 'k', value: 'v' });
    log.writeInt32BE(1_000, 18);
    expect(await readLog(log)).toMatchObject([{ offset: 3n, unreadable: { reason: 'codec_error' } }]);
  });
});
