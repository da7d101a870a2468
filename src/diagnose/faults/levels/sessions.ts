import { levelCounts } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { indicator } from '../rows/rank-correlations.ts';

/** Of the variance of another column, so much less is left within levels than was. */
const LESS_WITHIN = 0.1;
const MIN_LEVEL_ROWS = 2;
/** Of a category the commonest levels. */
const MOST_LEVELS = 4;

/**
 * Whether rows of a level have more in common than they ever had: all of one site came in one session, of one team, in one room.
 *
 * Rows count one by one where their company is asked; of a session they are one. Formula: of each other column the variance within levels over that of all rows, each by its degrees of
 * freedom, in the window and in the reference; true where it fell by a tenth. Names that were exchanged leave it as it was. O(columns · rows).
 */
export function areOfSessions(pair: LevelPair, columns: readonly ColumnCells[]): boolean {
  return columns.some((other) => {
    if (other.name === pair.name) return false;
    if (other.kind === 'numeric') return isSharedMore(pair, other.reference, other.current);
    const counts = levelCounts(other.reference, other.levels.length);
    const common = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, MOST_LEVELS);
    return common.some((level) =>
      isSharedMore(pair, indicator(other.reference, level), indicator(other.current, level)),
    );
  });
}

function isSharedMore(pair: LevelPair, reference: Float64Array, current: Float64Array): boolean {
  const [before, now] = [
    withinShare(pair.reference, reference, pair.levels.length),
    withinShare(pair.current, current, pair.levels.length),
  ];
  return before !== null && now !== null && now < before - LESS_WITHIN;
}

/** Null where all rows are alike, or too few. */
function withinShare(codes: Int32Array, values: Float64Array, levels: number): number | null {
  const [rows, sums, squares] = [
    new Float64Array(levels),
    new Float64Array(levels),
    new Float64Array(levels),
  ];
  for (const [row, code] of codes.entries()) {
    const value = values[row]!;
    if (code < 0 || Number.isNaN(value)) continue;
    rows[code]! += 1;
    sums[code]! += value;
    squares[code]! += value * value;
  }
  let [n, known, sum, square, within] = [0, 0, 0, 0, 0];
  for (let code = 0; code < levels; code++) {
    if (rows[code]! < MIN_LEVEL_ROWS) continue;
    n += rows[code]!;
    known += 1;
    sum += sums[code]!;
    square += squares[code]!;
    within += squares[code]! - sums[code]! ** 2 / rows[code]!;
  }
  const all = square - sum ** 2 / Math.max(1, n);
  if (n - known < 1 || !(all > 1e-12 * square)) return null;
  return within / (n - known) / (all / (n - 1));
}
