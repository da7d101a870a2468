/** Words of a block: one bit of each is set for an id, so a look-up touches one line of the processor's cache. */
const WORDS = 8;
const BITS_AN_ID = 16;
/** Odd multipliers of Parquet's split-block filter: each draws another bit of its word from the same half. */
const SALTS = [
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
] as const;

/** How many words are looked at before anything is decided. */
const LOOKED_AT = 3;

/** Ids that many filters are asked for, with what each of them would compute again. */
export interface AskedIds {
  readonly highs: Int32Array;
  readonly lows: Int32Array;
  /** The high half as a share of all there are: 0 to 1. */
  readonly shares: Float64Array;
  /** Of each id, its bits in the first words of a block. */
  readonly bits: Int32Array;
}

export function askedIds(highs: Int32Array, lows: Int32Array): AskedIds {
  const shares = Float64Array.from(highs, (high) => (high >>> 0) / 2 ** 32);
  const bits = new Int32Array(LOOKED_AT * lows.length);
  for (let i = 0; i < lows.length; i++)
    for (let word = 0; word < LOOKED_AT; word++) bits[LOOKED_AT * i + word] = bitOf(lows[i] ?? 0, word);
  return { highs, lows, shares, bits };
}

/**
 * Says of an id that it is certainly not in a set, or that it may be: a split-block Bloom filter as in Apache Parquet,
 * 16 bits an id, which takes one id in a thousand for one of its own. Ids are hashes already, in two halves.
 */
export class IdFilter {
  readonly #words: Int32Array;
  readonly #blocks: number;

  private constructor(words: Int32Array) {
    this.#words = words;
    this.#blocks = words.length / WORDS;
  }

  /** An empty one, for so many ids. */
  static for(ids: number): IdFilter {
    return new IdFilter(new Int32Array(WORDS * Math.max(1, Math.ceil((ids * BITS_AN_ID) / (32 * WORDS)))));
  }

  /** @throws RangeError when the bytes are no filter */
  static decode(bytes: Uint8Array): IdFilter {
    if (bytes.length === 0 || bytes.length % (4 * WORDS) !== 0) {
      throw new RangeError(`${bytes.length} bytes are no filter of ids`);
    }
    // Copied: the driver's buffer begins wherever it does.
    return new IdFilter(new Int32Array(new Uint8Array(bytes).buffer));
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  add(high: number, low: number): void {
    const words = this.#words;
    const at = this.#blockOf(high);
    for (let i = 0; i < WORDS; i++) words[at + i] = (words[at + i] ?? 0) | bitOf(low, i);
  }

  mayHave(high: number, low: number): boolean {
    const words = this.#words;
    const at = this.#blockOf(high);
    for (let i = 0; i < WORDS; i++) if (((words[at + i] ?? 0) & bitOf(low, i)) === 0) return false;
    return true;
  }

  /** Which of many ids may be here. Fast when their high halves nearly ascend, as unsigned numbers: then so do its words. */
  passing({ shares, bits, highs, lows }: AskedIds): number[] {
    const found: number[] = [];
    const words = this.#words;
    const blocks = this.#blocks;
    for (let i = 0; i < shares.length; i++) {
      const at = WORDS * Math.floor((shares[i] ?? 0) * blocks);
      const bit = LOOKED_AT * i;
      // Three words without a branch in between: one in fifteen strangers is left, where after one word it were two in five,
      // which no processor foresees.
      const lacks =
        (~(words[at] ?? 0) & (bits[bit] ?? 0)) |
        (~(words[at + 1] ?? 0) & (bits[bit + 1] ?? 0)) |
        (~(words[at + 2] ?? 0) & (bits[bit + 2] ?? 0));
      if (lacks === 0 && this.mayHave(highs[i] ?? 0, lows[i] ?? 0)) found.push(i);
    }
    return found;
  }

  encode(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }

  #blockOf(high: number): number {
    return WORDS * Math.floor(((high >>> 0) * this.#blocks) / 2 ** 32);
  }
}

function bitOf(low: number, word: number): number {
  return 1 << (Math.imul(low, SALTS[word] ?? 1) >>> 27);
}
