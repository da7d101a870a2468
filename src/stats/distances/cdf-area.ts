/**
 * Walks two sorted samples and hands over every stretch between neighbouring pooled values with the difference of
 * the two distribution functions on it. Both integral distances are sums over these stretches.
 */
export function forEachStretch(
  a: Float64Array,
  b: Float64Array,
  visit: (width: number, difference: number) => void,
): void {
  const n = a.length;
  const m = b.length;
  let i = 0;
  let j = 0;
  let previous = Math.min(a[0] ?? Infinity, b[0] ?? Infinity);
  while (i < n || j < m) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    if (x > previous) visit(x - previous, (i * m - j * n) / (n * m));
    while (i < n && a[i] === x) i++;
    while (j < m && b[j] === x) j++;
    previous = x;
  }
}
