/** Rows of one person, visit or search: hardly more stand together. */
const GROUP = 24;
/** Fewer rows say nothing of how they follow each other. */
const MIN_ROWS = 4 * GROUP;

/**
 * How many rows that a mark has in common count as one, where it comes in groups of rows that follow each other: of a person who was not asked no row has an
 * answer.
 *
 * Formula: the variance of the mark's share over that of independent rows, 1 + 2·Σ (ρ_k − ρ̄) over the lags 1 to 24, ρ̄ the mean of the lags 25 to 48: what
 * began at some moment and goes on is as alike there, and counts for itself.
 * Range: at least 1; 1 for fewer than 96 rows and where no row or every row has the mark. O(48·rows).
 *
 * @param marks 0 or 1 of each row, in order of time
 * @example clumpsOf(Uint8Array.from({ length: 960 }, (_, row) => Number(row % 96 < 8))) // 8.660327199238967
 */
export function clumpsOf(marks: Uint8Array): number {
  const rows = marks.length;
  const share = marks.reduce((sum, mark) => sum + mark, 0) / rows;
  const variance = share * (1 - share);
  if (rows < MIN_ROWS || !(variance > 0)) return 1;
  const at = (lag: number): number => {
    let both = 0;
    for (let row = lag; row < rows; row++) both += marks[row]! & marks[row - lag]!;
    return (both / (rows - lag) - share ** 2) / variance;
  };
  let [near, far] = [0, 0];
  for (let lag = 1; lag <= GROUP; lag++) {
    near += at(lag);
    far += at(GROUP + lag);
  }
  return Math.max(1, 1 + 2 * (near - far));
}
