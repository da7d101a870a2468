import type { Task } from '../../core/model.ts';
import { quadraticForm } from './algebra/cholesky.ts';
import { designMatrix } from './design-matrix.ts';
import type { Design } from './design-matrix.ts';
import { fitLinear, fitLogistic } from './null-model.ts';
import { withTaughtColumns } from '../samples/common-support.ts';
import { drawOfAll } from '../samples/picks.ts';
import { selectRows } from '../samples/row-samples.ts';
import type { RowSamples } from '../samples/row-samples.ts';

/** Enough for a figure of one point; the tests that decide look at all rows. */
const MAX_ROWS = 6_000;

/** What the reference's relation between features and a response expects of every row. */
export interface ReferenceRelation {
  /** The rows used. */
  readonly samples: RowSamples;
  /** Response − expected, reference rows first. */
  readonly residual: Float64Array;
  readonly expected: Float64Array;
  readonly response: Float64Array;
  /** Variance of the mean of `expected` over the current rows, from how well the relation is known. */
  readonly meanVariance: number;
}

/** At most 6,000 rows of each side; a sample of them where there are more. */
export function thinned(samples: RowSamples): RowSamples {
  const { reference, current } = samples.rows;
  if (Math.max(reference, current) <= MAX_ROWS) return samples;
  return selectRows(samples, drawOfAll(reference, MAX_ROWS), drawOfAll(current, MAX_ROWS));
}

/**
 * Fits response ~ s(X) on the reference rows alone (logistic for 0/1, else linear) and looks at the current rows with
 * it: what of a difference remains is not explained by who they are. Columns that run with the time are no part of it. `response` has the reference rows first.
 */
export function referenceRelation(
  task: Task,
  all: RowSamples,
  response: Float64Array,
): ReferenceRelation | null {
  const samples = withTaughtColumns(all);
  const { reference, current } = samples.rows;
  if (reference === 0 || current === 0) return null;
  const design = designMatrix(samples, response, 'lean');
  const own: Design = {
    ...design,
    rows: reference,
    x: design.x.subarray(0, reference * design.columns),
  };
  const known = response.slice(0, reference);
  const isLogistic = task === 'classification';
  const { beta, residual: left, information } = isLogistic ? fitLogistic(own, known) : fitLinear(own, known);
  const index = times(design, beta);
  const expected = isLogistic ? index.map((eta) => 1 / (1 + Math.exp(-eta))) : index;
  const slope = isLogistic ? expected.map((mu) => mu * (1 - mu)) : new Float64Array(design.rows).fill(1);
  const scale = isLogistic
    ? 1
    : left.reduce((sum, r) => sum + r * r, 0) / Math.max(1, reference - design.columns);
  return {
    samples,
    response,
    expected,
    residual: response.map((value, row) => value - expected[row]!),
    meanVariance: scale * quadraticForm(information, meanGradient(design, slope)),
  };
}

function meanGradient({ rows, referenceRows, columns, x }: Design, slope: Float64Array): Float64Array {
  const gradient = new Float64Array(columns);
  const count = rows - referenceRows;
  for (let row = referenceRows; row < rows; row++) {
    const at = row * columns;
    for (let j = 0; j < columns; j++) gradient[j]! += (slope[row]! * x[at + j]!) / count;
  }
  return gradient;
}

function times({ rows, columns, x }: Design, beta: Float64Array): Float64Array {
  const product = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += x[at + j]! * beta[j]!;
    product[row] = sum;
  }
  return product;
}
