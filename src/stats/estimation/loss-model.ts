import { binOffsets } from '../multivariate/gradient-histogram.ts';
import { goesLeft } from '../multivariate/best-split.ts';
import { growTree } from '../multivariate/grow-tree.ts';
import type { TreeNode, TreeRules } from '../multivariate/grow-tree.ts';
import type { BinnedFeatures } from '../multivariate/binned-features.ts';

/** Expects a row's loss from its features: a mean, and trees that say where it is higher or lower. */
export interface LossModel {
  readonly mean: number;
  readonly trees: readonly TreeNode[];
  /** Share of the losses' variance explained on rows held out; at or below 0 the trees are dropped. */
  readonly explained: number;
}

export interface LossModelRules extends TreeRules {
  readonly trees: number;
  readonly learningRate: number;
}

/** Shallow, slow and in large leaves: losses are noisy and only their regional means are wanted. */
const LOSS_RULES: LossModelRules = {
  trees: 60,
  learningRate: 0.1,
  leaves: 8,
  minLeafRows: 40,
  ridgeRows: 10,
};

/** Every fifth row is held out to see whether the trees are worth anything. */
const HELD_OUT = 5;

/**
 * Learns which rows a model errs on: boosted trees under squared loss, on bins, for any loss of a row (|e|, e², e).
 * Trees that do not lower the squared error of every fifth row, which they did not see, are dropped, and the mean
 * stands for all rows. The fifth is by position, so the rows should not come in a pattern of five.
 *
 * Rows whose loss is not finite are left out. Fewer than 200 rows: the mean. No rows: mean 0. No randomness.
 * Cost O(trees · rows · features · log leaves), twice.
 * Source: Friedman, Ann. Statist. 29 (2001); the idea of a model of the loss as in NannyML's direct loss estimation.
 */
export function fitLossModel(
  features: BinnedFeatures,
  losses: Float64Array,
  rows: Int32Array,
  rules: LossModelRules = LOSS_RULES,
): LossModel {
  const usable = rows.filter((row) => Number.isFinite(losses[row]));
  const mean = meanOf(losses, usable);
  const alone: LossModel = { mean, trees: [], explained: 0 };
  if (usable.length < HELD_OUT * rules.minLeafRows || features.features === 0) return alone;
  const seen = usable.filter((_, at) => at % HELD_OUT !== 0);
  const unseen = usable.filter((_, at) => at % HELD_OUT === 0);
  const trial = boost(features, losses, seen, rules);
  const explained = explainedOf(trial, features, losses, unseen);
  return explained > 0 ? { ...boost(features, losses, usable, rules), explained } : { ...alone, explained };
}

function boost(
  features: BinnedFeatures,
  losses: Float64Array,
  rows: Int32Array,
  rules: LossModelRules,
): Omit<LossModel, 'explained'> {
  const offsets = binOffsets(features);
  const mean = meanOf(losses, rows);
  const expected = new Float64Array(features.rows).fill(mean);
  const gradients = new Float64Array(features.rows);
  const curvatures = new Float64Array(features.rows).fill(1);
  const slopes = { gradients, curvatures, learningRate: rules.learningRate };
  const trees: TreeNode[] = [];
  for (let t = 0; t < rules.trees; t++) {
    for (const row of rows) gradients[row] = (losses[row] ?? 0) - (expected[row] ?? 0);
    const tree = growTree(features, offsets, rows, slopes, rules, expected);
    if (tree.split === null) break;
    trees.push(tree);
  }
  return { mean, trees };
}

/** The loss expected of each row. O(rows · trees · depth). */
export function expectedLosses(
  { mean, trees }: Pick<LossModel, 'mean' | 'trees'>,
  { bins, features }: BinnedFeatures,
  rows: Int32Array,
): Float64Array {
  return Float64Array.from(rows, (row) => {
    let sum = mean;
    for (const tree of trees) sum += leafOf(tree, bins, row * features).value;
    return sum;
  });
}

function leafOf(tree: TreeNode, bins: Uint8Array, at: number): TreeNode {
  let node = tree;
  while (node.split !== null) {
    const child = goesLeft(node.split, bins[at + node.split.feature] ?? 0) ? node.left : node.right;
    if (child === null) return node;
    node = child;
  }
  return node;
}

function meanOf(losses: Float64Array, rows: Int32Array): number {
  let mean = 0;
  for (const [seen, row] of rows.entries()) mean += ((losses[row] ?? 0) - mean) / (seen + 1);
  return mean;
}

function explainedOf(
  model: Omit<LossModel, 'explained'>,
  features: BinnedFeatures,
  losses: Float64Array,
  rows: Int32Array,
): number {
  const expected = expectedLosses(model, features, rows);
  let left = 0;
  let all = 0;
  for (const [at, row] of rows.entries()) {
    const loss = losses[row] ?? 0;
    left += (loss - (expected[at] ?? 0)) ** 2;
    all += (loss - model.mean) ** 2;
  }
  return all > 0 ? 1 - left / all : 0;
}
