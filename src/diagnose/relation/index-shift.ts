import type { Task } from '../../core/model.ts';
import { labelCurve, rowsOfCode } from './class-conditional-test.ts';
import type { ConceptTest } from './concept-test.ts';
import { meanAndDeviation, pooled } from '../pooled.ts';
import { fitLinear } from './null-model.ts';
import { scoreTests } from './score-test.ts';
import { besideInflation, inflationOf } from './reference-stretches.ts';
import type { Inflation } from './reference-stretches.ts';
import { everywhere } from './zones.ts';

/** How far the model's index moved, in standard errors: over all rows, and among rows of the same label. */
export interface IndexShift {
  readonly overall: number;
  readonly overallP: number;
  readonly withinLabels: number;
  readonly withinLabelsP: number;
  /** Log-likelihood in favour of label shift over concept drift: (t_C² − t_L²)/2. */
  readonly labelOverConcept: number;
  /** The same over covariate shift: (t_Y² − t_L²)/2. */
  readonly labelOverCovariate: number;
}

/**
 * The comparisons that decide where no invariance is refuted alone. Each kind leaves one shift at zero: label shift
 * that of the index among rows of one label (t_L), concept drift that of the index over all rows (t_C), covariate
 * shift that of the labels at equal features (t_Y). Squares of standard errors are log-likelihoods, so the larger
 * of two decides how much likelier the other kind is. Errors are as large as the reference's own stretches are apart.
 */
export function indexShift(task: Task, concept: ConceptTest): IndexShift {
  const { reference, current } = concept.index;
  const { label } = concept.samples;
  const spread = (zone: Int32Array, zones: number): Inflation =>
    inflationOf(reference, concept.samples, { zone, zones });
  const rows = spread(new Int32Array(reference.length), 1);
  const overall = welch(reference, current).t / Math.sqrt(rows.factor);
  const byLabel = label?.kind === 'levels' ? spread(label.reference, label.levels.length) : rows;
  const withinLabels =
    (task === 'regression' ? givenNumber(concept) : givenClass(concept)) / Math.sqrt(byLabel.factor);
  return {
    overall,
    overallP: besideInflation(overall, rows),
    withinLabels,
    withinLabelsP: besideInflation(withinLabels, byLabel),
    labelOverConcept: (overall ** 2 - withinLabels ** 2) / 2,
    labelOverCovariate: (concept.everywhereStatistic - withinLabels ** 2) / 2,
  };
}

interface MeanDifference {
  readonly difference: number;
  readonly variance: number;
  readonly t: number;
}

function welch(a: Float64Array, b: Float64Array): MeanDifference {
  const ma = meanAndDeviation(a);
  const mb = meanAndDeviation(b);
  const difference = mb.mean - ma.mean;
  const variance =
    ma.deviation ** 2 / Math.max(1, a.length - 1) + mb.deviation ** 2 / Math.max(1, b.length - 1);
  return { difference, variance, t: variance > 0 ? difference / Math.sqrt(variance) : 0 };
}

/** Differences within each class, weighted by how well they are known. */
function givenClass(concept: ConceptTest): number {
  const { label } = concept.samples;
  if (label?.kind !== 'levels') return 0;
  let weighted = 0;
  let precision = 0;
  for (const code of label.levels.keys()) {
    const a = Float64Array.from(rowsOfCode(label.reference, code), (row) => concept.index.reference[row]!);
    const b = Float64Array.from(rowsOfCode(label.current, code), (row) => concept.index.current[row]!);
    const { difference, variance } = welch(a, b);
    if (a.length < 2 || b.length < 2 || !(variance > 0)) continue;
    weighted += difference / variance;
    precision += 1 / variance;
  }
  return precision > 0 ? weighted / Math.sqrt(precision) : 0;
}

/** The score test of "current" after a curve in y; without a sign, which nobody needs. */
function givenNumber(concept: ConceptTest): number {
  const { label } = concept.samples;
  if (label?.kind !== 'numeric') return 0;
  const { reference, current } = concept.index;
  const index = new Float64Array(reference.length + current.length);
  index.set(reference);
  index.set(current, reference.length);
  const design = labelCurve(pooled(label), reference.length);
  const test = scoreTests(design, fitLinear(design, index), [everywhere(design.rows)], 'robust')[0];
  return Math.sqrt(test?.statistic ?? 0);
}
