import type { Multivariate } from '../../core/findings.ts';
import { mean } from '../elementary.ts';
import type { Random } from '../random.ts';
import { mannWhitneySorted } from '../significance/mann-whitney.ts';
import { encodeRows } from './encode-rows.ts';
import { pickRows } from './pick-rows.ts';
import { enoughRows } from './pooled-sample.ts';
import type { PooledSample } from './pooled-sample.ts';
import { principalComponents, reconstructionErrors } from './principal-components.ts';

export type PcaReconstruction = NonNullable<Multivariate['pca_reconstruction']>;

const VARIANCE_SHARE = 0.65;

/**
 * PCA reconstruction error: do the directions in which the reference varies still describe the rows?
 *
 * Statistic: features encoded and standardised as in `encodeRows` and principal components with 65 % of the variance,
 * both learned from a random half of the reference; `reference` and `current` are the mean distance between a row and
 * its reconstruction over the other half and over all current rows. At least 0, equal under no drift; both rise and
 * fall are drift. It sees changes of correlation and of scale, and hardly a shift along the components.
 * p-value: two-sided Mann–Whitney on the single errors, exact in level, because neither side was learned from.
 * Fewer than 25 rows on a side, fewer than two features that vary, or components that keep all: null. A missing value
 * counts as the mean or the most frequent level, a new category as one of share 0, ±Infinity and outliers as 8
 * standard deviations. Cost O((n + m) · features² + features³).
 * Source: as NannyML 0.13, whose figures it gives when learned from and compared with the same rows.
 *
 * @example pcaReconstruction({ referenceRows: 50, currentRows: 50, features: [] }, () => 0) // null
 */
export function pcaReconstruction(sample: PooledSample, random: Random): PcaReconstruction | null {
  if (!enoughRows(sample)) return null;
  const { referenceRows, currentRows } = sample;
  const learned = pickRows(referenceRows, referenceRows >>> 1, random);
  const isLearned = new Set(learned);
  const held = Int32Array.from({ length: referenceRows }, (_, row) => row).filter(
    (row) => !isLearned.has(row),
  );
  const now = Int32Array.from({ length: currentRows }, (_, i) => referenceRows + i);
  const errors = learnErrors(sample, learned);
  if (errors === null) return null;
  const before = errors.of(held);
  const after = errors.of(now);
  return {
    reference: mean(before),
    current: mean(after),
    components: errors.components,
    p_value: mannWhitneySorted(before.sort(), after.sort()).p_value,
  };
}

export interface LearnedErrors {
  readonly components: number;
  /** The reconstruction error of each of these rows of the sample. */
  readonly of: (rows: Int32Array) => Float64Array;
}

/** Learns encoding and components from the given rows; null when there is nothing to reconstruct. */
export function learnErrors(sample: PooledSample, learned: Int32Array): LearnedErrors | null {
  const columns = encodeRows(sample, learned);
  if (columns.length < 2) return null;
  const components = principalComponents(columns, learned, VARIANCE_SHARE);
  if (components.length === columns.length) return null;
  return {
    components: components.length,
    of: (rows) => reconstructionErrors(columns, components, rows),
  };
}
