import type { PerformanceSplit } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import type { PerformanceChange } from './performance-change.ts';
import { referenceRelation, thinned } from './relation/reference-relation.ts';
import { besideInflation, inflationOf } from './relation/reference-stretches.ts';
import { commonSupport } from './samples/common-support.ts';
import { presentRows, selectRows } from './samples/row-samples.ts';
import type { ColumnCells, RowSamples } from './samples/row-samples.ts';

const MIN_ROWS = 100;
/** Of the normal distribution: 97.5 %. */
const Z_95 = 1.959_963_985;

export interface TestedSplit {
  readonly split: PerformanceSplit;
  /** Two-sided, of the concept's part. */
  readonly p: number;
  /** Whether that part is for the worse: nobody retrains a model that is right more often. */
  readonly isWorse: boolean;
}

/**
 * How much of a change of performance is the new mix of rows, and how much the new relation?
 *
 * Whether the model is right (or how far off it is) is explained by features and score on the reference rows. What
 * that relation expects of the current rows is what the mix alone would have done; what they do beyond it, the
 * concept. concept = mean(loss − expected loss) over current rows; mix = total − concept. The 95 % interval is that
 * of the concept's part: spread of the residuals over current rows, and of the fit over reference rows, times what stretches of the
 * reference are further apart than their rows explain.
 * For accuracy and MAE, with at least 100 labelled predictions on each side; otherwise null.
 */
export function performanceSplit(
  task: Task,
  labelled: RowSamples,
  change: PerformanceChange | null,
): TestedSplit | null {
  const wanted = task === 'classification' ? 'accuracy' : 'mae';
  if (change?.metric !== wanted || labelled.prediction === null || labelled.label === null) return null;
  const { samples: inside, outside } = commonSupport(
    selectRows(
      labelled,
      presentRows(labelled.prediction.reference),
      presentRows(labelled.prediction.current),
    ),
  );
  const known = thinned(inside);
  const { reference, current } = known.rows;
  if (Math.min(reference, current) < MIN_ROWS || known.prediction === null || known.label === null)
    return null;
  const loss = lossOf(known.prediction, known.label);
  const relation = loss === null ? null : referenceRelation(task, known, loss);
  if (relation === null) return null;
  const beyond = relation.residual.subarray(reference);
  const mean = beyond.reduce((sum, value) => sum + value, 0) / current;
  // Rows beyond all of the reference's are of another mix, whatever they do.
  const share = 1 - (outside?.share ?? 0);
  const concept = share * mean;
  const spread = beyond.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, current - 1);
  const whole = { zone: new Int32Array(relation.residual.length), zones: 1 };
  const inflation = inflationOf(relation.residual, known, whole);
  const error = share * Math.sqrt((spread / current + relation.meanVariance) * inflation.factor);
  const total = change.current - change.reference;
  const half = error * quantile95(inflation.stretches);
  return {
    split: {
      metric: wanted,
      total,
      mix: total - concept,
      concept,
      interval: [concept - half, concept + half],
    },
    p: error > 0 ? besideInflation(concept / error, inflation) : 1,
    isWorse: wanted === 'accuracy' ? concept < 0 : concept > 0,
  };
}

/** Of Student's law with one degree of freedom less than stretches, to 0.1 % from twenty on (Cornish & Fisher); normal without them. */
function quantile95(stretches: number | null): number {
  if (stretches === null) return Z_95;
  const df = stretches - 1;
  return Z_95 + (Z_95 ** 3 + Z_95) / (4 * df) + (5 * Z_95 ** 5 + 16 * Z_95 ** 3 + 3 * Z_95) / (96 * df ** 2);
}

/** 1 where the class is right, or the absolute error; reference rows first. */
function lossOf(prediction: ColumnCells, label: ColumnCells): Float64Array | null {
  if (prediction.kind === 'numeric' && label.kind === 'numeric') {
    const far = (a: Float64Array, b: Float64Array): number[] =>
      Array.from(a, (value, row) => Math.abs(value - b[row]!));
    return Float64Array.from([
      ...far(prediction.reference, label.reference),
      ...far(prediction.current, label.current),
    ]);
  }
  if (prediction.kind !== 'levels' || label.kind !== 'levels') return null;
  const right = (a: Int32Array, b: Int32Array): number[] =>
    Array.from(a, (code, row) => Number(prediction.levels[code] === label.levels[b[row]!]));
  return Float64Array.from([
    ...right(prediction.reference, label.reference),
    ...right(prediction.current, label.current),
  ]);
}
