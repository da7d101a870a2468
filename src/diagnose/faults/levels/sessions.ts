import { selectCells } from '../../samples/row-samples.ts';
import type { LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { stretchesOfLength, timesSpanOf } from '../../samples/stretches.ts';
import { indicator } from '../rows/rank-correlations.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** Of the variance of another column, so much less is left within levels than was. */
const LESS_WITHIN = 0.1;
const MIN_LEVEL_ROWS = 2;
/** Of a category the commonest levels. */
const MOST_LEVELS = 4;

/** Of the reference, in lengths of the window, and rows of each: fewer say nothing of how much rows of one stretch have in common. */
const MIN_LENGTHS = 8;
const MIN_ROWS = 50;

/**
 * Whether rows of a level have more in common than they ever had: all of one site came in one session, of one team, in one room.
 *
 * Rows count one by one where their company is asked; of a session they are one. Formula: of each other column the variance within levels over that of all rows, each by its degrees of
 * freedom, in the window and in the reference; true where it fell by a tenth, of a reference with times, and of levels that are there all the time, below what any stretch of it as long as the window had: a canteen
 * has one dish a day at each counter. Names that were exchanged leave it as it was. O(columns · rows).
 */
export function areOfSessions(
  pair: LevelPair,
  { features, referenceMs, currentMs }: Pick<RowSamples, 'features' | 'referenceMs' | 'currentMs'>,
): boolean {
  const like = stretchesLike(referenceMs, currentMs);
  // Tools that are set up for a day are other ones in the next, and what a day of one has in common says nothing of another's.
  const stretches = areAlwaysThere(pair, like) ? like : [];
  return features.some((other) => {
    if (other.name === pair.name) return false;
    if (other.kind === 'numeric') return isSharedMore(pair, other.reference, other.current, stretches);
    const counts = levelCounts(other.reference, other.levels.length);
    const common = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, MOST_LEVELS);
    return common.some((level) =>
      isSharedMore(pair, indicator(other.reference, level), indicator(other.current, level), stretches),
    );
  });
}

function isSharedMore(
  pair: LevelPair,
  reference: Float64Array,
  current: Float64Array,
  stretches: readonly Int32Array[],
): boolean {
  const least = (most: number, rows: Int32Array): number =>
    Math.min(
      most,
      withinShare(selectCells(pair.reference, rows), selectCells(reference, rows), pair.levels.length) ??
        most,
    );
  const all = withinShare(pair.reference, reference, pair.levels.length);
  const now = withinShare(pair.current, current, pair.levels.length);
  if (all === null || now === null || now >= all - LESS_WITHIN) return false;
  return now < stretches.reduce(least, all) - LESS_WITHIN;
}

/** Of the known levels, in a stretch. */
const NEARLY_ALL = 0.9;

function areAlwaysThere({ reference, levels }: LevelPair, stretches: readonly Int32Array[]): boolean {
  const known = levelCounts(reference, levels.length).filter((count) => count > 0).length;
  const seen = stretches.map((rows) => new Set(selectCells(reference, rows)).size / known);
  return seen.reduce((sum, share) => sum + share, 0) >= NEARLY_ALL * stretches.length;
}

/** Rows of each stretch of the reference as long as the window; none where there are too few to compare with. */
function stretchesLike(referenceMs: Float64Array | null, currentMs: Float64Array | null): Int32Array[] {
  const [past, now] = [timesSpanOf(referenceMs), timesSpanOf(currentMs)];
  if (referenceMs === null || past === null || now === null || !(now.length > 0)) return [];
  if (past.length < MIN_LENGTHS * now.length) return [];
  const { of, count } = stretchesOfLength(referenceMs, past, now.length);
  const rows = Array.from({ length: count }, (): number[] => []);
  for (const [row, stretch] of of.entries()) rows[stretch]?.push(row);
  return rows.filter(({ length }) => length >= MIN_ROWS).map((some) => Int32Array.from(some));
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
