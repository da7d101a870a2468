import type { BinnedFeatures } from './binned-features.ts';
import { bestSplit, goesLeft } from './best-split.ts';
import type { Split, SplitRules } from './best-split.ts';
import { addToHistogram, subtractHistogram } from './gradient-histogram.ts';

export interface TreeRules extends SplitRules {
  readonly leaves: number;
}

/** A node of a tree; it is a leaf until it has a split. */
export interface TreeNode {
  /** What a row here scores if the tree ended here. */
  readonly value: number;
  split: Split | null;
  left: TreeNode | null;
  right: TreeNode | null;
}

interface Leaf {
  readonly node: TreeNode;
  readonly rows: Int32Array;
  /** Null where the leaf stays one. */
  readonly histogram: Float64Array | null;
  readonly split: Split | null;
}

/**
 * What a tree is grown on. Gradients point up: a positive one asks for a higher score. Curvatures are the second
 * derivatives of the loss; gradients over curvatures are a leaf's value (Newton's step), times the learning rate.
 */
export interface Slopes {
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly learningRate: number;
}

/**
 * A regression tree grown best leaf first: the leaf whose split gains most is split next, until there are
 * `rules.leaves`. Adds each training row's leaf value to `scores`.
 *
 * Cost O(rows · features · log leaves + leaves · bins).
 */
export function growTree(
  features: BinnedFeatures,
  offsets: Int32Array,
  rows: Int32Array,
  slopes: Slopes,
  rules: TreeRules,
  scores: Float64Array,
): TreeNode {
  const histogramOf = (of: Int32Array): Float64Array => {
    const histogram = new Float64Array(2 * (offsets[features.features] ?? 0));
    addToHistogram(histogram, offsets, features, of, slopes.gradients);
    return histogram;
  };
  const leafOf = (leafRows: Int32Array, histogram: Float64Array | null): Leaf => ({
    node: { value: leafValue(leafRows, slopes, rules), split: null, left: null, right: null },
    rows: leafRows,
    histogram,
    split: histogram && bestSplit(histogram, offsets, features, rules),
  });
  const mayPart = (leafRows: Int32Array): boolean => leafRows.length >= 2 * rules.minLeafRows;
  const root = leafOf(rows, histogramOf(rows));
  const leaves = [root];
  while (leaves.length < rules.leaves) {
    const at = mostGaining(leaves);
    const leaf = leaves[at];
    if (leaf === undefined || leaf.split === null || leaf.histogram === null) break;
    const [leftRows, rightRows] = partition(leaf.rows, leaf.split, features);
    const [smaller, larger] =
      leftRows.length < rightRows.length ? [leftRows, rightRows] : [rightRows, leftRows];
    // Of the last two leaves, and of few rows, nobody asks for a split.
    const isAsked = leaves.length + 1 < rules.leaves && mayPart(larger);
    const counted = isAsked ? histogramOf(smaller) : null;
    const rest = counted && subtractHistogram(leaf.histogram, counted);
    const of = (leafRows: Int32Array): Leaf => leafOf(leafRows, leafRows === smaller ? counted : rest);
    const [left, right] = [of(leftRows), of(rightRows)];
    leaf.node.split = leaf.split;
    leaf.node.left = left.node;
    leaf.node.right = right.node;
    leaves.splice(at, 1, left, right);
  }
  for (const { node, rows: leafRows } of leaves) {
    for (const row of leafRows) scores[row] = (scores[row] ?? 0) + node.value;
  }
  return root.node;
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  for (const [i, leaf] of leaves.entries()) {
    if ((leaf.split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = i;
  }
  return best;
}

function partition(
  rows: Int32Array,
  split: Split,
  { bins, features, binCounts }: BinnedFeatures,
): [Int32Array, Int32Array] {
  const isLeft = Uint8Array.from({ length: binCounts[split.feature]! }, (_, bin) =>
    Number(goesLeft(split, bin)),
  );
  const ordered = new Int32Array(rows.length);
  let left = 0;
  let right = rows.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (isLeft[bins[row * features + split.feature]!] === 1) ordered[left++] = row;
    else ordered[--right] = row;
  }
  return [ordered.subarray(0, left), ordered.subarray(left)];
}

function leafValue(
  rows: Int32Array,
  { gradients, curvatures, learningRate }: Slopes,
  rules: TreeRules,
): number {
  let gradient = 0;
  let curvature = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    gradient += gradients[row]!;
    curvature += curvatures[row]!;
  }
  // A row at even odds has curvature ¼.
  return (learningRate * gradient) / (curvature + rules.ridgeRows / 4);
}
