import { mappedMemory } from '../../core/memory/mapped-memory.ts';

/**
 * Arrays that are used again. A column of a million rows needs three of eight megabytes for a moment; left to the
 * garbage collector, which sees small objects only, dozens of them would be alive at a time.
 */
export class NumberPool {
  private readonly free: ArrayBuffer[] = [];

  /** Its values are whatever they were. */
  take(size: number): Float64Array<ArrayBuffer> {
    const at = this.free.findIndex((buffer) => buffer.byteLength >= 8 * size);
    const [buffer = mappedMemory(8 * size)] = at < 0 ? [] : this.free.splice(at, 1);
    return new Float64Array(buffer, 0, size);
  }

  /** The array, and any other over the same memory, must not be used any more. */
  give({ buffer }: Float64Array): void {
    if (buffer instanceof ArrayBuffer) this.free.push(buffer);
  }
}
