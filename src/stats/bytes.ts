import { isUtf8 } from 'node:buffer';

/**
 * A growing byte buffer with the few shapes profiles need. Integers are LEB128 varints up to 2^53, signed ones
 * zigzag; floats are IEEE 754 little-endian. The same values always give the same bytes.
 */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** An integer from 0 to 2^53 − 1. */
  unsigned(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value))) {
      throw new RangeError(`not an unsigned integer: ${value}`);
    }
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** An integer from −2^52 to 2^52 − 1. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  float(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** 64 bits, as they are. */
  bits64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  string(value: string): void {
    const encoded = Buffer.from(value, 'utf16le');
    // UTF-8 where it is lossless; a lone surrogate, which JSON may carry, keeps its own bytes.
    const asUtf8 = Buffer.from(value, 'utf8');
    const wellFormed = value.isWellFormed();
    this.unsigned((wellFormed ? asUtf8.length : encoded.length) * 2 + (wellFormed ? 0 : 1));
    this.raw(wellFormed ? asUtf8 : encoded);
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Only what is not zero: how many, then (distance from the one before, value) each. */
  sparse(values: ArrayLike<number>): void {
    let count = 0;
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) count += 1;
    this.unsigned(count);
    let next = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (value === 0) continue;
      this.unsigned(i - next);
      this.signed(value);
      next = i + 1;
    }
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/**
 * Reads what `ByteWriter` wrote. Truncated or impossible bytes throw: they come from our own store, so they are a bug or
 * damage. Whatever the bytes, reading takes no more memory than a small multiple of their length.
 */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('bytes end inside a number');
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('number too long');
      if (byte < 0x80) return value;
      scale *= 0x80;
      if (scale > Number.MAX_SAFE_INTEGER) throw new RangeError('number too long');
    }
  }

  /** How many entries follow, each of at least so many bytes: refused when they cannot all be there. */
  count(bytesEach: number): number {
    const entries = this.unsigned();
    if (entries * bytesEach > this.bytes.length - this.at) throw new RangeError('more entries than bytes');
    return entries;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  bits64(): bigint {
    const value = this.view.getBigInt64(this.at, true);
    this.at += 8;
    return value;
  }

  string(): string {
    const header = this.unsigned();
    const encoding = header % 2 === 0 ? 'utf8' : 'utf16le';
    const bytes = Buffer.from(this.raw(Math.floor(header / 2)));
    if (encoding === 'utf8' && !isUtf8(bytes)) throw new RangeError('a text is not UTF-8');
    return bytes.toString(encoding);
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    if (!(length >= 0) || this.at + length > this.bytes.length)
      throw new RangeError('bytes end inside a value');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  sparse(into: Float64Array): void {
    const count = this.unsigned();
    let at = 0;
    for (let k = 0; k < count; k++) {
      at += this.unsigned();
      if (at >= into.length) throw new RangeError('sparse index outside its array');
      into[at] = this.signed();
      at += 1;
    }
  }

  get done(): boolean {
    return this.at === this.bytes.length;
  }
}
