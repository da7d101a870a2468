/** Levels of two rows and more without which nothing is said. */
const MIN_LEVELS = 10;
/** Of how far apart first and last row of a level would be by chance. */
const BRIEF = 0.25;

/**
 * Whether levels come and are gone: a batch, a visit, a voyage. Their names are news in every window, and none of them comes back.
 *
 * Formula: of each level with k ≥ 2 rows the distance of its first and last row in the order given, over what k rows anywhere have on average, (n + 1)(k − 1)/(k + 1); their mean, each by its rows, is at most
 * a quarter. False with fewer than ten such levels. O(rows).
 *
 * @param codes of the levels, in order of time
 * @example areBrief(Int32Array.from({ length: 60 }, (_, i) => i >> 2)) // true
 */
export function areBrief(codes: Int32Array): boolean {
  const seen = new Map<number, { readonly first: number; last: number; rows: number }>();
  for (const [at, code] of codes.entries()) {
    const known = seen.get(code);
    if (known === undefined) seen.set(code, { first: at, last: at, rows: 1 });
    else {
      known.last = at;
      known.rows += 1;
    }
  }
  const several = [...seen.values()].filter(({ rows }) => rows > 1);
  if (several.length < MIN_LEVELS) return false;
  let [sum, weight] = [0, 0];
  for (const { first, last, rows } of several) {
    sum += (rows * (last - first)) / (((codes.length + 1) * (rows - 1)) / (rows + 1));
    weight += rows;
  }
  return sum / weight <= BRIEF;
}
