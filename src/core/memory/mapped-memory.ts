/** From this size on malloc of glibc has memory mapped for it alone, whatever it has learnt of what was freed before. */
const MAPPED_BYTES = 2 ** 25 + 4096;
/** Less than this is not worth a mapping of its own, nor that V8 counts one as 32 MB in use. */
const WORTH_BYTES = 2 ** 20;

/**
 * Memory of some megabytes that goes back to the system when nobody refers to it any more, and does not stay with the process
 * because something small was put behind it: as large as is mapped by itself, of which only the pages that are written to take any.
 *
 * @param bytes how many are wanted; there may be more
 * @example mappedMemory(8_000_000).byteLength >= 8_000_000 // true
 */
export function mappedMemory(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes < WORTH_BYTES ? bytes : Math.max(bytes, MAPPED_BYTES));
}
