/** Zigzag varints, as Kafka writes lengths and deltas inside a batch. */

const MAX_VARINT_BYTES = 5;
const MAX_VARLONG_BYTES = 10;

export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** The next 32-bit varint, or null when the bytes end or the number does not fit. */
export function readVarint(cursor: Cursor): number | null {
  let raw = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) return null;
    cursor.at += 1;
    raw = (raw | ((byte & 0x7f) << (7 * index))) >>> 0;
    if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1);
  }
  return null;
}

/** The next varint of up to 64 bits, as near as a double comes; null when the bytes end or it is longer. */
export function readVarlong(cursor: Cursor): number | null {
  let magnitude = 0;
  let scale = 1;
  let odd = false;
  for (let index = 0; index < MAX_VARLONG_BYTES; index += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) return null;
    cursor.at += 1;
    if (index === 0) {
      odd = (byte & 1) === 1;
      magnitude = (byte & 0x7f) >>> 1;
      scale = 64;
    } else {
      magnitude += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (byte < 0x80) return odd ? -magnitude - 1 : magnitude;
  }
  return null;
}
