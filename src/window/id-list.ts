const FIRST_LENGTH = 256;

/** 64-bit ids in the order they came, in two halves; grows without an object an id. */
export class IdList {
  #ids = new Int32Array(2 * FIRST_LENGTH);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(high: number, low: number): void {
    if (2 * this.#length === this.#ids.length) {
      const wider = new Int32Array(2 * this.#ids.length);
      wider.set(this.#ids);
      this.#ids = wider;
    }
    this.#ids[2 * this.#length] = low;
    this.#ids[2 * this.#length + 1] = high;
    this.#length += 1;
  }

  high(index: number): number {
    return this.#ids[2 * index + 1] ?? 0;
  }

  low(index: number): number {
    return this.#ids[2 * index] ?? 0;
  }

  /** Little-endian 64-bit integers, one after another. */
  encode(): Uint8Array {
    return new Uint8Array(this.#ids.buffer, 0, 8 * this.#length).slice();
  }

  /** Calls back for every id of an encoded list. Bytes beyond the last whole id are refused. */
  static each(encoded: Uint8Array, visit: (high: number, low: number) => void): void {
    if (encoded.length % 8 !== 0) throw new RangeError(`${encoded.length} bytes are no list of ids`);
    const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
    for (let at = 0; at < encoded.length; at += 8)
      visit(view.getInt32(at + 4, true), view.getInt32(at, true));
  }
}
