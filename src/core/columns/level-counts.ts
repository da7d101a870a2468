/**
 * Rows per level; missing cells (below 0) are left out. By index, for an iterator over a million codes leaves as many objects.
 * O(rows).
 *
 * @param levels how many there are: codes are places among them
 * @example levelCounts(Int32Array.of(0, 1, -1, 1), 3) // Float64Array.of(1, 2, 0)
 */
export function levelCounts(codes: Int32Array, levels: number): Float64Array {
  const counts = new Float64Array(levels);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code >= 0) counts[code]! += 1;
  }
  return counts;
}
