const SIZE_BYTES = 4;
/** Enough for answers that are no records; of others it is where they begin. */
const FIRST_BYTES = 64 * 1024;
/** Of what claims to be larger nothing is made room for before it comes: it may be no broker that answers. */
export const MAX_FRAME_BYTES = 64 * 2 ** 20;

/**
 * Cuts what a broker sends into its answers, each of which says its size in its first four bytes. An answer is received where it stays:
 * no pieces of it are made, kept and joined. What follows a size beyond {@link MAX_FRAME_BYTES}, or one below zero, comes in the
 * pieces in which it arrives.
 *
 * Memory: 64 KiB, and the answer that is under way. Time: a copy of what is received together with the beginning of an answer.
 */
export class AnswerFrames {
  readonly #first = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** How many bytes of `#first` belong to an answer whose size is not known yet. */
  #known = 0;
  #frame: Buffer | null = null;
  #filled = 0;
  #isCut = true;

  /** Where the next bytes are wanted; not empty. */
  room(): Buffer {
    return this.#frame?.subarray(this.#filled) ?? this.#first.subarray(this.#known);
  }

  /** So many bytes have come into `room()`: gives the answers that are whole now. */
  received(bytes: number): readonly Buffer[] {
    if (!this.#isCut) return [Buffer.from(this.#first.subarray(0, bytes))];
    const frame = this.#frame;
    if (frame === null) return this.#begin(this.#known + bytes);
    this.#filled += bytes;
    if (this.#filled < frame.length) return [];
    this.#frame = null;
    return [frame];
  }

  #begin(length: number): readonly Buffer[] {
    const frames: Buffer[] = [];
    let from = 0;
    while (length - from >= SIZE_BYTES) {
      const size = SIZE_BYTES + this.#first.readInt32BE(from);
      const left = this.#first.subarray(from, length);
      if (size < SIZE_BYTES || size > MAX_FRAME_BYTES) {
        this.#isCut = false;
        this.#known = 0;
        return [...frames, Buffer.from(left)];
      }
      const frame = Buffer.allocUnsafeSlow(size);
      left.copy(frame);
      if (left.length < size) {
        this.#frame = frame;
        this.#filled = left.length;
        this.#known = 0;
        return frames;
      }
      frames.push(frame);
      from += size;
    }
    this.#first.copyWithin(0, from, length);
    this.#known = length - from;
    return frames;
  }
}
