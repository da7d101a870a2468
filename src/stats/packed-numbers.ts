import type { ByteReader, ByteWriter } from './bytes.ts';

/** How numbers are stored: 0 as doubles, 1 as singles, 2 + d as whole numbers of 10^−d; NaN by a bitmap before. */
const AS_DOUBLES = 0;
const AS_SINGLES = 1;
const AS_DECIMALS = 2;
const MOST_DECIMALS = 6;

export function writeNumbers(writer: ByteWriter, values: Float64Array): void {
  const missing = values.some((x) => Number.isNaN(x));
  writer.unsigned(missing ? 1 : 0);
  if (missing) writer.raw(bitmap(values));
  const present = missing ? values.filter((x) => !Number.isNaN(x)) : values;
  writer.unsigned(present.length);
  const decimals = exactDecimals(present);
  if (decimals !== null) {
    const scale = 10 ** decimals;
    writer.unsigned(AS_DECIMALS + decimals);
    const whole = new Int32Array(present.length);
    for (let i = 0; i < whole.length; i++) whole[i] = Math.round((present[i] ?? 0) * scale);
    writeWhole(writer, whole);
  } else if (present.every((x) => Object.is(Math.fround(x), x))) {
    writer.unsigned(AS_SINGLES);
    writer.raw(littleEndian(present, 4));
  } else {
    writer.unsigned(AS_DOUBLES);
    writer.raw(littleEndian(present, 8));
  }
}

export function readNumbers(reader: ByteReader, rows: number): Float64Array {
  const missing = reader.unsigned() === 1 ? reader.raw(Math.ceil(rows / 8)).slice() : null;
  const count = reader.unsigned();
  if (count > rows || (missing === null && count !== rows))
    throw new RangeError('a column of another length');
  const form = reader.unsigned();
  const present = readPresent(reader, count, form);
  if (missing === null) return present;
  let next = 0;
  return Float64Array.from({ length: rows }, (_, i) =>
    ((missing[i >> 3] ?? 0) >> (i & 7)) & 1 ? Number.NaN : (present[next++] ?? Number.NaN),
  );
}

function readPresent(reader: ByteReader, count: number, form: number): Float64Array {
  if (form > AS_DECIMALS + MOST_DECIMALS) throw new RangeError(`numbers of an unknown form ${form}`);
  if (form >= AS_DECIMALS) {
    const scale = 10 ** (form - AS_DECIMALS);
    return Float64Array.from(readWhole(reader, count), (x) => x / scale);
  }
  const width = form === AS_SINGLES ? 4 : 8;
  const bytes = reader.raw(count * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: count }, (_, i) =>
    width === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true),
  );
}

/** The fewest decimals in which every value is exactly a 32-bit whole number of units; null when there are none. */
function exactDecimals(values: Float64Array): number | null {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const scale = 10 ** decimals;
    let fitting = 0;
    while (fitting < values.length && fitsAsWhole(values[fitting] ?? 0, scale)) fitting += 1;
    if (fitting === values.length) return decimals;
  }
  return null;
}

/** −0 and whatever does not come back bit for bit are left to the wider forms. */
function fitsAsWhole(x: number, scale: number): boolean {
  const whole = Math.round(x * scale);
  return whole < 2 ** 31 && whole > -(2 ** 31) && whole / scale === x && !Object.is(x, -0);
}

/** Whole numbers as their distance from the smallest, in one, two or four bytes each. */
export function writeWhole(writer: ByteWriter, values: Int32Array): void {
  let smallest = 0;
  let largest = 0;
  // Plain loops, here and below: a checkpoint writes thousands of such lists, and an iterator makes an object a value.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (i === 0 || value < smallest) smallest = value;
    if (i === 0 || value > largest) largest = value;
  }
  const span = largest - smallest;
  const width = span < 2 ** 8 ? 1 : span < 2 ** 16 ? 2 : span < 2 ** 24 ? 3 : 4;
  writer.signed(smallest);
  writer.unsigned(width);
  const bytes = new Uint8Array(values.length * width);
  for (let i = 0, at = 0; i < values.length; i++) {
    // Modulo 2^32, as far as which the distance goes.
    const distance = ((values[i] ?? 0) - smallest) >>> 0;
    for (let k = 0; k < width; k++) bytes[at++] = distance >>> (8 * k);
  }
  writer.raw(bytes);
}

export function readWhole(reader: ByteReader, count: number): Float64Array {
  const smallest = reader.signed();
  const width = reader.unsigned();
  if (!(width >= 1 && width <= 4)) throw new RangeError(`whole numbers of ${width} bytes`);
  const bytes = reader.raw(count * width);
  return Float64Array.from({ length: count }, (_, i) => {
    let distance = 0;
    for (let k = width - 1; k >= 0; k--) distance = distance * 256 + (bytes[i * width + k] ?? 0);
    return smallest + distance;
  });
}

function bitmap(values: Float64Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [i, x] of values.entries()) {
    if (Number.isNaN(x)) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return bits;
}

function littleEndian(values: Float64Array, width: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (const [i, x] of values.entries()) {
    if (width === 4) view.setFloat32(i * 4, x, true);
    else view.setFloat64(i * 8, x, true);
  }
  return bytes;
}
