import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { carryingMessages } from '../../../src/ingest/kafka/records/carried-batches.ts';
import { type Chunk, recordChunks } from '../../../src/ingest/kafka/records/record-chunks.ts';
import { type Cursor, readVarlong } from '../../../src/ingest/kafka/records/varint.ts';
import {
  CODEC,
  decodeWithKafkajs,
  LIMITS,
  readLog,
  recordBatch,
  recordsOf,
  writeRecords,
} from './record-batch.ts';

const VALUES = Array.from({ length: 200 }, (_, index) => `{"n":${index}}`);
const LOG_APPEND_TIME = 8;

describe('records of fetched batches', () => {
  it('are what kafkajs itself would read', async () => {
    const text = fc.option(fc.string({ maxLength: 40 }), { nil: null });
    // kafkajs takes a header `valueOf` for one that came before.
    const headerName = fc.string({ maxLength: 9 }).map((name) => `-${name}`);
    const record = fc.record({
      key: text,
      value: text,
      headers: fc.uniqueArray(fc.tuple(headerName, fc.string({ maxLength: 300 })), {
        maxLength: 3,
        selector: ([name]) => name,
      }),
      gap: fc.integer({ min: 1, max: 1_000 }),
      timestampDeltaMs: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 2n ** 60n }),
        async (written, byAppendTime, firstOffset) => {
          let offsetDelta = -1;
          const records = written.map(({ gap, ...rest }) => ({ ...rest, offsetDelta: (offsetDelta += gap) }));
          const batch = recordBatch(
            byAppendTime ? LOG_APPEND_TIME : 0,
            writeRecords(records),
            records.length,
            { firstOffset, lastOffsetDelta: offsetDelta },
          );
          const expected = (await decodeWithKafkajs(batch)).map((message) => ({
            offset: BigInt(message.offset),
            timestampMs: Number(message.timestamp),
            key: message.key,
            value: message.value,
            ...(Object.keys(message.headers ?? {}).length > 0 && {
              headers: new Map(Object.entries(message.headers ?? {})),
            }),
          }));
          expect(await readLog(batch)).toEqual(expected);
        },
      ),
    );
  });

  it('begin at the offset that was asked for, in chunks that run over batches', async () => {
    const log = Buffer.concat([
      recordBatch(CODEC.none, recordsOf(VALUES), 200, { firstOffset: 0n }),
      recordBatch(CODEC.gzip, gzipSync(recordsOf(VALUES)), 200, { firstOffset: 200n }),
      recordBatch(CODEC.zstd, zstdCompressSync(recordsOf(VALUES)), 200, { firstOffset: 400n }),
    ]);
    const records = await readLog(log, 150n);
    expect(records.map(({ offset }) => Number(offset))).toEqual(
      Array.from({ length: 450 }, (_, index) => 150 + index),
    );
    expect(String(records.at(-1)?.value)).toBe(VALUES.at(-1));
    const chunks = await chunksOf(messagesOf(log), 150n);
    expect(chunks.map(({ records: { length } }) => length)).toEqual([64, 64, 64, 64, 64, 64, 64, 2]);
    expect(chunks.map(({ nextOffset }) => nextOffset)).toEqual(
      [214, 278, 342, 406, 470, 534, 598, 600].map(BigInt),
    );
  });

  it('that were cut off come with the next fetch', async () => {
    const whole = recordBatch(CODEC.none, recordsOf(['a', 'b']), 2);
    const next = recordBatch(CODEC.none, recordsOf(['c']), 1, { firstOffset: 102n });
    for (const length of [0, 8, 16, 17, 60, 61, next.length - 1]) {
      const records = await readLog(Buffer.concat([whole, next.subarray(0, length)]));
      expect(records.map(({ value }) => String(value))).toEqual(['a', 'b']);
    }
  });

  it('go on behind what compaction took, and behind batches it emptied', async () => {
    const gone = recordBatch(CODEC.none, Buffer.alloc(0), 0, { firstOffset: 110n, lastOffsetDelta: 9 });
    for (const codec of [CODEC.none, CODEC.zstd]) {
      const emptied = recordBatch(codec, Buffer.alloc(0), 0, { firstOffset: 120n, lastOffsetDelta: 4 });
      const log = Buffer.concat([
        recordBatch(CODEC.none, recordsOf(['a', 'b']), 2, { lastOffsetDelta: 9 }),
        gone,
        emptied,
      ]);
      expect(await chunksOf(messagesOf(log), 101n)).toMatchObject([
        { records: [{ offset: 101n }], nextOffset: 125n },
      ]);
      expect(await chunksOf(messagesOf(log), 102n)).toEqual([{ records: [], nextOffset: 125n }]);
    }
    expect(await chunksOf([], 7n)).toEqual([]);
  });

  it('are read beside one with more headers than are kept', async () => {
    const headers = Array.from({ length: 4_097 }, (_, i) => [`h${i}`, 'v'] as const);
    const written = Array.from({ length: 100 }, (_, offsetDelta) => ({
      key: null,
      value: `${offsetDelta}`,
      headers: offsetDelta === 40 ? headers : [],
      offsetDelta,
      timestampDeltaMs: 0,
    }));
    const read = await readLog(recordBatch(CODEC.gzip, gzipSync(writeRecords(written)), 100), 0n, {
      maxUnpackedBytes: 2 ** 20,
    });
    expect(read.map(({ value }) => value?.toString())).toEqual(written.map(({ value }) => value));
    expect(read[40]?.headers?.size).toBe(1_000);
    expect(read[40]?.headers?.has('h999')).toBe(true);
  });

  it('come eight megabytes at a time, and large batches one at a time in the whole process', async () => {
    const value = 'x'.repeat(900_000);
    const batch = (firstOffset: bigint): Buffer =>
      recordBatch(CODEC.zstd, zstdCompressSync(recordsOf(Array.from({ length: 20 }, () => value))), 20, {
        firstOffset,
      });
    const log = Buffer.concat([batch(0n), batch(20n)]);
    const limits = { chunkRecords: 2_000, maxUnpackedBytes: 64 * 2 ** 20 };
    const chunks = (): AsyncGenerator<Chunk> =>
      recordChunks(carryingMessages(log) as unknown as KafkaMessage[], 0n, limits);
    const [one, other] = [chunks(), chunks()];
    const counts: number[] = [];
    for (let chunk = await one.next(); counts.length < 3; chunk = await one.next())
      counts.push(chunk.value.records.length);
    // The second batch of the first has been opened, and the other one waits for it.
    let isOpen = false;
    const waiting = other.next().then((chunk) => {
      isOpen = true;
      return chunk.value.records.length;
    });
    for await (const { records } of one) {
      expect(isOpen).toBe(false);
      counts.push(records.length);
    }
    expect(counts).toEqual([10, 10, 10]);
    expect(await waiting).toBe(10);
    // Given up in the middle, it leaves its turn to the next.
    await other.return(undefined);
    expect((await chunks().next()).value.records).toHaveLength(10);
  });

  it('have the last of headers that repeat, also when it is null', async () => {
    const record = {
      key: null,
      value: 'x',
      offsetDelta: 0,
      timestampDeltaMs: 0,
      headers: [
        ['a', '1'],
        ['b', '1'],
        ['a', '2'],
        ['b', null],
        ['valueOf', '3'],
      ] as const,
    };
    const [read] = await readLog(recordBatch(CODEC.none, writeRecords([record]), 1));
    expect(read?.headers).toEqual(
      new Map([
        ['a', Buffer.from('2')],
        ['valueOf', Buffer.from('3')],
      ]),
    );
  });

  it('are refused when kafkajs has opened them itself', async () => {
    const message = { offset: '7', timestamp: '0', key: null, value: Buffer.from('a'), headers: {} };
    await expect(chunksOf([message as unknown as KafkaMessage], 0n)).rejects.toThrow(
      /opened a record batch itself/,
    );
  });
});

