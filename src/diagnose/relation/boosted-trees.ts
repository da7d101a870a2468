import { pause } from '../../core/memory/pauses.ts';
import { mean, standardDeviation } from '../../stats/elementary.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import { createRandom } from '../../stats/random.ts';
import type { Random } from '../../stats/random.ts';
import { pooled, pooledCodes } from '../pooled.ts';
import { drawRows } from '../samples/picks.ts';
import { sketch } from '../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { frequentLevels } from './basis-terms.ts';

const FOLDS = 4;
const TREES = 60;
const DEPTH = 5;
const LEARNING_RATE = 0.15;
const MIN_LEAF_ROWS = 25;
/** Adds to the curvature of a leaf, so that few rows move it little. */
const SHRINKAGE = 2;
const BINS = 32;
/** Columns that one tree looks at: more would cost, and trees that differ find what no single split shows. */
const COLUMNS_PER_TREE = 12;
/** Of those that are fitted; all are predicted. */
const MAX_FITTED_ROWS = 6_000;

export type Loss = 'logistic' | 'squared';

/**
 * What boosted trees expect of every row, none of which the trees that say so have seen.
 *
 * Purpose: a second model of y given X, which shares no shape with the first. Formula: gradient boosting with Newton steps
 * G/(H + 2) in leaves of at least 25 rows, 60 trees of depth 5, each on 12 columns drawn at random, rate 0.15; rows in four
 * folds, each predicted by trees fitted on the others. Log odds, or in the unit of the response. Numbers in 32 bins of about
 * equally many rows, missing ones apart; levels in the order of their mean response in the rows that are fitted. Same seed,
 * same answer. Fitted
 * on at most 6,000 rows. Cost O(folds · trees · depth · rows · 12). Source: Friedman, Ann. Statist. 29 (2001).
 *
 * @param response reference rows first, as the samples are pooled
 */
export function crossFittedTrees(samples: RowSamples, response: Float64Array, loss: Loss): Float64Array {
  const columns = [
    ...samples.features,
    samples.score,
    samples.score === null ? samples.prediction : null,
  ].filter((column) => column !== null);
  const rows = response.length;
  const expected = new Float64Array(rows);
  const scale = loss === 'squared' ? standardDeviation(response) || 1 : 1;
  const target = loss === 'squared' ? response.map((value) => value / scale) : response;
  const all = columns.map((column) => binned(column));
  const random = createRandom(1);
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => row % FOLDS !== fold);
    const fitted = drawRows(others, MAX_FITTED_ROWS);
    const features = all.map((column) => ordered(column, fitted, target));
    const index = boost(features, fitted, target, loss, random);
    for (let row = fold; row < rows; row += FOLDS) expected[row] = scale * index[row]!;
    pause();
  }
  return expected;
}

interface Binned {
  readonly bins: number;
  readonly codes: Uint8Array;
  /** Bins have no order of their own. */
  readonly isLevels: boolean;
}

/** The last bin is of missing numbers, or of rare levels. */
function binned(column: ColumnCells): Binned {
  if (column.kind === 'levels') {
    const codes = pooledCodes(column);
    const places = new Map(
      frequentLevels(codes, column.levels.length)
        .slice(0, BINS - 1)
        .map((level, at) => [level, at]),
    );
    const rare = places.size;
    return {
      bins: rare + 1,
      isLevels: true,
      codes: Uint8Array.from(codes, (code) => places.get(code) ?? rare),
    };
  }
  const values = pooled(column);
  const sorted = sketch(values);
  const cuts = [
    ...new Set(
      sorted.length === 0
        ? []
        : Array.from({ length: BINS - 2 }, (_, i) => quantileReached(sorted, (i + 1) / (BINS - 1))),
    ),
  ];
  const missing = cuts.length + 1;
  return {
    bins: missing + 1,
    isLevels: false,
    codes: Uint8Array.from(values, (value) => (Number.isNaN(value) ? missing : placeOf(cuts, value))),
  };
}

