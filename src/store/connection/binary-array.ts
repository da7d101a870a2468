/**
 * Postgres arrays in their binary form. Ten thousand numbers as text cost more than inserting them: the driver quotes
 * every one, and the server reads it back. A `Buffer` parameter is sent as it is; cast it to the array's type in SQL.
 */

/** Object ids of the element types, fixed in Postgres' catalogue. */
const BYTEA = 17;
const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const FLOAT8 = 701;
const TIMESTAMPTZ = 1184;

/** One dimension, from index 1 on. */
const HEADER_BYTES = 20;
/** Postgres counts microseconds from 2000. */
const EPOCH_2000_MS = 946_684_800_000;

function header(buffer: Buffer, elementType: number, length: number, withNulls: boolean): void {
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(withNulls ? 1 : 0, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
}

function fixed(
  elementType: number,
  bytes: number,
  length: number,
  write: (buffer: Buffer, at: number, index: number) => void,
): Buffer {
  if (length === 0) return empty(elementType);
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + length * (4 + bytes));
  header(buffer, elementType, length, false);
  for (let index = 0, at = HEADER_BYTES; index < length; index++, at += 4 + bytes) {
    buffer.writeInt32BE(bytes, at);
    write(buffer, at + 4, index);
  }
  return buffer;
}

function empty(elementType: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(elementType, 8);
  return buffer;
}

/** `bigint[]` of 64-bit integers in two halves. */
export function int8Array(
  length: number,
  high: (index: number) => number,
  low: (index: number) => number,
): Buffer {
  return fixed(INT8, 8, length, (buffer, at, index) => {
    buffer.writeInt32BE(high(index), at);
    buffer.writeInt32BE(low(index), at + 4);
  });
}

/** `int[]` */
export function int4Array(length: number, value: (index: number) => number): Buffer {
  return fixed(INT4, 4, length, (buffer, at, index) => buffer.writeInt32BE(value(index), at));
}

/** `timestamptz[]` of epoch milliseconds. */
export function timestampArray(length: number, ms: (index: number) => number): Buffer {
  return fixed(TIMESTAMPTZ, 8, length, (buffer, at, index) => {
    const micros = (ms(index) - EPOCH_2000_MS) * 1_000;
    const high = Math.floor(micros / 2 ** 32);
    buffer.writeInt32BE(high, at);
    buffer.writeUInt32BE(micros - high * 2 ** 32, at + 4);
  });
}

/** `float8[]`; NaN is null. */
export function float8Array(length: number, value: (index: number) => number): Buffer {
  const parts = Buffer.allocUnsafe(HEADER_BYTES + length * 12);
  let at = HEADER_BYTES;
  let nulls = false;
  for (let index = 0; index < length; index++) {
    const number = value(index);
    if (Number.isNaN(number)) {
      nulls = true;
      at = parts.writeInt32BE(-1, at);
    } else {
      at = parts.writeInt32BE(8, at);
      at = parts.writeDoubleBE(number, at);
    }
  }
  if (length === 0) return empty(FLOAT8);
  header(parts, FLOAT8, length, nulls);
  return parts.subarray(0, at);
}

/** `text[]`, null where the value is null. The texts must hold no NUL and no lone surrogate. */
export function textArray(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return empty(TEXT);
  let bytes = HEADER_BYTES;
  let nulls = false;
  for (const value of values) {
    if (value === null) nulls = true;
    bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  }
  const buffer = Buffer.allocUnsafe(bytes);
  header(buffer, TEXT, values.length, nulls);
  let at = HEADER_BYTES;
  for (const value of values) {
    const written = value === null ? 0 : buffer.write(value, at + 4);
    buffer.writeInt32BE(value === null ? -1 : written, at);
    at += 4 + written;
  }
  return buffer;
}

/** `text[]` of some texts that come again and again, each written out once. `code`: which of them; −1: null. */
export function codedTextArray(
  texts: readonly string[],
  length: number,
  code: (index: number) => number,
): Buffer {
  return joinedTexts(texts, length, code, 0, () => {});
}

/**
 * `text[]` of such texts, each followed by a whole number of so many digits, zeros before it.
 *
 * @param number from 0 to 2^53 − 1
 */
export function numberedTextArray(
  texts: readonly string[],
  length: number,
  code: (index: number) => number,
  digits: number,
  number: (index: number) => number,
): Buffer {
  return joinedTexts(texts, length, code, digits, (buffer, end, index) => {
    let rest = number(index);
    for (let at = end - 1; at >= end - digits; at--) {
      const tens = Math.floor(rest / 10);
      buffer[at] = DIGIT_0 + (rest - 10 * tens);
      rest = tens;
    }
  });
}
const DIGIT_0 = 0x30;

/** `write`: what stands before `end`, behind the text. */
function joinedTexts(
  texts: readonly string[],
  length: number,
  code: (index: number) => number,
  more: number,
  write: (buffer: Buffer, end: number, index: number) => void,
): Buffer {
  if (length === 0) return empty(TEXT);
  const spelled = texts.map((text) => Buffer.from(text));
  let bytes = HEADER_BYTES;
  let nulls = false;
  for (let index = 0; index < length; index++) {
    const text = spelled[code(index)];
    if (text === undefined) nulls = true;
    bytes += 4 + (text === undefined ? 0 : text.length + more);
  }
  const buffer = Buffer.allocUnsafe(bytes);
  header(buffer, TEXT, length, nulls);
  let at = HEADER_BYTES;
  for (let index = 0; index < length; index++) {
    const text = spelled[code(index)];
    at = buffer.writeInt32BE(text === undefined ? -1 : text.length + more, at);
    if (text === undefined) continue;
    buffer.set(text, at);
    at += text.length + more;
    write(buffer, at, index);
  }
  return buffer;
}

/** `bytea[]` */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  if (values.length === 0) return empty(BYTEA);
  const buffer = Buffer.allocUnsafe(values.reduce((bytes, value) => bytes + 4 + value.length, HEADER_BYTES));
  header(buffer, BYTEA, values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value.length, at);
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}
