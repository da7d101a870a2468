import { chiSquareSurvival } from '../../../stats/distributions.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../../samples/row-samples.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { clumping } from './clumping.ts';
import { fisherZ } from './fisher.ts';
import { commonLevels, indicator, RANK_FACTOR, unitRanks } from './rank-correlations.ts';

/** Rows by which a column may be behind or ahead: a few, or a day or a week of hours, half or quarter hours. */
const LAGS: readonly number[] = [
  ...Array.from({ length: 12 }, (_, i) => i + 1),
  24,
  48,
  96,
  168,
  336,
].flatMap((lag) => [-lag, lag]);
/** Rows on which correlations of lagged columns are looked at. */
const MAX_ROWS = 10_000;
const MAX_CELLS = 200;
/** Log-likelihood by which the old correlations must be likelier than none: of some thirty lags one may fit by chance. */
const RESTORED = 10;
/** Of thirty the best is better than chance has it, the right one by far. */
const RESTORED_P = 0.01;

/**
 * How many rows a block of columns is behind the others: positive where a row holds what belongs to the row so many before.
 * Null where no such number restores all their old rank correlations (χ² of Fisher z, p > 0.01, and likelier by far than none and
 * than the rows as they are, with rows that follow those before them counted for what they say), and
 * where rows have no times.
 * Neighbours in the sample must be neighbours in the window, so it finds nothing where rows were sampled. O(34·cells·rows).
 */
export function lagThatRestores(
  { currentMs, rows }: RowSamples,
  block: readonly ColumnCells[],
  others: readonly ColumnCells[],
): number | null {
  const inTime = rowsInTime(currentMs).slice(0, MAX_ROWS);
  if (inTime.length < Math.min(MAX_ROWS, rows.current)) return null;
  const own = block.flatMap((pair) => ranksOf(pair, inTime));
  const rest = others
    .flatMap((pair) => ranksOf(pair, inTime))
    .slice(0, Math.ceil(MAX_CELLS / Math.max(1, own.length)));
  const before = own.map((a) => rest.map((b) => zOf(a.reference, b.reference, 0)));
  const variance =
    RANK_FACTOR / Math.max(1, rows.reference - 3) + RANK_FACTOR / Math.max(1, inTime.length - 3);
  const cells = own.length * rest.length;
  const times = own.map((a) => rest.map((b) => clumping(a.current, b.current)));
  let asIs = 0;
  for (const [i, a] of own.entries())
    for (const [j, b] of rest.entries())
      asIs += (zOf(b.current, a.current, 0) - before[i]![j]!) ** 2 / (variance * times[i]![j]!);
  let best: { lag: number; p: number } | null = null;
  for (const lag of LAGS) {
    let [asOld, asNone] = [0, 0];
    for (const [i, a] of own.entries()) {
      for (const [j, b] of rest.entries()) {
        const now = zOf(b.current, a.current, lag);
        const each = variance * times[i]![j]!;
        asOld += (now - before[i]![j]!) ** 2 / each;
        asNone += now ** 2 / each;
      }
    }
    const p = chiSquareSurvival(asOld, Math.max(1, cells));
    const isRestored = Math.min(asNone, asIs) - asOld > 2 * RESTORED;
    if (p > RESTORED_P && isRestored && (best === null || p > best.p)) best = { lag, p };
  }
  return best?.lag ?? null;
}

interface Ranks {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

function ranksOf(pair: ColumnCells, inTime: Int32Array): Ranks[] {
  if (pair.kind === 'numeric') {
    return [
      {
        reference: unitRanks(pair.reference),
        current: unitRanks(selectCells(pair.current, inTime)),
      },
    ];
  }
  return commonLevels(pair).map((level) => ({
    reference: unitRanks(indicator(pair.reference, level)),
    current: unitRanks(selectCells(indicator(pair.current, level), inTime)),
  }));
}

/** Fisher z of a and of b so many rows later. */
function zOf(a: Float64Array, b: Float64Array, later: number): number {
  let product = 0;
  const from = Math.max(0, -later);
  const to = Math.min(a.length, a.length - later);
  for (let row = from; row < to; row++) product += a[row]! * b[row + later]!;
  return fisherZ(product);
}
