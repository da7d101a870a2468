import type { Task } from '../../core/model.ts';
import type { RowSamples } from '../samples/row-samples.ts';
import { designMatrix, withCurrentColumn } from './design-matrix.ts';
import { fitLinear, fitLogistic } from './null-model.ts';

/** A linear predictor of each row. */
export interface RowIndex {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

export function rowIndex(index: Float64Array, referenceRows: number): RowIndex {
  return { reference: index.slice(0, referenceRows), current: index.slice(referenceRows) };
}

/** Of a model whose matrix ends with a step for all current rows: the index as if there were none. */
export function withoutStep(
  index: Float64Array,
  beta: Float64Array | undefined,
  referenceRows: number,
): Float64Array {
  const step = beta?.at(-1) ?? 0;
  return index.map((value, row) => (row < referenceRows ? value : value - step));
}

/**
 * The index that some of the columns give, beside a step for all current rows.
 *
 * @param response of the reference's rows, then of the current ones
 * @param names of the columns; the model's own output, which is made of all of them, is none
 */
export function indexOf(
  task: Task,
  samples: RowSamples,
  response: Float64Array,
  names: ReadonlySet<string>,
): RowIndex {
  const features = samples.features.filter(({ name }) => names.has(name));
  const alone = { ...samples, features, score: null, prediction: null };
  const design = withCurrentColumn(designMatrix(alone, response, 'full'));
  const { beta, index } = task === 'regression' ? fitLinear(design, response) : fitLogistic(design, response);
  const { reference } = samples.rows;
  return rowIndex(withoutStep(index, beta, reference), reference);
}
