/**
 * Labelled scores as cells in ascending order: the one shape from which ROC AUC, PR AUC and calibration error are
 * computed. From rows every distinct score is a cell of its own (`low` = `high`) and the figures are exact; from the
 * counts of a window a cell is a stretch of scores, and each figure states how far the order inside could move it.
 * Counts may be fractions: an expected number of positives is as good as a counted one.
 */
export interface ScoreCells {
  /** Smallest and largest score a row of the cell can have; cells do not overlap. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly negatives: Float64Array;
  readonly positives: Float64Array;
  /** Sum of the scores of all rows in the cell. */
  readonly sums: Float64Array;
}

/** Rows of either label. */
export interface LabelTotals {
  readonly negatives: number;
  readonly positives: number;
}

/**
 * Cells of rows: one per distinct score, ascending. Rows without a finite score are left out; no rows give no cells.
 * Cost: one sort of each label's scores.
 *
 * @example [...scoreCells(Float64Array.of(0.9, 0.1, 0.9), Uint8Array.of(1, 0, 0)).positives] // [0, 1]
 */
export function scoreCells(scores: Float64Array, isPositive: ArrayLike<number>): ScoreCells {
  let positives = 0;
  let usable = 0;
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isFinite(scores[row])) continue;
    usable++;
    if (isPositive[row] === 1) positives++;
  }
  const negativeScores = new Float64Array(usable - positives);
  const positiveScores = new Float64Array(positives);
  let n = 0;
  let p = 0;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] ?? Number.NaN;
    if (!Number.isFinite(score)) continue;
    // −0 and 0 are one score.
    if (isPositive[row] === 1) positiveScores[p++] = score + 0;
    else negativeScores[n++] = score + 0;
  }
  return mergeSorted(negativeScores.sort(), positiveScores.sort());
}

function mergeSorted(negative: Float64Array, positive: Float64Array): ScoreCells {
  const size = negative.length + positive.length;
  const low = new Float64Array(size);
  const negatives = new Float64Array(size);
  const positives = new Float64Array(size);
  let cells = 0;
  let n = 0;
  let p = 0;
  while (n < negative.length || p < positive.length) {
    const score = Math.min(negative[n] ?? Infinity, positive[p] ?? Infinity);
    const fromN = n;
    const fromP = p;
    while (negative[n] === score) n++;
    while (positive[p] === score) p++;
    low[cells] = score;
    negatives[cells] = n - fromN;
    positives[cells] = p - fromP;
    cells++;
  }
  const cut = (values: Float64Array): Float64Array => values.slice(0, cells);
  const exact = cut(low);
  const sums = exact.map((score, i) => score * ((negatives[i] ?? 0) + (positives[i] ?? 0)));
  return { low: exact, high: exact, negatives: cut(negatives), positives: cut(positives), sums };
}

/**
 * Cells whose rows are expected to be positive with a given probability: what a metric will be, before labels come.
 * Rows without a finite score or probability are left out. Cost: one sort.
 */
export function expectedCells(scores: Float64Array, probability: Float64Array): ScoreCells {
  const rows = Uint32Array.from(scores.keys()).filter(
    (row) => Number.isFinite(scores[row]) && Number.isFinite(probability[row]),
  );
  rows.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const low: number[] = [];
  const negatives: number[] = [];
  const positives: number[] = [];
  const sums: number[] = [];
  for (const row of rows) {
    const score = scores[row] ?? 0;
    const p = probability[row] ?? 0;
    if (low.at(-1) !== score) {
      low.push(score);
      negatives.push(0);
      positives.push(0);
      sums.push(0);
    }
    const cell = low.length - 1;
    positives[cell] = (positives[cell] ?? 0) + p;
    negatives[cell] = (negatives[cell] ?? 0) + (1 - p);
    sums[cell] = (sums[cell] ?? 0) + score;
  }
  const exact = Float64Array.from(low);
  return {
    low: exact,
    high: exact,
    negatives: Float64Array.from(negatives),
    positives: Float64Array.from(positives),
    sums: Float64Array.from(sums),
  };
}

/** Rows of the cells by label. O(cells). */
export function labelTotals({ negatives, positives }: ScoreCells): LabelTotals {
  let n = 0;
  let p = 0;
  for (const count of negatives) n += count;
  for (const count of positives) p += count;
  return { negatives: n, positives: p };
}

/** Whether the rows of a cell may differ in score, so that their order is unknown. */
export function isStretch({ low, high }: ScoreCells, cell: number): boolean {
  return (low[cell] ?? 0) < (high[cell] ?? 0);
}

/** One score or none for all rows: nothing can be ranked. */
export function isConstant({ low, high }: ScoreCells): boolean {
  return low.length === 0 || low[0] === high.at(-1);
}
