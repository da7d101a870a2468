import type { BinnedFeatures } from './binned-features.ts';
import { goesLeft } from './best-split.ts';
import { binOffsets } from './gradient-histogram.ts';
import { growTree } from './grow-tree.ts';
import type { TreeNode, TreeRules } from './grow-tree.ts';

export interface BoostingRules extends TreeRules {
  readonly trees: number;
  readonly learningRate: number;
}

/** Adds up trees into the log-odds of "this row is current". */
export interface BoostedTrees {
  readonly logOdds: number;
  readonly trees: readonly TreeNode[];
}

/**
 * Gradient boosting of trees under logistic loss, on bins. `isCurrent` is 1 or 0 by row; only `rows` are learned
 * from, and both kinds must be among them. No randomness. Cost O(trees · rows · features · log leaves).
 * Source: Friedman, Ann. Statist. 29 (2001); histograms and growth by leaf as in Ke et al., NeurIPS 2017.
 */
export function boostTrees(
  features: BinnedFeatures,
  isCurrent: Uint8Array,
  rows: Int32Array,
  rules: BoostingRules,
): BoostedTrees {
  const offsets = binOffsets(features);
  let current = 0;
  for (const row of rows) current += isCurrent[row] ?? 0;
  const logOdds = Math.log(current / (rows.length - current));
  const scores = new Float64Array(features.rows).fill(logOdds);
  const gradients = new Float64Array(features.rows);
  const curvatures = new Float64Array(features.rows);
  const slopes = { gradients, curvatures, learningRate: rules.learningRate };
  const trees: TreeNode[] = [];
  for (let t = 0; t < rules.trees; t++) {
    for (const row of rows) {
      const probability = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      gradients[row] = (isCurrent[row] ?? 0) - probability;
      curvatures[row] = probability * (1 - probability);
    }
    const tree = growTree(features, offsets, rows, slopes, rules, scores);
    if (tree.split === null) break;
    trees.push(tree);
  }
  return { logOdds, trees };
}

/**
 * Scores rows the trees have not seen, and adds to `credit` what each feature's splits were worth on them: the rise
 * of the log-likelihood to first order, (y − p) · (value of the child − value of the node). A split on noise earns
 * nothing on average here, while its gain in training is always positive.
 */
export function scoreRows(
  { logOdds, trees }: BoostedTrees,
  features: BinnedFeatures,
  isCurrent: Uint8Array,
  rows: Int32Array,
  credit: Float64Array,
): Float64Array {
  return Float64Array.from(rows, (row) => {
    const at = row * features.features;
    let score = logOdds;
    for (const tree of trees) {
      const slope = (isCurrent[row] ?? 0) - 1 / (1 + Math.exp(-score));
      let node = tree;
      while (node.split !== null) {
        const { feature } = node.split;
        const child = goesLeft(node.split, features.bins[at + feature] ?? 0) ? node.left : node.right;
        if (child === null) break;
        credit[feature] = (credit[feature] ?? 0) + slope * (child.value - node.value);
        node = child;
      }
      score += node.value;
    }
    return score;
  });
}
