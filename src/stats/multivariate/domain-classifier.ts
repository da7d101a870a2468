import type { Multivariate } from '../../core/findings.ts';
import { normalSurvival } from '../distributions.ts';
import type { Random } from '../random.ts';
import { mannWhitneySorted } from '../significance/mann-whitney.ts';
import { binFeatures } from './binned-features.ts';
import { boostTrees, scoreRows } from './boosted-trees.ts';
import type { BoostingRules } from './boosted-trees.ts';
import { shuffle } from './pick-rows.ts';
import { enoughRows } from './pooled-sample.ts';
import type { PooledSample } from './pooled-sample.ts';

export type DomainClassifier = NonNullable<Multivariate['domain_classifier']>;

const FOLDS = 5;

/** Small trees, few of them: what tells two samples apart by a little is soon learned, and the rest is noise. */
const BOOSTING: BoostingRules = {
  trees: 50,
  leaves: 16,
  learningRate: 0.1,
  minLeafRows: 20,
  ridgeRows: 4,
};

/**
 * How much wider the cross-validated AUC spreads under no shift than that of a classifier fixed beforehand, as a
 * factor of the variance. Each pair of folds is used twice, once each way, and to first order both ways agree:
 * where a model is a sum of what its training folds say, Σ_k U_k = 2 Σ_(j<k) h(j, k), whose variance is 2 · Σ_k
 * var(U_k) for any number of folds. Real models saturate and stay below.
 */
const VARIANCE_FACTOR = 2;
const TWO_SIDED_95 = 1.959963984540054;

/**
 * Domain classifier: how well can a model that has seen other rows tell which sample a row is from?
 *
 * Statistic: the area under the ROC curve of held-out scores, the share of (reference, current) pairs within a fold
 * that are in the right order, ties counting ½; five folds, stratified, gradient boosting of small trees on all
 * features, missing values and interactions included. From 0 to 1; 0.5 under no drift, 1 when no row is mistaken.
 * p-value: one-sided, normal. Within a fold the held-out labels are exchangeable given the model, so the mean is ½
 * exactly; the variance is Mann–Whitney's, (n + m + 1)/(12nm) by fold, times 2 for the dependence between folds (see
 * above; measured 1.3 to 2.05). `null_band` is ½ ± 1.96 of that. Values below 1e-6 are extrapolated.
 * Contributions: what each feature's splits were worth on held-out rows, cut at 0, as shares; equal shares when
 * nothing was worth anything. They mean something only when the p-value is small.
 * Fewer than 25 rows on a side, or no feature: null. Constant features: AUC 0.5, p 0.5. A missing value, ±Infinity
 * and a new category are values like others. Cost O(folds · trees · rows · features), without permutations.
 * Source: Lopez-Paz & Oquab, ICLR 2017, for the two-sample test.
 *
 * @example domainClassifier({ referenceRows: 50, currentRows: 50, features: [{ name: 'x', kind: 'numeric', values: Float64Array.from({ length: 100 }, (_, i) => i) }] }, () => 0)?.auc // 1
 */
export function domainClassifier(sample: PooledSample, random: Random): DomainClassifier | null {
  if (!enoughRows(sample) || sample.features.length === 0) return null;
  const { wins, pairs, variance, credit } = crossValidate(sample, random);
  const auc = wins / pairs;
  const deviation = Math.sqrt(VARIANCE_FACTOR * variance) / pairs;
  const reach = TWO_SIDED_95 * deviation;
  return {
    auc,
    null_band: [Math.max(0, 0.5 - reach), Math.min(1, 0.5 + reach)],
    p_value: normalSurvival((auc - 0.5) / deviation),
    contributions: shares(sample, credit),
  };
}

interface FoldSums {
  /** Pairs in the right order, pairs in all, and the variance of the former if the folds were independent. */
  readonly wins: number;
  readonly pairs: number;
  readonly variance: number;
  readonly credit: Float64Array;
}

function crossValidate(sample: PooledSample, random: Random): FoldSums {
  const { referenceRows, currentRows } = sample;
  const features = binFeatures(sample);
  const isCurrent = new Uint8Array(referenceRows + currentRows).fill(1, referenceRows);
  const folds = stratifiedFolds(sample, random);
  const credit = new Float64Array(features.features);
  let wins = 0;
  let pairs = 0;
  let variance = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = rowsWhere(folds, (of) => of === fold);
    const model = boostTrees(
      features,
      isCurrent,
      rowsWhere(folds, (of) => of !== fold),
      BOOSTING,
    );
    const scores = scoreRows(model, features, isCurrent, held, credit);
    const before = scores.filter((_, i) => isCurrent[held[i] ?? 0] === 0).sort();
    const now = scores.filter((_, i) => isCurrent[held[i] ?? 0] === 1).sort();
    const size = before.length * now.length;
    wins += mannWhitneySorted(now, before).statistic;
    pairs += size;
    variance += (size * (held.length + 1)) / 12;
  }
  return { wins, pairs, variance, credit };
}

/** The fold of every row: random, and the same share of both samples in each. */
function stratifiedFolds({ referenceRows, currentRows }: PooledSample, random: Random): Uint8Array {
  const folds = new Uint8Array(referenceRows + currentRows);
  for (const [first, count] of [[0, referenceRows] as const, [referenceRows, currentRows] as const]) {
    const rows = Int32Array.from({ length: count }, (_, i) => first + i);
    shuffle(rows, random);
    for (const [i, row] of rows.entries()) folds[row] = i % FOLDS;
  }
  return folds;
}

function rowsWhere(folds: Uint8Array, wanted: (fold: number) => boolean): Int32Array {
  const rows = new Int32Array(folds.length);
  let count = 0;
  for (const [row, fold] of folds.entries()) if (wanted(fold)) rows[count++] = row;
  return rows.subarray(0, count);
}

function shares(sample: PooledSample, credit: Float64Array): DomainClassifier['contributions'] {
  const earned = credit.map((value) => Math.max(0, value));
  const total = earned.reduce((sum, value) => sum + value, 0);
  return sample.features
    .map(({ name }, f) => ({
      feature: name,
      share: total > 0 ? (earned[f] ?? 0) / total : 1 / sample.features.length,
    }))
    .sort((a, b) => b.share - a.share);
}
