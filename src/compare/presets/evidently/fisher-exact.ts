/** Tables this close in probability to the observed one count as equally likely. */
const EQUALLY_LIKELY = 1 + 1e-7;

/**
 * Fisher's exact two-sided p-value of the table [[a, b], [c, d]]: the chance of all tables with its margins that are
 * no likelier than it.
 *
 * Chances are built from the most likely table outwards by their ratios, so that no factorial overflows. An empty
 * margin: 1. O(smallest margin).
 *
 * @example fisherExactPValue(6, 0, 0, 6) // 0.0021645021645021645
 */
export function fisherExactPValue(a: number, b: number, c: number, d: number): number {
  const row = a + b;
  const column = a + c;
  const total = row + c + d;
  const smallest = Math.max(0, row + column - total);
  const largest = Math.min(row, column);
  const mode = Math.min(largest, Math.max(smallest, Math.floor(((row + 1) * (column + 1)) / (total + 2))));
  const weights = new Float64Array(largest - smallest + 1);
  weights[mode - smallest] = 1;
  for (let x = mode; x < largest; x++) {
    const ratio = ((row - x) * (column - x)) / ((x + 1) * (total - row - column + x + 1));
    weights[x + 1 - smallest] = (weights[x - smallest] ?? 0) * ratio;
  }
  for (let x = mode; x > smallest; x--) {
    const ratio = (x * (total - row - column + x)) / ((row - x + 1) * (column - x + 1));
    weights[x - 1 - smallest] = (weights[x - smallest] ?? 0) * ratio;
  }
  const observed = (weights[a - smallest] ?? 0) * EQUALLY_LIKELY;
  let all = 0;
  let unlikelier = 0;
  for (const weight of weights) {
    all += weight;
    if (weight <= observed) unlikelier += weight;
  }
  return Math.min(1, unlikelier / all);
}
