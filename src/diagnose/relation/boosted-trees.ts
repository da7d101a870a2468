import { pause } from '../../core/memory/pauses.ts';
import { expectedLosses, fitLossModel } from '../../stats/estimation/loss-model.ts';
import { binFeatures } from '../../stats/multivariate/binned-features.ts';
import type { BinnedFeatures } from '../../stats/multivariate/binned-features.ts';
import { boostTrees, scoreRows } from '../../stats/multivariate/boosted-trees.ts';
import type { PooledFeature } from '../../stats/multivariate/pooled-sample.ts';
import { pooled, pooledCodes } from '../pooled.ts';
import { drawRows } from '../samples/picks.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';

const FOLDS = 3;
/** Of those that are fitted; all are predicted. */
const MAX_FITTED_ROWS = 6_000;
/** Leaves deep enough for what three columns say together and none alone. */
const RULES = { trees: 60, leaves: 24, learningRate: 0.15, minLeafRows: 25, ridgeRows: 8 };

/**
 * What boosted trees expect of every row, none of which the trees that say so have seen.
 *
 * Purpose: a second model of y given X, which shares no shape with the first. Formula: rows in three folds, each predicted by 60
 * trees of at most 24 leaves of at least 25 rows, fitted on at most 6,000 of the others; log odds of a response of 0 and 1, or
 * in the unit of the response, where trees explain nothing the mean. No randomness.
 * Cost O(folds · trees · rows · columns · log leaves).
 *
 * @param response reference rows first, as the samples are pooled
 */
export function crossFittedTrees(
  samples: RowSamples,
  response: Float64Array,
  isBinary: boolean,
): Float64Array {
  const columns = [...samples.features, samples.score, samples.score === null ? samples.prediction : null];
  const features = binFeatures({
    referenceRows: samples.rows.reference,
    currentRows: samples.rows.current,
    features: columns.filter((column) => column !== null).map(asPooled),
  });
  const rows = Int32Array.from(response.keys());
  const expected = new Float64Array(response.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = rows.filter((row) => row % FOLDS === fold);
    const fitted = drawRows(
      rows.filter((row) => row % FOLDS !== fold),
      MAX_FITTED_ROWS,
    );
    const said = isBinary
      ? logOdds(features, response, { fitted, held })
      : amounts(features, response, { fitted, held });
    for (const [at, row] of held.entries()) expected[row] = said[at]!;
    pause();
  }
  return expected;
}

interface Fold {
  readonly fitted: Int32Array;
  readonly held: Int32Array;
}

function logOdds(features: BinnedFeatures, response: Float64Array, { fitted, held }: Fold): Float64Array {
  const isOne = Uint8Array.from(response);
  const ones = fitted.reduce((sum, row) => sum + isOne[row]!, 0);
  // Of one kind alone nothing is learned.
  if (ones === 0 || ones === fitted.length) return new Float64Array(held.length);
  return scoreRows(
    boostTrees(features, isOne, fitted, RULES),
    features,
    isOne,
    held,
    new Float64Array(features.features),
  );
}

function amounts(features: BinnedFeatures, response: Float64Array, { fitted, held }: Fold): Float64Array {
  return expectedLosses(fitLossModel(features, response, fitted, RULES), features, held);
}

function asPooled(column: ColumnCells): PooledFeature {
  const { name } = column;
  return column.kind === 'numeric'
    ? { name, kind: 'numeric', values: pooled(column) }
    : { name, kind: 'categorical', codes: pooledCodes(column), levels: column.levels.length };
}
