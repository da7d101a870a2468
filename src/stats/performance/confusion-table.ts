/**
 * Rows by label and prediction: `counts[label][prediction]` over `classes`, and, where counted, one last row and column
 * for every other class. Counts may be expected ones.
 */
export interface ConfusionTable {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** One class against all others. */
export interface ClassCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export function cellOf(counts: ConfusionTable['counts'], label: number, prediction: number): number {
  return counts[label]?.[prediction] ?? 0;
}

/** Rows with each label, rows with each prediction, and all. O(classes²). */
export function marginsOf(counts: ConfusionTable['counts']): {
  labels: number[];
  predictions: number[];
  total: number;
} {
  const labels = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const predictions = counts.map((_, j) => counts.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  return { labels, predictions, total: labels.reduce((sum, count) => sum + count, 0) };
}

/** O(classes). A class that is not in the table has no row anywhere. */
export function classCounts({ classes, counts }: ConfusionTable, name: string): ClassCounts {
  const at = classes.indexOf(name);
  const { labels, predictions, total } = marginsOf(counts);
  const truePositives = cellOf(counts, at, at);
  const falsePositives = (predictions[at] ?? 0) - truePositives;
  const falseNegatives = (labels[at] ?? 0) - truePositives;
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: total - truePositives - falsePositives - falseNegatives,
  };
}

/** Counts pairs of codes; −1 on either side leaves the row out, `classes.length` is every other class. O(rows). */
export function tabulate(
  classes: readonly string[],
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
): ConfusionTable {
  const size = classes.length + 1;
  const counts = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (let row = 0; row < labels.length; row++) {
    const line = counts[labels[row] ?? -1];
    const prediction = predictions[row] ?? -1;
    if (line !== undefined && prediction >= 0) line[prediction] = (line[prediction] ?? 0) + 1;
  }
  return { classes, counts };
}
