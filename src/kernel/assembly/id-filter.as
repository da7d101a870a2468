/** A block of a filter: eight words of which an id has one bit each. */
const BLOCK_BYTES: usize = 32;

/**
 * Which of `count` ids a split-block filter of `blocks` blocks may have: their indices, ascending. By id `highs` has the high
 * half of the hash, and `firsts` and `lasts` its bits in the first four words of a block and in the last four.
 */
export function askFilter(
  filter: usize, blocks: u32, highs: usize, firsts: usize, lasts: usize, count: u32, found: usize,
): u32 {
  let n: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = filter + <usize>((<u64>load<u32>(highs + (i << 2)) * <u64>blocks) >> 32) * BLOCK_BYTES;
    // Four words at once leave one stranger in forty, which is rare enough for a branch.
    if (v128.any_true(v128.andnot(v128.load(firsts + (i << 4)), v128.load(at)))) continue;
    if (v128.any_true(v128.andnot(v128.load(lasts + (i << 4)), v128.load(at + 16)))) continue;
    store<u32>(found + (n++ << 2), <u32>i);
  }
  return <u32>n;
}
