import type { Result } from '../../../core/result.ts';
import { ok } from '../../../core/result.ts';
import type { Decompress, DecompressionFailure } from './decompression.ts';
import { broken, overLimit } from './decompression.ts';
import { unpackLz4Block } from './lz4-block.ts';

/**
 * LZ4 frames (lz4_Frame_format 1.6), own code because the decoder on npm reads block checksums from the wrong
 * side of the block and checks no bounds. Checksums are skipped, not verified: Kafka has its own CRC.
 */
const MAGIC = 0x184d2204;
const VERSION_MASK = 0xc0;
const VERSION = 0x40;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_CONTENT_CHECKSUM = 0x04;
const FLAG_DICTIONARY = 0x01;
const CHECKSUM_BYTES = 4;
const STORED_BLOCK = 0x80000000;
/** By the three bits of the block descriptor; 0 to 3 are reserved. */
const MAX_BLOCK_BYTES = [0, 0, 0, 0, 64 << 10, 256 << 10, 1 << 20, 4 << 20];

interface Frame {
  readonly blocksFrom: number;
  readonly maxBlockBytes: number;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
}

export const decompressLz4: Decompress = async function decompress(compressed, maxBytes) {
  const output = growingBuffer(Math.min(maxBytes, compressed.length * 4));
  for (let at = 0; at < compressed.length;) {
    const frame = readFrameHeader(compressed, at);
    if (!frame.ok) return frame;
    const end = unpackFrame(compressed, frame.value, output, maxBytes);
    if (!end.ok) return end;
    at = end.value;
  }
  return ok(output.written());
};

function readFrameHeader(source: Buffer, from: number): Result<Frame, DecompressionFailure> {
  if (from + 7 > source.length) return broken('lz4', 'the frame header is cut off');
  if (source.readUInt32LE(from) !== MAGIC)
    return broken('lz4', 'the frame does not begin with its magic number');
  const flags = source.readUInt8(from + 4);
  if ((flags & VERSION_MASK) !== VERSION) return broken('lz4', 'the frame has an unknown version');
  if ((flags & FLAG_DICTIONARY) !== 0) return broken('lz4', 'the frame needs a dictionary');
  const maxBlockBytes = MAX_BLOCK_BYTES[(source.readUInt8(from + 5) >> 4) & 7] ?? 0;
  if (maxBlockBytes === 0) return broken('lz4', 'the frame has an unknown block size');
  return ok({
    // Magic, flags, descriptor, perhaps eight bytes of content size, one byte of header checksum.
    blocksFrom: from + 7 + ((flags & FLAG_CONTENT_SIZE) === 0 ? 0 : 8),
    maxBlockBytes,
    blockChecksums: (flags & FLAG_BLOCK_CHECKSUM) !== 0,
    contentChecksum: (flags & FLAG_CONTENT_CHECKSUM) !== 0,
  });
}

/** Answers the offset after the frame. Output grows block by block, at most one block beyond the limit. */
function unpackFrame(
  source: Buffer,
  frame: Frame,
  output: GrowingBuffer,
  maxBytes: number,
): Result<number, DecompressionFailure> {
  let at = frame.blocksFrom;
  for (;;) {
    if (at + 4 > source.length) return broken('lz4', 'the frame has no end mark');
    const size = source.readUInt32LE(at);
    at += 4;
    if (size === 0) return ok(at + (frame.contentChecksum ? CHECKSUM_BYTES : 0));
    const stored = size >= STORED_BLOCK;
    const blockEnd = at + (stored ? size - STORED_BLOCK : size);
    if (blockEnd > source.length) return broken('lz4', 'a block is longer than the batch');
    const unpacked = output.append(frame.maxBlockBytes, (target, written, limit) =>
      stored
        ? copyBlock(source, at, blockEnd, target, written, limit)
        : unpackLz4Block(source, at, blockEnd, target, written, limit),
    );
    if (!unpacked) return broken('lz4', 'a block is malformed');
    if (output.length() > maxBytes) return overLimit('lz4', maxBytes);
    at = blockEnd + (frame.blockChecksums ? CHECKSUM_BYTES : 0);
  }
}

function copyBlock(
  source: Buffer,
  from: number,
  to: number,
  target: Buffer,
  written: number,
  limit: number,
): number {
  if (written + to - from > limit) return -1;
  source.copy(target, written, from, to);
  return written + to - from;
}

interface GrowingBuffer {
  /** Makes room for `maxBytes` more and lets `write` fill it; false when `write` answers -1. */
  append(maxBytes: number, write: (target: Buffer, from: number, limit: number) => number): boolean;
  length(): number;
  written(): Buffer;
}

function growingBuffer(initialBytes: number): GrowingBuffer {
  let buffer = Buffer.allocUnsafe(initialBytes);
  let length = 0;
  return {
    append(maxBytes, write) {
      if (length + maxBytes > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(length + maxBytes, buffer.length * 2));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      const end = write(buffer, length, length + maxBytes);
      if (end < 0) return false;
      length = end;
      return true;
    },
    length: () => length,
    written: () => buffer.subarray(0, length),
  };
}
