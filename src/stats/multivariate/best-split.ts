import { MISSING_BIN } from './binned-features.ts';
import type { BinnedFeatures } from './binned-features.ts';

/** A question to a row about one feature. */
export interface Split {
  readonly feature: number;
  /** Ordered: rows with a bin up to this go left. Unordered: rows with exactly this bin do. */
  readonly bin: number;
  readonly ordered: boolean;
  /** Where rows without a value go, in an ordered split. In an unordered one missing is a level like others. */
  readonly missingLeft: boolean;
  readonly gain: number;
}

export interface SplitRules {
  /** A split leaves at least this many rows on either side. */
  readonly minLeafRows: number;
  /** Rows of no gradient imagined in every leaf: shrinks what few rows claim. */
  readonly ridgeRows: number;
}

export function goesLeft(split: Split, bin: number): boolean {
  if (!split.ordered) return bin === split.bin;
  return bin === MISSING_BIN ? split.missingLeft : bin <= split.bin;
}

/**
 * The split of a node with the largest gain G_L²/(n_L + λ) + G_R²/(n_R + λ) − G²/(n + λ), or null when none gains:
 * numbers by threshold, missing on whichever side gains more; levels one against the rest.
 * Cost O(bins of all features).
 */
export function bestSplit(
  histogram: Float64Array,
  offsets: Int32Array,
  features: BinnedFeatures,
  rules: SplitRules,
): Split | null {
  let best: Split | null = null;
  for (let feature = 0; feature < features.features; feature++) {
    const start = offsets[feature] ?? 0;
    const end = offsets[feature + 1] ?? 0;
    if (end - start < 2) continue;
    const node = sumBins(histogram, start, end, rules);
    if (node.rows < 2 * rules.minLeafRows) return null;
    const scan = features.ordered[feature] === true ? bestThreshold : bestLevel;
    const found = scan(histogram, start, end, node, rules, best?.gain ?? 1e-9);
    if (found !== null) best = { feature, ordered: features.ordered[feature] === true, ...found };
  }
  return best;
}

interface Sums {
  readonly gradient: number;
  readonly rows: number;
  /** What a split has to gain on. */
  readonly worth: number;
}

type Place = Pick<Split, 'bin' | 'missingLeft' | 'gain'>;

function sumBins(histogram: Float64Array, start: number, end: number, { ridgeRows }: SplitRules): Sums {
  let gradient = 0;
  let rows = 0;
  for (let i = 2 * start; i < 2 * end; i += 2) {
    gradient += histogram[i]!;
    rows += histogram[i + 1]!;
  }
  return { gradient, rows, worth: gradient ** 2 / (rows + ridgeRows) };
}

/** The gain of a left side against the rest, or −1 when a side has too few rows. */
function gainOf(leftGradient: number, leftRows: number, node: Sums, rules: SplitRules): number {
  const rightRows = node.rows - leftRows;
  if (leftRows < rules.minLeafRows || rightRows < rules.minLeafRows) return -1;
  const rightGradient = node.gradient - leftGradient;
  return (
    leftGradient ** 2 / (leftRows + rules.ridgeRows) +
    rightGradient ** 2 / (rightRows + rules.ridgeRows) -
    node.worth
  );
}

function bestThreshold(
  histogram: Float64Array,
  start: number,
  end: number,
  node: Sums,
  rules: SplitRules,
  atLeast: number,
): Place | null {
  const missingGradient = histogram[2 * start]!;
  const missingRows = histogram[2 * start + 1]!;
  let bin = 0;
  let missingLeft = false;
  let best = atLeast;
  let gradient = 0;
  let rows = 0;
  // The last bin is a threshold too: it parts the rows with a value from those without.
  for (let i = start + 1; i < end; i++) {
    gradient += histogram[2 * i]!;
    rows += histogram[2 * i + 1]!;
    // On the left there will only be more, on the right only fewer.
    if (rows + missingRows < rules.minLeafRows) continue;
    if (node.rows - rows < rules.minLeafRows) break;
    const right = gainOf(gradient, rows, node, rules);
    if (right > best) {
      bin = i - start;
      missingLeft = false;
      best = right;
    }
    if (missingRows === 0) continue;
    const left = gainOf(gradient + missingGradient, rows + missingRows, node, rules);
    if (left > best) {
      bin = i - start;
      missingLeft = true;
      best = left;
    }
  }
  return bin === 0 ? null : { bin, missingLeft, gain: best };
}

function bestLevel(
  histogram: Float64Array,
  start: number,
  end: number,
  node: Sums,
  rules: SplitRules,
  atLeast: number,
): Place | null {
  let best: Place | null = null;
  for (let i = start; i < end; i++) {
    const gain = gainOf(histogram[2 * i] ?? 0, histogram[2 * i + 1] ?? 0, node, rules);
    if (gain > (best?.gain ?? atLeast)) best = { bin: i - start, missingLeft: false, gain };
  }
  return best;
}
