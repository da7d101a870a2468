import type { CountingKernel, Piece } from '../../kernel/kernel.ts';
import { bitOf, FILTER_WORDS, type IdFilter } from '../../window/id-filter.ts';

/** Of a block's words, those that one load of the kernel takes. */
const HALF_WORDS = FILTER_WORDS / 2;
const WORD_BYTES = 4;
/** How many words are looked at before anything is decided, where there is no kernel. */
const LOOKED_AT = 3;
/**
 * A filter lies outside the kernel's memory. Copying so many bytes of it takes about as long as asking for one id there
 * saves; of larger ones only some lines are read.
 */
const COPIED_BYTES_AN_ID = 40;
/** By id: its high half, its bits in a block, its place in an answer. */
const BYTES_AN_ID = WORD_BYTES + FILTER_WORDS * WORD_BYTES + WORD_BYTES;

/** Ids that many filters are asked for, with what each of them would compute again. */
export interface AskedIds {
  /** Indices of those that a filter may have, ascending. Fast when the high halves nearly ascend, as unsigned numbers. */
  passing(filter: IdFilter): ArrayLike<number>;
  /** Gives back what they take. */
  release(): void;
}

export function askedIds(kernel: CountingKernel | null, highs: Int32Array, lows: Int32Array): AskedIds {
  const most = COPIED_BYTES_AN_ID * highs.length;
  const isRoom = kernel !== null && kernel.hasRoom(roomFor(BYTES_AN_ID * highs.length) + roomFor(most));
  return isRoom ? new InKernel(kernel, highs, lows) : new InPlainWords(highs, lows);
}

/** Powers of two: pieces of a few sizes are used again. */
const roomFor = (bytes: number): number => 2 ** Math.ceil(Math.log2(Math.max(bytes, 1)));

class InKernel implements AskedIds {
  readonly #kernel: CountingKernel;
  readonly #count: number;
  /** High halves, bits in the first half of a block, in the last, and an answer, one after another. */
  readonly #ids: Piece;
  readonly #filter: Piece;
  readonly #plain: InPlainWords;
  readonly #firsts: number;
  readonly #lasts: number;
  readonly #highs: number;
  readonly #found: number;

  constructor(kernel: CountingKernel, highs: Int32Array, lows: Int32Array) {
    const count = highs.length;
    this.#kernel = kernel;
    this.#count = count;
    this.#ids = kernel.take(roomFor(BYTES_AN_ID * count));
    this.#filter = kernel.take(roomFor(COPIED_BYTES_AN_ID * count));
    this.#plain = new InPlainWords(highs, lows);
    // What is loaded by sixteen bytes comes first.
    this.#firsts = this.#ids.at;
    this.#lasts = this.#firsts + HALF_WORDS * WORD_BYTES * count;
    this.#highs = this.#lasts + HALF_WORDS * WORD_BYTES * count;
    this.#found = this.#highs + WORD_BYTES * count;
    const { words } = kernel;
    words.set(highs, this.#highs / WORD_BYTES);
    const firsts = this.#firsts / WORD_BYTES;
    const lasts = this.#lasts / WORD_BYTES;
    for (let i = 0; i < count; i++) {
      const low = lows[i] ?? 0;
      for (let word = 0; word < HALF_WORDS; word++) {
        words[firsts + HALF_WORDS * i + word] = bitOf(low, word);
        words[lasts + HALF_WORDS * i + word] = bitOf(low, HALF_WORDS + word);
      }
    }
  }

  passing(filter: IdFilter): ArrayLike<number> {
    if (filter.bytes > this.#filter.bytes) return this.#plain.passing(filter);
    const { words } = this.#kernel;
    words.set(filter.words, this.#filter.at / WORD_BYTES);
    const blocks = filter.words.length / FILTER_WORDS;
    const found = this.#kernel.askFilter(
      this.#filter.at,
      blocks,
      this.#highs,
      this.#firsts,
      this.#lasts,
      this.#count,
      this.#found,
    );
    // The next filter's answer stands in the same place.
    return words.slice(this.#found / WORD_BYTES, this.#found / WORD_BYTES + found);
  }

  release(): void {
    this.#kernel.give(this.#ids);
    this.#kernel.give(this.#filter);
  }
}

class InPlainWords implements AskedIds {
  readonly #highs: Int32Array;
  readonly #lows: Int32Array;
  /** The high half as a share of all there are: 0 to 1. Null until it is asked. */
  #shares: Float64Array | null = null;
  /** Of each id, its bits in the first words of a block. */
  #bits = new Int32Array();

  constructor(highs: Int32Array, lows: Int32Array) {
    this.#highs = highs;
    this.#lows = lows;
  }

  passing(filter: IdFilter): ArrayLike<number> {
    const found: number[] = [];
    const shares = (this.#shares ??= this.#prepare());
    const bits = this.#bits;
    const { words } = filter;
    const blocks = words.length / FILTER_WORDS;
    for (let i = 0; i < shares.length; i++) {
      const at = FILTER_WORDS * Math.floor((shares[i] ?? 0) * blocks);
      const bit = LOOKED_AT * i;
      // Three words without a branch in between: one in fifteen strangers is left, where after one word it were two in five,
      // which no processor foresees.
      const lacks =
        (~(words[at] ?? 0) & (bits[bit] ?? 0)) |
        (~(words[at + 1] ?? 0) & (bits[bit + 1] ?? 0)) |
        (~(words[at + 2] ?? 0) & (bits[bit + 2] ?? 0));
      if (lacks === 0 && filter.mayHave(this.#highs[i] ?? 0, this.#lows[i] ?? 0)) found.push(i);
    }
    return found;
  }

  #prepare(): Float64Array {
    const lows = this.#lows;
    this.#bits = new Int32Array(LOOKED_AT * lows.length);
    for (let i = 0; i < lows.length; i++)
      for (let word = 0; word < LOOKED_AT; word++)
        this.#bits[LOOKED_AT * i + word] = bitOf(lows[i] ?? 0, word);
    return Float64Array.from(this.#highs, (high) => (high >>> 0) / 2 ** 32);
  }

  release(): void {}
}
