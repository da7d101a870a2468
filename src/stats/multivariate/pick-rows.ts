import type { Random } from '../random.ts';

/**
 * A random choice of `size` of the rows 0 … rows − 1, ascending; all of them when there are no more than that.
 * Every subset is equally likely (Floyd's method), the same seed gives the same one. Cost O(size · log size).
 *
 * @example [...pickRows(3, 5, () => 0)] // [0, 1, 2]
 */
export function pickRows(rows: number, size: number, random: Random): Int32Array {
  if (rows <= size) return Int32Array.from({ length: rows }, (_, row) => row);
  const chosen = new Set<number>();
  for (let last = rows - size; last < rows; last++) {
    const candidate = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return Int32Array.from(chosen).sort();
}

/** Puts the values in random order, in place (Fisher–Yates). */
export function shuffle(values: Int32Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
}
