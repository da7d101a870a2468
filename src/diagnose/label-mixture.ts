import { chiSquareSurvival } from '../stats/distributions.ts';
import { rowsOfCode } from './relation/class-conditional-test.ts';
import { pooledCodes } from './pooled.ts';
import { frequentLevels } from './relation/basis-terms.ts';
import { meanAndDeviation, pooled } from './pooled.ts';
import { decileEdges } from './marginal-test.ts';
import { movingFeatures, selectRows, sortedPresent } from './samples/row-samples.ts';
import type { ColumnCells, RowSamples } from './samples/row-samples.ts';

const MIN_CLASS_ROWS = 50;
const MIN_EXPECTED = 5;

/** Could a changed mix of classes alone explain how the inputs moved? */
export interface LabelMixture {
  /** Share of the positive class that the mean score suggests. */
  readonly share: number;
  readonly referenceShare: number;
  /** Smallest p × columns of "every column is that mixture": small refutes label shift. */
  readonly p: number;
}

/**
 * Label shift without labels: under it every column's distribution is Σ π_k·P_ref(X|k) with new π.
 *
 * π is estimated from the mean score, which must lie at the same mixture of its class means (two classes, a score,
 * reference labels; otherwise null). Each column is then tested with Pearson's χ² between current shares and
 * re-weighted reference shares, the latter with Kish's effective rows. A mixture that fits proves nothing
 * (covariate shift may look so); one that does not fit rules label shift out.
 */
export function labelMixture(samples: RowSamples, positiveClass: string | null): LabelMixture | null {
  const classes = referenceClasses(samples, positiveClass);
  if (samples.score === null || classes === null) return null;
  const { positive, negative } = classes;
  const meanOf = (values: Float64Array): number =>
    meanAndDeviation(values.filter((value) => !Number.isNaN(value))).mean;
  const scoreOf = (rows: Int32Array): Float64Array =>
    Float64Array.from(rows, (row) => samples.score?.reference[row] ?? Number.NaN);
  const low = meanOf(scoreOf(negative));
  const high = meanOf(scoreOf(positive));
  if (!(Math.abs(high - low) > 1e-6)) return null;
  const share = Math.min(1, Math.max(0, (meanOf(samples.score.current) - low) / (high - low)));
  const referenceShare = positive.length / (positive.length + negative.length);
  const weight = new Float64Array(samples.rows.reference);
  for (const row of positive) weight[row] = share / referenceShare;
  for (const row of negative) weight[row] = (1 - share) / (1 - referenceShare);
  const columns = [...movingFeatures(samples), samples.score];
  const smallest = Math.min(1, ...columns.map((pair) => mixtureP(pair, weight)));
  return { share, referenceShare, p: Math.min(1, smallest * columns.length) };
}

function referenceClasses(
  samples: RowSamples,
  positiveClass: string | null,
): { positive: Int32Array; negative: Int32Array } | null {
  const { label } = samples;
  if (label?.kind !== 'levels') return null;
  const present = [...label.levels.keys()].filter((code) => label.reference.includes(code));
  const at =
    positiveClass === null ? present.at(-1) : present.find((code) => label.levels[code] === positiveClass);
  const other = present.find((code) => code !== at);
  if (present.length !== 2 || at === undefined || other === undefined) return null;
  const positive = rowsOfCode(label.reference, at);
  const negative = rowsOfCode(label.reference, other);
  return Math.min(positive.length, negative.length) < MIN_CLASS_ROWS ? null : { positive, negative };
}

/** The samples restricted to reference rows whose label is known: only those can be re-weighted. */
export function withReferenceLabels(samples: RowSamples): RowSamples {
  const { label } = samples;
  if (label?.kind !== 'levels') return samples;
  const known = Int32Array.from([...label.reference.keys()].filter((row) => label.reference[row]! >= 0));
  return selectRows(samples, known, Int32Array.from(label.current.keys()));
}

function mixtureP(pair: ColumnCells, weight: Float64Array): number {
  const { cells, reference, current } = cellsOf(pair);
  const expected = new Float64Array(cells);
  const observed = new Float64Array(cells);
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < reference.length; row++) {
    const cell = reference[row]!;
    if (cell < 0) continue;
    expected[cell]! += weight[row]!;
    sum += weight[row]!;
    squares += weight[row]! ** 2;
  }
  let m = 0;
  for (const cell of current) {
    if (cell < 0) continue;
    observed[cell]! += 1;
    m += 1;
  }
  if (!(squares > 0) || m === 0) return 1;
  const effective = sum ** 2 / squares;
  let statistic = 0;
  let used = 0;
  for (let cell = 0; cell < cells; cell++) {
    const p = expected[cell]! / sum;
    const q = observed[cell]! / m;
    const both = (p * effective + q * m) / (effective + m);
    if (both * Math.min(effective, m) < MIN_EXPECTED) continue;
    statistic += (q - p) ** 2 / (both * (1 / effective + 1 / m));
    used += 1;
  }
  return used < 2 ? 1 : chiSquareSurvival(statistic, used - 1);
}

function cellsOf(pair: ColumnCells): { cells: number; reference: Int32Array; current: Int32Array } {
  if (pair.kind === 'levels') {
    const frequent = frequentLevels(pooledCodes(pair), pair.levels.length);
    const cellOf = new Map(frequent.map((level, cell) => [level, cell]));
    const coded = (codes: Int32Array): Int32Array =>
      codes.map((code) => (code < 0 ? -1 : (cellOf.get(code) ?? frequent.length)));
    return { cells: frequent.length + 1, reference: coded(pair.reference), current: coded(pair.current) };
  }
  const edges = decileEdges(sortedPresent(pooled(pair)));
  const binned = (values: Float64Array): Int32Array =>
    Int32Array.from(values, (value) => {
      if (Number.isNaN(value)) return -1;
      let bin = 0;
      while (bin < edges.length && value > edges[bin]!) bin++;
      return bin;
    });
  return { cells: edges.length + 1, reference: binned(pair.reference), current: binned(pair.current) };
}
