import type { Task } from '../../core/model.ts';
import { labelCurve, rowsOfCode } from './class-conditional-test.ts';
import type { ConceptTest } from './concept-test.ts';
import { indexOf } from './row-index.ts';
import type { RowIndex } from './row-index.ts';
import { correlation } from '../../stats/elementary.ts';
import type { LevelPair, RowSamples } from '../samples/row-samples.ts';
import { meanAndDeviation, pooled, pooledCodes } from '../pooled.ts';
import { fitLinear } from './null-model.ts';
import { scoreTests } from './score-test.ts';
import { besideInflation, inflationOf, referenceStretches, windowStretches } from './reference-stretches.ts';
import type { Inflation } from './reference-stretches.ts';
import { everywhere } from './zones.ts';

/** How far the model's index moved, in standard errors: over all rows, and among rows of the same label. */
export interface IndexShift {
  readonly overall: number;
  readonly overallP: number;
  readonly withinLabels: number;
  readonly withinLabelsP: number;
  /** Log-likelihood in favour of label shift over concept drift: (t_C² − t_L²)/2, with Student's tails where few stretches tell the errors. */
  readonly labelOverConcept: number;
  /** The same over covariate shift: (t_Y² − t_L²)/2. */
  readonly labelOverCovariate: number;
  /** Its errors are those of the reference's own stretches, or of the window's. */
  readonly isMeasured: boolean;
}

/**
 * The comparisons that decide where no invariance is refuted alone. Each kind leaves one shift at zero: label shift
 * that of the index among rows of one label (t_L), concept drift that of the index over all rows (t_C), covariate
 * shift that of the labels at equal features (t_Y). Squares of standard errors are log-likelihoods, so the larger
 * of two decides how much likelier the other kind is. Errors are as large as the reference's own stretches are apart.
 *
 * Any function of the features will do. That of all columns says most of the label, and moves with the slowest of them; where it
 * spreads, that of the columns which do not spread is asked if it says more of the label for as much spread.
 *
 * @param still columns of which windows are as independent rows are
 */
export function indexShift(task: Task, concept: ConceptTest, still: ReadonlySet<string>): IndexShift {
  const { samples, response } = concept;
  const all = shiftOf(task, concept, concept.index);
  const some = samples.features.filter(({ name }) => still.has(name)).length;
  if (!all.spreads || some === 0 || some === samples.features.length) return all.shift;
  const calm = shiftOf(task, concept, indexOf(task, samples, response, still));
  return calm.told > all.told ? calm.shift : all.shift;
}

interface ToldShift {
  readonly shift: IndexShift;
  readonly spreads: boolean;
  /** How much of its variance the label explains, per unit of its spread. */
  readonly told: number;
}

function shiftOf(
  task: Task,
  { samples, response, everywhereStatistic }: ConceptTest,
  index: RowIndex,
): ToldShift {
  const values = pooled(index);
  const rows = inflation(values, samples);
  const given = inflation(besideLabels(task, values, samples), samples);
  const overall = welch(index.reference, index.current).t / Math.sqrt(rows.factor);
  const within = task === 'regression' ? givenNumber(samples, index) : givenClass(samples, index);
  const withinLabels = within / Math.sqrt(given.factor);
  return {
    shift: {
      overall,
      overallP: besideInflation(overall, rows),
      withinLabels,
      withinLabelsP: besideInflation(withinLabels, given),
      labelOverConcept: against(overall, rows) - against(withinLabels, given),
      labelOverCovariate: everywhereStatistic / 2 - against(withinLabels, given),
      isMeasured: (windowStretches(samples) ?? referenceStretches(samples)) !== null,
    },
    spreads: rows.factor > 1,
    told: correlation(values, response) ** 2 / given.factor,
  };
}

/** Log-likelihood that so many standard errors cost what says there should be none; their size is known from so many stretches (Student). */
function against(errors: number, { stretches }: Inflation): number {
  return stretches === null
    ? errors ** 2 / 2
    : (stretches / 2) * Math.log1p(errors ** 2 / Math.max(1, stretches - 1));
}

function inflation(values: Float64Array, samples: RowSamples): Inflation {
  return inflationOf(values, samples, { zone: new Int32Array(values.length), zones: 1 });
}

/** What is left of the index beside the labels: how far hours are apart in that is what those among rows of one label are held against. */
function besideLabels(task: Task, values: Float64Array, samples: RowSamples): Float64Array {
  const { label } = samples;
  if (task === 'classification')
    return label?.kind === 'levels' ? besideClasses(values, label, samples) : values;
  if (label?.kind !== 'numeric') return values;
  return fitLinear(labelCurve(pooled(label), samples.rows.reference), values).residual;
}

/** What classes have in common in one hour is one thing that happened, not one of each. */
function besideClasses(values: Float64Array, label: LevelPair, { rows }: RowSamples): Float64Array {
  const codes = pooledCodes(label);
  const zone = codes.map((code, row) => (row < rows.reference ? code : code + label.levels.length));
  const sums = new Float64Array(2 * label.levels.length);
  const counts = new Float64Array(2 * label.levels.length);
  for (const [row, at] of zone.entries()) {
    sums[at]! += values[row]!;
    counts[at]! += 1;
  }
  return values.map((value, row) => value - sums[zone[row]!]! / counts[zone[row]!]!);
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
function givenClass({ label }: RowSamples, index: RowIndex): number {
  if (label?.kind !== 'levels') return 0;
  let weighted = 0;
  let precision = 0;
  for (const code of label.levels.keys()) {
    const a = Float64Array.from(rowsOfCode(label.reference, code), (row) => index.reference[row]!);
    const b = Float64Array.from(rowsOfCode(label.current, code), (row) => index.current[row]!);
    const { difference, variance } = welch(a, b);
    if (a.length < 2 || b.length < 2 || !(variance > 0)) continue;
    weighted += difference / variance;
    precision += 1 / variance;
  }
  return precision > 0 ? weighted / Math.sqrt(precision) : 0;
}

/** The score test of "current" after a curve in y; without a sign, which nobody needs. */
function givenNumber({ label }: RowSamples, index: RowIndex): number {
  if (label?.kind !== 'numeric') return 0;
  const design = labelCurve(pooled(label), index.reference.length);
  const test = scoreTests(design, fitLinear(design, pooled(index)), [everywhere(design.rows)], 'robust')[0];
  return Math.sqrt(test?.statistic ?? 0);
}