describe('a batch that cannot be read', () => {
  it.each([
    ['garbage', CODEC.gzip, Buffer.from('this is no gzip'), 'codec_error'],
    ['a bomb', CODEC.gzip, gzipSync(Buffer.alloc(1024 * 1024)), 'decompression_limit'],
    ['bytes that unpack to no records', CODEC.gzip, gzipSync(Buffer.alloc(5_000, 0xff)), 'codec_error'],
    ['fewer records than it claims', CODEC.gzip, gzipSync(recordsOf(VALUES.slice(1))), 'codec_error'],
    ['records with headers without end', CODEC.gzip, gzipSync(recordsOf(['x'], 2_000)), 'codec_error'],
    ['uncompressed garbage', CODEC.none, Buffer.alloc(5_000, 0xff), 'codec_error'],
    ['a codec that nobody knows', 7, recordsOf(VALUES), 'codec_error'],
  ])(
    'for %s becomes one record that says so, between what can be read',
    async (_, codec, payload, reason) => {
      const log = Buffer.concat([
        recordBatch(CODEC.none, recordsOf(['before']), 1, { firstOffset: 99n }),
        recordBatch(codec, payload, VALUES.length),
        recordBatch(CODEC.none, recordsOf(['after']), 1, { firstOffset: 300n }),
      ]);
      const [before, unreadable, after, ...none] = await readLog(log);
      expect([String(before?.value), String(after?.value), none]).toEqual(['before', 'after', []]);
      expect(unreadable).toMatchObject({
        offset: 299n,
        key: null,
        value: payload.subarray(0, 64 * 1024),
        unreadable: { reason, firstOffset: 100n, records: 200 },
      });
      expect(unreadable).not.toHaveProperty('headers');
    },
  );

  it('keeps the offsets of a compacted one', async () => {
    const batch = recordBatch(CODEC.zstd, Buffer.from('no zstd'), 2, {
      firstOffset: 2n ** 40n,
      lastOffsetDelta: 70_000,
    });
    expect(await readLog(batch)).toMatchObject([
      { offset: 2n ** 40n + 70_000n, unreadable: { firstOffset: 2n ** 40n, records: 2 } },
    ]);
  });

  it('takes no memory for the records that its header claims', async () => {
    const batch = recordBatch(CODEC.none, recordsOf(['a']), 2 ** 31 - 1);
    expect(await readLog(batch)).toMatchObject([{ unreadable: { records: 2 ** 31 - 1 } }]);
  });
});

it('reads time deltas of 64 bits', () => {
  const read = (...bytes: number[]) => {
    const cursor: Cursor = { bytes: Buffer.from(bytes), at: 0 };
    return [readVarlong(cursor), cursor.at];
  };
  expect(read(0x01)).toEqual([-1, 1]);
  expect(read(0x80, 0x80, 0x80, 0x80, 0x20)).toEqual([2 ** 32, 5]);
  expect(read(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)).toEqual([-(2 ** 63), 10]);
  expect(read(0x80)).toEqual([null, 1]);
  expect(read(...Array.from({ length: 11 }, () => 0x80))[0]).toBeNull();
});

async function chunksOf(messages: readonly KafkaMessage[], fromOffset: bigint) {
  const chunks: Chunk[] = [];
  for await (const { records, nextOffset } of recordChunks(messages, fromOffset, LIMITS)) {
    chunks.push({ records: [...records], nextOffset });
  }
  return chunks;
}

function messagesOf(log: Buffer): KafkaMessage[] {
  return carryingMessages(log) as unknown as KafkaMessage[];
}