/** How many cuts are below the value. */
function placeOf(cuts: readonly number[], value: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Levels in the order of the mean response of the rows that are fitted: a split parts the low from the high. */
function ordered(column: Binned, fitted: Int32Array, target: Float64Array): Binned {
  if (!column.isLevels) return column;
  const sums = new Float64Array(column.bins);
  const counts = new Float64Array(column.bins);
  for (const row of fitted) {
    const code = column.codes[row]!;
    sums[code]! += target[row]!;
    counts[code]! += 1;
  }
  const order = [...counts.keys()].sort(
    (a, b) => sums[a]! / (counts[a]! || 1) - sums[b]! / (counts[b]! || 1) || a - b,
  );
  const place = new Uint8Array(column.bins);
  for (const [at, code] of order.entries()) place[code] = at;
  return { ...column, codes: column.codes.map((code) => place[code]!) };
}

/** The index of all rows, by trees of the fitted ones. */
function boost(
  features: readonly Binned[],
  fitted: Int32Array,
  target: Float64Array,
  loss: Loss,
  random: Random,
): Float64Array {
  const share = mean(Array.from(fitted, (row) => target[row]!));
  const kept = Math.min(1 - 1e-6, Math.max(1e-6, share));
  const index = new Float64Array(target.length).fill(
    loss === 'logistic' ? Math.log(kept / (1 - kept)) : share,
  );
  const gradient = new Float64Array(target.length);
  const curvature = new Float64Array(target.length).fill(1);
  for (let tree = 0; tree < TREES; tree++) {
    for (const row of fitted) {
      if (loss === 'squared') gradient[row] = target[row]! - index[row]!;
      else {
        const p = 1 / (1 + Math.exp(-index[row]!));
        gradient[row] = target[row]! - p;
        curvature[row] = Math.max(1e-6, p * (1 - p));
      }
    }
    growTree(drawn(features, random), fitted, { gradient, curvature }, index);
  }
  return index;
}

function drawn(features: readonly Binned[], random: Random): Binned[] {
  const left = [...features];
  const taken: Binned[] = [];
  while (left.length > 0 && taken.length < COLUMNS_PER_TREE) {
    taken.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return taken;
}

interface Slopes {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

interface Split {
  readonly feature: Binned;
  /** Bins up to this one go left. */
  readonly at: number;
}

/** Grows one tree on the fitted rows, level by level, and adds what its leaves say to the index of every row. */
function growTree(
  features: readonly Binned[],
  fitted: Int32Array,
  slopes: Slopes,
  index: Float64Array,
): void {
  const leaves: { readonly path: readonly (readonly [Split, boolean])[]; readonly rows: Int32Array }[] = [];
  const open = [{ path: [] as readonly (readonly [Split, boolean])[], rows: fitted }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const split = node.path.length < DEPTH ? bestSplit(features, node.rows, slopes) : null;
    if (split === null) {
      leaves.push(node);
      continue;
    }
    const { codes } = split.feature;
    for (const isLeft of [true, false]) {
      open.push({
        path: [...node.path, [split, isLeft]],
        rows: node.rows.filter((row) => codes[row]! <= split.at === isLeft),
      });
    }
  }
  const steps = leaves.map(({ path, rows }) => {
    let [g, h] = [0, SHRINKAGE];
    for (const row of rows) {
      g += slopes.gradient[row]!;
      h += slopes.curvature[row]!;
    }
    return { path, step: (LEARNING_RATE * g) / h };
  });
  addSteps(steps, index);
}

/** Every row falls into one leaf. */
function addSteps(
  leaves: readonly { readonly path: readonly (readonly [Split, boolean])[]; readonly step: number }[],
  index: Float64Array,
): void {
  const place = (rows: Int32Array, depth: number, among: typeof leaves): void => {
    const [first] = among;
    if (first === undefined) return;
    const split = first.path[depth]?.[0];
    if (split === undefined) {
      for (const row of rows) index[row]! += first.step;
      return;
    }
    const { codes } = split.feature;
    for (const isLeft of [true, false]) {
      place(
        rows.filter((row) => codes[row]! <= split.at === isLeft),
        depth + 1,
        among.filter(({ path }) => path[depth]?.[1] === isLeft),
      );
    }
  };
  place(Int32Array.from(index.keys()), 0, leaves);
}

/** The split that gains most, by G²/(H + λ) of its sides; null where none leaves 25 rows on either. */
function bestSplit(
  features: readonly Binned[],
  rows: Int32Array,
  { gradient, curvature }: Slopes,
): Split | null {
  if (rows.length < 2 * MIN_LEAF_ROWS) return null;
  let [best, most]: [Split | null, number] = [null, 0];
  for (const feature of features) {
    const g = new Float64Array(feature.bins);
    const h = new Float64Array(feature.bins);
    const n = new Float64Array(feature.bins);
    for (const row of rows) {
      const bin = feature.codes[row]!;
      g[bin]! += gradient[row]!;
      h[bin]! += curvature[row]!;
      n[bin]! += 1;
    }
    const total = [g, h].map((each) => each.reduce((sum, value) => sum + value, 0));
    const whole = total[0]! ** 2 / (total[1]! + SHRINKAGE);
    let [leftG, leftH, leftN] = [0, 0, 0];
    for (let bin = 0; bin < feature.bins - 1; bin++) {
      leftG += g[bin]!;
      leftH += h[bin]!;
      leftN += n[bin]!;
      if (leftN < MIN_LEAF_ROWS || rows.length - leftN < MIN_LEAF_ROWS) continue;
      const gain =
        leftG ** 2 / (leftH + SHRINKAGE) + (total[0]! - leftG) ** 2 / (total[1]! - leftH + SHRINKAGE) - whole;
      if (gain > most) [best, most] = [{ feature, at: bin }, gain];
    }
  }
  return best;
}
