/** A batch that unpacks to more is large: it waits until no other one of this process is unpacked. */
export const LARGE_BYTES = 8 * 2 ** 20;

/** Says that the batch, and every view into it, is done with. */
export type LeaveTurn = () => void;

/** One large batch after the other, in the order they came. Partitions that have none do not wait. */
class LargeBatches {
  #last: Promise<void> = Promise.resolve();

  async turn(): Promise<LeaveTurn> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}

/** Three kilobytes on the wire may be sixty megabytes, and each partition brings its own. */
export const largeBatches = new LargeBatches();
