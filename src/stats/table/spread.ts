/**
 * Standard deviation (ddof 0) about the mean, in two passes so that a large offset costs no digits; each sum carries its
 * rounding errors along (Neumaier), that of the squares too, which `elementary.ts` does not: columns here have millions of
 * rows. Empty: 0. Infinite where the squares are. O(n).
 *
 * @example columnDeviation(Float64Array.of(1, 3)) // 1
 */
export function columnDeviation(values: Float64Array): number {
  const n = values.length;
  if (n === 0) return 0;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    const x = values[i]!;
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  const mean = (sum + lost) / n;
  let squares = 0;
  let lostSquares = 0;
  for (let i = 0; i < n; i++) {
    const square = (values[i]! - mean) ** 2;
    const next = squares + square;
    lostSquares += squares >= square ? squares - next + square : square - next + squares;
    squares = next;
  }
  return Math.sqrt((squares + lostSquares) / n);
}
