import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerCodecs, resetFetchBudget } from '../../../src/ingest/kafka/codecs/register.ts';
import { unreadableRange } from '../../../src/ingest/kafka/codecs/unreadable-batch.ts';
import { CODEC, decodeFetchWithKafkajs, decodeWithKafkajs, recordBatch, recordsOf } from './record-batch.ts';

const VALUES = Array.from({ length: 200 }, (_, index) => `{"n":${index}}`);
const MAX_BATCH_RECORDS = 1_000;
const LIMITS = { maxBatchBytes: 64 * 1024, maxBatchRecords: MAX_BATCH_RECORDS, maxFetchBytes: 200_000 };

/** Through kafkajs's own decoder: what matters is that it goes on after a batch nobody can read. */
describe('a compressed batch', () => {
  beforeAll(() => registerCodecs(LIMITS));
  beforeEach(() => resetFetchBudget());

  it('comes out as it went in', async () => {
    const records = await decodeWithKafkajs(
      recordBatch(CODEC.gzip, gzipSync(recordsOf(VALUES)), VALUES.length),
    );
    expect(records.map(({ value }) => String(value))).toEqual(VALUES);
    expect(records.at(-1)?.offset).toBe('299');
  });

  it.each([
    ['garbage', Buffer.from('this is no gzip'), 'codec_error'],
    ['a bomb', gzipSync(Buffer.alloc(1024 * 1024)), 'decompression_limit'],
    ['bytes that unpack to no records', gzipSync(Buffer.alloc(5_000, 0xff)), 'codec_error'],
    ['fewer records than it claims', gzipSync(recordsOf(VALUES.slice(1))), 'codec_error'],
    ['records with headers without end', gzipSync(recordsOf(['x'], 2_000)), 'codec_error'],
  ])('of %s becomes one record that says so, at the end of its offsets', async (_name, payload, reason) => {
    const records = await decodeWithKafkajs(recordBatch(CODEC.gzip, payload, VALUES.length));
    expect(records).toHaveLength(VALUES.length);
    const marked = records.filter(({ headers }) => unreadableRange(headers) !== null);
    expect(marked).toHaveLength(1);
    expect(marked[0]?.offset).toBe('299');
    expect(marked[0]?.value).toEqual(payload.subarray(0, 64 * 1024));
    expect(unreadableRange(marked[0]?.headers)).toMatchObject({ reason, firstOffset: 100n, records: 200 });
    expect(records.every(({ offset }) => Number(offset) >= 100 && Number(offset) <= 299)).toBe(true);
  });

  it('keeps the offsets of a compacted batch', async () => {
    const records = await decodeWithKafkajs(
      recordBatch(CODEC.zstd, Buffer.from('no zstd'), 2, { firstOffset: 2n ** 40n, lastOffsetDelta: 70_000 }),
    );
    expect(records.map(({ offset }) => offset)).toEqual([String(2n ** 40n), String(2n ** 40n + 70_000n)]);
  });

  it('that claims too many records for memory stops the consumer with a reason', async () => {
    const batch = recordBatch(CODEC.zstd, zstdCompressSync(Buffer.alloc(10)), MAX_BATCH_RECORDS + 1);
    await expect(decodeWithKafkajs(batch)).rejects.toThrow('at offset 100 claims 1001 records');
  });

  it('is put off when its fetch has unpacked enough, and read with the next', async () => {
    // 200 records count for 80,000 bytes and their text.
    const batches = Array.from({ length: 5 }, (_, index) =>
      recordBatch(CODEC.gzip, gzipSync(recordsOf(VALUES)), VALUES.length, {
        firstOffset: BigInt(index * VALUES.length),
      }),
    );
    const first = await decodeFetchWithKafkajs(batches);
    expect(first).toHaveLength(600);
    expect(await decodeFetchWithKafkajs(batches.slice(3))).toEqual([]);
    resetFetchBudget();
    const second = await decodeFetchWithKafkajs(batches.slice(3));
    expect(second.map(({ offset }) => offset)).toEqual(
      VALUES.concat(VALUES).map((_, index) => `${600 + index}`),
    );
  });

  it('cannot be forged by a producer’s header', () => {
    expect(unreadableRange({ 'shiftwatch.unreadable': Buffer.from('{"reason":"codec_error"}') })).toBeNull();
    expect(unreadableRange(undefined)).toBeNull();
  });
});
