import { collectGarbage } from './collect-garbage.ts';

/**
 * Arrays lie outside of V8's heap, which collects when that has grown: tens of megabytes of them can wait behind small
 * objects that nobody refers to. Whoever makes many asks here, between two parts of the work.
 */
export class ArrayGarbage {
  /** What lay outside after the last collection, and was in use. */
  private leftBytes = process.memoryUsage().external;

  /**
   * Collects where that much has come since the last time, in some 20 ms; else it takes some microseconds.
   *
   * @returns whether it did
   */
  collectFrom(worthBytes: number): boolean {
    const { external } = process.memoryUsage();
    // What was needed once need not be needed for ever.
    this.leftBytes = Math.min(this.leftBytes, external);
    if (external <= this.leftBytes + worthBytes) return false;
    collectGarbage();
    this.leftBytes = process.memoryUsage().external;
    return true;
  }

  /** What was left is garbage now. */
  expectAll(): void {
    this.leftBytes = 0;
  }
}
