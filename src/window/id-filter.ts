/** Words of a block: one bit of each is set for an id, so a look-up touches one line of the processor's cache. */
export const FILTER_WORDS = 8;
const BITS_AN_ID = 16;
/** Odd multipliers of Parquet's split-block filter: each draws another bit of its word from the same half. */
const SALTS = [
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
] as const;

/**
 * Says of an id that it is certainly not in a set, or that it may be: a split-block Bloom filter as in Apache Parquet,
 * 16 bits an id, which takes one id in a thousand for one of its own. Ids are hashes already, in two halves.
 */
export class IdFilter {
  readonly #words: Int32Array;
  readonly #blocks: number;

  private constructor(words: Int32Array) {
    this.#words = words;
    this.#blocks = words.length / FILTER_WORDS;
  }

  /** An empty one, for so many ids. */
  static for(ids: number): IdFilter {
    return new IdFilter(
      new Int32Array(FILTER_WORDS * Math.max(1, Math.ceil((ids * BITS_AN_ID) / (32 * FILTER_WORDS)))),
    );
  }

  /** @throws RangeError when the bytes are no filter */
  static decode(bytes: Uint8Array): IdFilter {
    if (bytes.length === 0 || bytes.length % (4 * FILTER_WORDS) !== 0) {
      throw new RangeError(`${bytes.length} bytes are no filter of ids`);
    }
    // Copied: the driver's buffer begins wherever it does.
    return new IdFilter(new Int32Array(new Uint8Array(bytes).buffer));
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Of all blocks, for who asks for many ids at once. */
  get words(): Int32Array {
    return this.#words;
  }

  add(high: number, low: number): void {
    const words = this.#words;
    const at = this.#blockOf(high);
    for (let i = 0; i < FILTER_WORDS; i++) words[at + i] = (words[at + i] ?? 0) | bitOf(low, i);
  }

  mayHave(high: number, low: number): boolean {
    const words = this.#words;
    const at = this.#blockOf(high);
    for (let i = 0; i < FILTER_WORDS; i++) if (((words[at + i] ?? 0) & bitOf(low, i)) === 0) return false;
    return true;
  }

  encode(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }

  #blockOf(high: number): number {
    return FILTER_WORDS * Math.floor(((high >>> 0) * this.#blocks) / 2 ** 32);
  }
}

/** The bit of an id in a word of its block. */
export function bitOf(low: number, word: number): number {
  return 1 << (Math.imul(low, SALTS[word] ?? 1) >>> 27);
}
