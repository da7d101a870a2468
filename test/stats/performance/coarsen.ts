import type { ScoreCells } from '../../../src/stats/performance/score-cells.ts';

/** The same rows with only the stretch between two cuts known of each score. */
export function coarsen(cells: ScoreCells, cuts: readonly number[]): ScoreCells {
  const edges = cuts.toSorted((a, b) => a - b);
  const stretchOf = (score: number): number => edges.filter((edge) => score > edge).length;
  const stretches = new Map<number, { low: number; high: number; n: number; p: number; sum: number }>();
  for (const [cell, score] of cells.low.entries()) {
    const at = stretchOf(score);
    const known = stretches.get(at) ?? { low: score, high: score, n: 0, p: 0, sum: 0 };
    stretches.set(at, {
      low: Math.min(known.low, score),
      high: Math.max(known.high, score),
      n: known.n + (cells.negatives[cell] ?? 0),
      p: known.p + (cells.positives[cell] ?? 0),
      sum: known.sum + (cells.sums[cell] ?? 0),
    });
  }
  const all = [...stretches.values()];
  return {
    low: Float64Array.from(all, ({ low }) => low),
    high: Float64Array.from(all, ({ high }) => high),
    negatives: Float64Array.from(all, ({ n }) => n),
    positives: Float64Array.from(all, ({ p }) => p),
    sums: Float64Array.from(all, ({ sum }) => sum),
  };
}
