import { uncompress } from 'snappyjs';
import type { Result } from '../../../core/result.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Decompress } from './decompression.ts';
import { broken, overLimit } from './decompression.ts';

/** Java producers wrap snappy in the framing of xerial's library: this magic, two versions, sized blocks. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** Raw snappy (librdkafka) or xerial-framed. Every block states its size first, so a bomb costs nothing. */
export const decompressSnappy: Decompress = async function decompress(compressed, maxBytes) {
  const blocks = blocksOf(compressed);
  if (!blocks.ok) return broken('snappy', blocks.error);
  let claimedBytes = 0;
  for (const block of blocks.value) {
    const claimed = claimedLength(block);
    if (claimed === null) return broken('snappy', 'a block does not state its size');
    claimedBytes += claimed;
  }
  if (claimedBytes > maxBytes) return overLimit('snappy', maxBytes);
  try {
    return ok(Buffer.concat(blocks.value.map((block) => uncompress(block, maxBytes))));
  } catch (error) {
    return broken('snappy', (error as Error).message);
  }
};

function blocksOf(compressed: Buffer): Result<Buffer[], string> {
  if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return ok([compressed]);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < compressed.length;) {
    if (at + 4 > compressed.length) return fail('the framing ends in the middle');
    const end = at + 4 + compressed.readUInt32BE(at);
    if (end > compressed.length) return fail('a block is longer than the batch');
    blocks.push(compressed.subarray(at + 4, end));
    at = end;
  }
  return ok(blocks);
}

/** The size a snappy block begins with: a varint of at most 32 bits. */
function claimedLength(block: Buffer): number | null {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = block[index];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length <= 0xffffffff ? length : null;
  }
  return null;
}
