import type { Multivariate } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { domainClassifier } from '../stats/multivariate/domain-classifier.ts';
import { mmdTest } from '../stats/multivariate/mmd.ts';
import { pcaReconstruction } from '../stats/multivariate/pca-reconstruction.ts';
import { pickRows } from '../stats/multivariate/pick-rows.ts';
import { poolSamples } from '../stats/multivariate/pooled-sample.ts';
import type { PooledSample } from '../stats/multivariate/pooled-sample.ts';
import { createRandom } from '../stats/random.ts';

export interface CompareSamplesOptions {
  /** The same seed and the same rows in the same order give the same figures. */
  readonly seed: number;
  /** More rows than this on a side are thinned at random. */
  readonly maxRows?: number;
  /** The same for MMD, whose cost is the square of it. */
  readonly maxMmdRows?: number;
  /** Of the sample label, for MMD: its p-value is never below 1/(permutations + 1). */
  readonly permutations?: number;
}

export const DEFAULT_SAMPLE_OPTIONS = { maxRows: 2_000, maxMmdRows: 1_000, permutations: 499 } as const;

/**
 * What only all features together show of two row samples: can a model tell them apart, do the reference's principal
 * components still describe the rows, are rows nearer to their own sample. Only features count, not predictions,
 * scores and labels; each figure is null where it cannot be computed (see the functions called), never NaN.
 *
 * Deterministic: each figure has a random stream of its own, drawn from the seed. Cost: the classifier is linear in
 * rows · features, PCA in rows · features² + features³, MMD in maxMmdRows² · features + permutations · maxMmdRows².
 */
export function compareSamples(
  reference: Table,
  current: Table,
  options: CompareSamplesOptions,
): Multivariate {
  const { seed, maxRows, maxMmdRows, permutations } = { ...DEFAULT_SAMPLE_OPTIONS, ...options };
  const thinned = (rows: number, stream: number): PooledSample =>
    poolSamples(
      reference,
      current,
      pickRows(reference.rows, rows, createRandom(seed + stream)),
      pickRows(current.rows, rows, createRandom(seed + stream + 1)),
    );
  const sample = thinned(maxRows, 0);
  return {
    rows: { reference: sample.referenceRows, current: sample.currentRows },
    domain_classifier: domainClassifier(sample, createRandom(seed + 4)),
    pca_reconstruction: pcaReconstruction(sample, createRandom(seed + 5)),
    mmd: mmdTest(thinned(maxMmdRows, 2), permutations, createRandom(seed + 6)),
  };
}
