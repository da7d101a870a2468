/**
 * The closest point of the simplex {q ≥ 0, Σ q = 1} in Euclidean distance. Shares that are some already come back as
 * they are. Not finite: an even split. Cost O(n log n). Source: Held, Wolfe & Crowder, Math. Program. 6 (1974).
 *
 * @example projectToSimplex([1.2, -0.2]) // [1, 0]
 */
export function projectToSimplex(values: readonly number[]): number[] {
  if (!values.every((value) => Number.isFinite(value))) return values.map(() => 1 / values.length);
  const descending = values.toSorted((a, b) => b - a);
  let sum = 0;
  let shift = 0;
  for (const [i, value] of descending.entries()) {
    sum += value;
    const candidate = (sum - 1) / (i + 1);
    if (value - candidate > 0) shift = candidate;
  }
  return values.map((value) => Math.max(0, value - shift));
}
