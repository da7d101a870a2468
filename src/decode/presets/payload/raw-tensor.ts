/** Bytes of one element, and how it is read; little-endian without padding. */
const READERS: ReadonlyMap<string, readonly [number, (view: DataView, at: number) => unknown]> = new Map([
  ['BOOL', [1, (view, at) => view.getUint8(at) !== 0]],
  ['INT8', [1, (view, at) => view.getInt8(at)]],
  ['UINT8', [1, (view, at) => view.getUint8(at)]],
  ['INT16', [2, (view, at) => view.getInt16(at, true)]],
  ['UINT16', [2, (view, at) => view.getUint16(at, true)]],
  ['INT32', [4, (view, at) => view.getInt32(at, true)]],
  ['UINT32', [4, (view, at) => view.getUint32(at, true)]],
  ['INT64', [8, (view, at) => exact(view.getBigInt64(at, true))]],
  ['UINT64', [8, (view, at) => exact(view.getBigUint64(at, true))]],
  ['FP16', [2, (view, at) => half(view.getUint16(at, true))]],
  ['BF16', [2, (view, at) => brain(view.getUint16(at, true))]],
  ['FP32', [4, (view, at) => view.getFloat32(at, true)]],
  ['FP64', [8, (view, at) => view.getFloat64(at, true)]],
]);
const LENGTH_BYTES = 4;

/**
 * The values of a raw tensor of the Open Inference Protocol. Elements of BYTES carry a length before them. Throws what
 * a protobuf decoder would for bytes that end within an element or a type nobody knows.
 *
 * @example dataOfRaw(Uint8Array.of(0, 0, 128, 63), 'FP32') // [1]
 */
export function dataOfRaw(raw: Uint8Array, datatype: string): unknown[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (datatype === 'BYTES') return textElements(raw, view);
  const [size, read] = READERS.get(datatype) ?? [0, null];
  if (read === null) throw new Error(`the datatype ${datatype.slice(0, 20)} is not known`);
  if (raw.byteLength % size !== 0) {
    throw new Error(`${raw.byteLength} bytes are no whole number of ${datatype} values`);
  }
  return Array.from({ length: raw.byteLength / size }, (_, index) => read(view, index * size));
}

function textElements(raw: Uint8Array, view: DataView): string[] {
  const elements: string[] = [];
  for (let at = 0; at < raw.byteLength;) {
    if (at + LENGTH_BYTES > raw.byteLength) throw new Error('a BYTES element has no whole length');
    const length = view.getUint32(at, true);
    const from = at + LENGTH_BYTES;
    if (from + length > raw.byteLength) throw new Error('a BYTES element ends behind the message');
    elements.push(Buffer.from(raw.buffer, raw.byteOffset + from, length).toString('utf8'));
    at = from + length;
  }
  return elements;
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
function half(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a single precision number. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
