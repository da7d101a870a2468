import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { compress as compressSnappy } from 'snappyjs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decompress } from '../../../src/ingest/kafka/codecs/decompression.ts';
import { decompressLz4 } from '../../../src/ingest/kafka/codecs/lz4.ts';
import { decompressSnappy } from '../../../src/ingest/kafka/codecs/snappy.ts';
import { decompressGzip, decompressZstd } from '../../../src/ingest/kafka/codecs/zlib-codecs.ts';

const MEBIBYTE = 1024 * 1024;
const TEXT = Buffer.from(
  Array.from(
    { length: 40 },
    (_, index) =>
      `{"type": "prediction", "model": "m", "features": {"age": ${index % 7}, "note": "abcabcabcabcabcabcabcabcabc"}}`,
  ).join('\n'),
);
/** Written by the lz4 1.9 command line from `TEXT`, with the options in the name. */
const LZ4_FRAMES = {
  '-B4 --no-frame-crc':
    'BCJNGGBAgoYAAADwDnsidHlwZSI6ICJwcmVkaWN0aW9uIiwgIm1vZGVsFwAQbQ4A8ABmZWF0dXJlcyI6IHsiYWcwAHAwLCAibm90CwBPImFiYwMABU8ifX0KZAAmHzFkAFAfMmQAUB8zZABQHzRkAFAfNWQAUB82ZABQD7wC////////////////nlBiYyJ9fQAAAAA=',
  '-B4 -BX':
    'BCJNGHRAvYYAAADwDnsidHlwZSI6ICJwcmVkaWN0aW9uIiwgIm1vZGVsFwAQbQ4A8ABmZWF0dXJlcyI6IHsiYWcwAHAwLCAibm90CwBPImFiYwMABU8ifX0KZAAmHzFkAFAfMmQAUB8zZABQHzRkAFAfNWQAUB82ZABQD7wC////////////////nlBiYyJ9fUQRtbkAAAAAcWPgmw==',
  '-B7 -BD -BX --content-size -9':
    'BCJNGHxAnw8AAAAAAAAJhQAAAPAOeyJ0eXBlIjogInByZWRpY3Rpb24iLCAibW9kZWwXABBtDgDwAGZlYXR1cmVzIjogeyJhZzAAcTAsICJub3Q7AD9hYmMDAAVPIn19CmQAJh8xZABQHzJkAFAfM2QAUB80ZABQHzVkAFAfNmQAFw+8Av///////////////9dQYmMifX02x6saAAAAAHFj4Js=',
};
const lz4Frame = (name: keyof typeof LZ4_FRAMES = '-B4 -BX') => Buffer.from(LZ4_FRAMES[name], 'base64');

function xerial(...blocks: Buffer[]): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const sized = blocks.map((block) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(block.length);
    return Buffer.concat([size, block]);
  });
  return Buffer.concat([header, ...sized]);
}

/** A frame of one block: literal `a`, then a match of `length` bytes at distance 1. Unpacks 1 : 255. */
function lz4Bomb(length: number): Buffer {
  const extra = length - 4 - 15;
  const block = Buffer.concat([
    Buffer.from([0x1f, 0x61, 1, 0]),
    Buffer.alloc(Math.floor(extra / 255), 255),
    Buffer.from([extra % 255]),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  const body = Buffer.concat([size, block]);
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0]),
    ...Array.from({ length: 40 }, () => body),
    Buffer.alloc(4),
  ]);
}

const SAMPLES: [string, Decompress, Buffer][] = [
  ['gzip', decompressGzip, gzipSync(TEXT)],
  ['zstd', decompressZstd, zstdCompressSync(TEXT)],
  ['snappy', decompressSnappy, compressSnappy(TEXT)],
  [
    'snappy in xerial framing',
    decompressSnappy,
    xerial(compressSnappy(TEXT.subarray(0, 900)), compressSnappy(TEXT.subarray(900))),
  ],
  ...Object.keys(LZ4_FRAMES).map((name): [string, Decompress, Buffer] => [
    `lz4 ${name}`,
    decompressLz4,
    lz4Frame(name as keyof typeof LZ4_FRAMES),
  ]),
  [
    'two lz4 frames',
    async (bytes, max) => {
      const both = await decompressLz4(Buffer.concat([bytes, bytes]), max);
      return both.ok ? { ok: true, value: both.value.subarray(TEXT.length) } : both;
    },
    lz4Frame(),
  ],
];

describe.each(SAMPLES)('%s', (_name, decompress, compressed) => {
  it('is unpacked', async () => {
    expect(await decompress(compressed, MEBIBYTE)).toEqual({ ok: true, value: TEXT });
  });

  it('is refused beyond the limit', async () => {
    expect(await decompress(compressed, TEXT.length - 1)).toMatchObject({
      ok: false,
      error: { reason: 'decompression_limit' },
    });
  });

  it('never throws when bytes are cut off or changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(compressed.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bytes = Buffer.from(cut ? compressed.subarray(0, at) : compressed);
        if (!cut) bytes[at] = byte;
        const result = await decompress(bytes, MEBIBYTE);
        if (!result.ok) expect(['codec_error', 'decompression_limit']).toContain(result.error.reason);
        else expect(result.value.length).toBeLessThanOrEqual(MEBIBYTE);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

describe('a decompression bomb', () => {
  const zeros = Buffer.alloc(200 * MEBIBYTE);
  const claimsFourGiB = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x61]);

  it.each([
    ['gzip', decompressGzip, () => gzipSync(zeros)],
    [
      'raw deflate inside gzip',
      decompressGzip,
      () => Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), deflateRawSync(zeros)]),
    ],
    ['zstd', decompressZstd, () => zstdCompressSync(zeros)],
    ['snappy', decompressSnappy, () => claimsFourGiB],
    ['xerial snappy', decompressSnappy, () => xerial(claimsFourGiB, claimsFourGiB)],
    ['lz4', decompressLz4, () => lz4Bomb(4 * MEBIBYTE - 1)],
  ] as const)('of %s is refused without its memory', async (_name, decompress, make) => {
    const bomb = make();
    expect(bomb.length).toBeLessThan(MEBIBYTE);
    const before = process.memoryUsage().arrayBuffers;
    const result = await decompress(bomb, 8 * MEBIBYTE);
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(result).toMatchObject({ ok: false, error: { reason: 'decompression_limit' } });
    expect(grown).toBeLessThan(64 * MEBIBYTE);
  });
});

/** 120 KB over linked blocks of 64 KB: a pattern of 3,000 bytes, each copy with one byte changed. */
function repeatedPattern(): Buffer {
  const pattern = Buffer.from(
    Array.from({ length: 3_000 }, (_, index) => (index * index * 7 + (index >> 3)) % 251),
  );
  const copies = Array.from({ length: 40 }, (_, copy) => {
    const bytes = Buffer.from(pattern);
    bytes[copy * 61] = 255;
    return bytes;
  });
  return Buffer.concat(copies);
}

it('unpacks lz4 whose matches reach into earlier blocks', async () => {
  // Written by `lz4 -9 -B4 -BD`.
  const frame = readFileSync(new URL('linked-blocks.lz4', import.meta.url));
  const unpacked = await decompressLz4(frame, MEBIBYTE);
  expect(unpacked.ok && unpacked.value.equals(repeatedPattern())).toBe(true);
});
