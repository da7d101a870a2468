/** Counts as shares of their sum; null when there are none. */
export function shares(counts: ArrayLike<number>): Float64Array | null {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0;
  if (!(total > 0)) return null;
  return Float64Array.from(counts, (count) => count / total);
}

/** Shares after ½ was added to every count; cells empty on both sides are left out. Null when a side has no rows. */
export function smoothedShares(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): { p: Float64Array; q: Float64Array } | null {
  const a: number[] = [];
  const b: number[] = [];
  let n = 0;
  let m = 0;
  for (let i = 0; i < reference.length; i++) {
    const x = reference[i] ?? 0;
    const y = current[i] ?? 0;
    if (x + y === 0) continue;
    n += x;
    m += y;
    a.push(x);
    b.push(y);
  }
  if (!(n > 0 && m > 0)) return null;
  const smooth = (counts: readonly number[], total: number): Float64Array =>
    Float64Array.from(counts, (count) => (count + SMOOTHING) / (total + SMOOTHING * counts.length));
  return { p: smooth(a, n), q: smooth(b, m) };
}

/** Half a row in every cell: finite logarithms, and the least bias of the usual constants when a cell is empty. */
const SMOOTHING = 0.5;
