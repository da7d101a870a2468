import { chiSquareSurvival } from '../distributions.ts';

const BINS = 10;
const MIN_EXPECTED = 5;

/**
 * Could a changed mix of classes alone explain the present scores? Under label shift their distribution is
 * Σ q_k·P(score | k). Pearson's χ² over ten bins of the baseline's scores between the present counts and that mixture,
 * with the baseline's own sampling added to the variance; bins merged with their neighbour until five rows are
 * expected. df = bins − 1 − (classes − 1) for the fitted q.
 *
 * A small p says that more than P(y) moved: do not believe q. A large one proves nothing, for a covariate shift may
 * look like a mixture. Null with fewer bins than classes + 1, or a class without baseline rows. Cost: two sorts.
 *
 * @param byClass the baseline's scores per class, aligned with `shares`
 */
export function mixtureFit(
  byClass: readonly Float64Array[],
  shares: readonly number[],
  current: Float64Array,
): number | null {
  const baseline = byClass.map(sortedFinite);
  const now = sortedFinite(current);
  if (now.length === 0 || baseline.some((scores) => scores.length === 0)) return null;
  const edges = quantileEdges(baseline);
  const present = binned(now, edges);
  const known = baseline.map((scores) => binned(scores, edges));
  const cells = present.map((count, bin) => {
    let expected = 0;
    let variance = 0;
    for (const [k, counts] of known.entries()) {
      const share = (counts[bin] ?? 0) / (baseline[k]?.length ?? 1);
      const weight = shares[k] ?? 0;
      expected += weight * share * now.length;
      variance += ((weight * now.length) ** 2 * share) / (baseline[k]?.length ?? 1);
    }
    return { count, expected, variance: expected + variance };
  });
  const pooled = poolCells(cells);
  const df = pooled.length - shares.length;
  if (df < 1) return null;
  const statistic = pooled.reduce(
    (sum, { count, expected, variance }) => sum + (count - expected) ** 2 / variance,
    0,
  );
  return chiSquareSurvival(statistic, df);
}

interface Cell {
  readonly count: number;
  readonly expected: number;
  readonly variance: number;
}

function poolCells(cells: readonly Cell[]): Cell[] {
  const pooled: Cell[] = [];
  const join = (a: Cell, b: Cell): Cell => ({
    count: a.count + b.count,
    expected: a.expected + b.expected,
    variance: a.variance + b.variance,
  });
  let open: Cell | null = null;
  for (const cell of cells) {
    open = open === null ? cell : join(open, cell);
    if (open.expected < MIN_EXPECTED) continue;
    pooled.push(open);
    open = null;
  }
  const last = pooled.pop();
  if (open !== null && last !== undefined) pooled.push(join(last, open));
  else if (last !== undefined) pooled.push(last);
  return pooled;
}

function sortedFinite(scores: Float64Array): Float64Array {
  return scores.filter((score) => Number.isFinite(score)).sort();
}

function quantileEdges(byClass: readonly Float64Array[]): number[] {
  const all = Float64Array.from(byClass.flatMap((scores) => [...scores])).sort();
  const edges = new Set<number>();
  for (let bin = 1; bin < BINS; bin++) {
    const edge = all[Math.ceil((bin * all.length) / BINS) - 1];
    if (edge !== undefined && edge < (all.at(-1) ?? edge)) edges.add(edge);
  }
  return [...edges];
}

/** (lo, hi] counts of sorted scores. */
function binned(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  let bin = 0;
  for (const score of sorted) {
    while (bin < edges.length && score > (edges[bin] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
