/**
 * One LZ4 block, as specified in lz4_Block_format: sequences of a token, literals and a match. Every read and
 * write is checked, since the bytes come from strangers.
 */
const MIN_MATCH = 4;
const EXTENDED_LENGTH = 15;

/**
 * Unpacks `source[from, to)` to `target` at `targetFrom`, not beyond `targetLimit`. Matches may reach back into
 * what earlier blocks wrote. Answers the end of what was written, or -1 when the block is malformed.
 */
export function unpackLz4Block(
  source: Buffer,
  from: number,
  to: number,
  target: Buffer,
  targetFrom: number,
  targetLimit: number,
): number {
  let at = from;
  let written = targetFrom;

  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble < EXTENDED_LENGTH) return length;
    for (let byte = 255; byte === 255; at += 1) {
      if (at >= to) return -1;
      byte = source[at] ?? 0;
      length += byte;
    }
    return length;
  };

  while (at < to) {
    const token = source[at] ?? 0;
    at += 1;
    const literals = extended(token >> 4);
    if (literals < 0 || at + literals > to || written + literals > targetLimit) return -1;
    source.copy(target, written, at, at + literals);
    at += literals;
    written += literals;
    // The last sequence ends after its literals.
    if (at === to) return written;
    if (at + 2 > to) return -1;
    const distance = source.readUInt16LE(at);
    at += 2;
    const extra = extended(token & 0x0f);
    const length = extra + MIN_MATCH;
    if (extra < 0 || distance === 0 || distance > written || written + length > targetLimit) return -1;
    repeat(target, written, distance, length);
    written += length;
  }
  return written;
}

/** Copies `length` bytes from `distance` back; where the ranges overlap, the pattern repeats. */
function repeat(target: Buffer, at: number, distance: number, length: number): void {
  if (distance >= length) {
    target.copyWithin(at, at - distance, at - distance + length);
    return;
  }
  for (let index = 0; index < length; index += 1) target[at + index] = target[at + index - distance] ?? 0;
}
