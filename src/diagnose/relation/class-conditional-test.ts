import type { Task } from '../../core/model.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import { meanAndDeviation, pooled } from '../pooled.ts';
import { innerQuantiles, marginalTest } from '../marginal-test.ts';
import { neighbourSpread, stretchSpread } from '../../stats/significance/stretch-spread.ts';
import { SUSPICIOUS } from '../thresholds.ts';
import { besideConditionalSpread, besideOwnOrder } from './conditional-spread.ts';
import { fitLinear } from './null-model.ts';
import { besideStretches, referenceStretches, windowStretches } from './reference-stretches.ts';
import type { Design } from './design-matrix.ts';
import { movingFeatures, selectRows, sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells, NumericCells, RowSamples } from '../samples/row-samples.ts';
import { scoreTests } from './score-test.ts';
import type { ConceptTest } from './concept-test.ts';
import { numericZones } from './zones.ts';

const MIN_CLASS_ROWS = 30;
const MAX_LEVEL_RESPONSES = 8;
const CURVE_PARTS = 20;
const TAIL_SHARES = [0.005, 0.02];
const MIN_ZONE_ROWS = 15;
const WINSOR_SHARE = 0.005;
const INDEX_NAME = 'the predicted value';

/** The answer to "did P(X|y) move?" */
export interface ClassConditionalTest {
  /** Smallest p-value times the number of tests, at most 1. */
  readonly p: number;
  readonly tests: number;
  /** The column that moved most among rows of the same label. */
  readonly column: string | null;
}

/**
 * Did P(X|y) move? In classification the test of each feature, of the score, and of the null model's index among
 * rows of one class; in regression each of them explained by a piecewise-linear curve in y, with score tests of
 * d × fifths of y (by the sandwich and by the model's own variance, the larger p), the index also by how widely it spreads around that curve. The index sums up what the features
 * say together, so it sees what no single one shows.
 * Where the reference has times each test is held against its own stretches: what rows of one time have in common is no change.
 * Classes with under 30 rows on either side are passed over; no test at all gives p = 1.
 */
export function classConditionalTest(
  task: Task,
  labelled: RowSamples,
  concept: ConceptTest,
): ClassConditionalTest {
  const index: NumericCells = { kind: 'numeric', name: INDEX_NAME, ...concept.index };
  const indexOnly: RowSamples = { ...concept.samples, features: [index], score: null, prediction: null };
  const test = task === 'regression' ? givenNumber : givenClass;
  const found = [...test(labelled), ...test(indexOnly)];
  if (found.length === 0) return { p: 1, tests: 0, column: null };
  const clearest = found.reduce((best, one) => (one.p < best.p ? one : best));
  return { p: Math.min(1, clearest.p * found.length), tests: found.length, column: clearest.column };
}

interface ColumnTest {
  readonly column: string;
  readonly p: number;
}

function outputColumns(task: Task, samples: RowSamples): ColumnCells[] {
  if (samples.score !== null) return [samples.score];
  return task === 'regression' && samples.prediction !== null ? [samples.prediction] : [];
}

function givenClass(labelled: RowSamples): ColumnTest[] {
  const { label } = labelled;
  if (label?.kind !== 'levels') return [];
  const stretches = referenceStretches(labelled);
  return [...label.levels.keys()].flatMap((code) => {
    const reference = rowsOfCode(label.reference, code);
    const current = rowsOfCode(label.current, code);
    if (Math.min(reference.length, current.length) < MIN_CLASS_ROWS) return [];
    const rows = selectRows(labelled, reference, current);
    const ofLabel = stretches && {
      stretches,
      stretch: reference.map((row) => stretches.of[row]!),
      currentRows: (stretches.currentRows * current.length) / labelled.rows.current,
    };
    return [...movingFeatures(rows), ...outputColumns('classification', rows)].map((pair) => {
      const { p } = marginalTest(pair);
      if (p >= SUSPICIOUS) return { column: pair.name, p };
      if (rows.referenceMs === null) return { column: pair.name, p: besideOwnOrder(pair, p, rows.currentMs) };
      return { column: pair.name, p: ofLabel === null ? p : besideConditionalSpread(pair, p, ofLabel) };
    });
  });
}

export function rowsOfCode(codes: Int32Array, code: number): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < codes.length; i++) if (codes[i] === code) rows.push(i);
  return Int32Array.from(rows);
}

function givenNumber(labelled: RowSamples): ColumnTest[] {
  const { label } = labelled;
  if (label?.kind !== 'numeric' || label.reference.length === 0 || label.current.length === 0) return [];
  const design = labelCurve(pooled(label), label.reference.length);
  const block = numericZones('label', pooled(label), {
    weight: new Float64Array(design.rows).fill(1),
    referenceRows: design.referenceRows,
    atLeast: MIN_ZONE_ROWS,
  });
  if (block.zones === 0) return [];
  const columns = [...movingFeatures(labelled), ...outputColumns('regression', labelled)];
  const ofWindow = windowStretches(labelled);
  const stretches = ofWindow ?? referenceStretches(labelled);
  const curveP = (response: Float64Array): number => {
    const model = fitLinear(design, response);
    const { deviation } = meanAndDeviation(model.residual);
    if (!(deviation > 0)) return 1;
    // In its own deviations the model's variance is one. A day without one of the sheds has next to none by its own residuals.
    const fit = { ...model, residual: model.residual.map((value) => value / deviation) };
    const test = scoreTests(design, fit, [block], 'both')[0];
    if (test === undefined) return 1;
    if (stretches === null || test.p >= SUSPICIOUS) return test.p;
    const cut = { stretch: stretches.of, stretches: stretches.count, zones: block.zones };
    const { residual } = fit;
    const spread =
      ofWindow === null
        ? stretchSpread({ values: residual.subarray(0, design.referenceRows), zone: block.zone, ...cut })
        : neighbourSpread({
            values: residual.subarray(design.referenceRows),
            zone: block.zone.subarray(design.referenceRows),
            ...cut,
          });
    return besideStretches(test, spread, stretches).p;
  };
  return columns.flatMap((pair) =>
    responsesOf(pair).flatMap((response) => {
      const level = { column: pair.name, p: curveP(response) };
      if (pair.name !== INDEX_NAME) return [level];
      const { residual } = fitLinear(design, response);
      return [level, { column: pair.name, p: curveP(residual.map(Math.abs)) }];
    }),
  );
}

/** 1, y and its hinges: at the twentieths, and closer together in the tails, where a changed mix of labels bends most. */
export function labelCurve(values: Float64Array, referenceRows: number): Design {
  const sorted = sortedPresent(values);
  const low = sorted[0] ?? 0;
  const high = sorted.at(-1) ?? 0;
  const scale = high > low ? high - low : 1;
  const tails = TAIL_SHARES.flatMap((share) => [
    quantileReached(sorted, share),
    quantileReached(sorted, 1 - share),
  ]);
  const knots = [...new Set([...innerQuantiles(sorted, CURVE_PARTS), ...tails])];
  const columns = 2 + knots.length;
  const x = new Float64Array(values.length * columns);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    const at = row * columns;
    x[at] = 1;
    x[at + 1] = (value - low) / scale;
    for (const [k, knot] of knots.entries()) x[at + 2 + k] = Math.max(0, (value - knot) / scale);
  }
  return { rows: values.length, referenceRows, columns, x };
}

function responsesOf(pair: ColumnCells): Float64Array[] {
  if (pair.kind === 'numeric') {
    const values = pooled(pair);
    const sorted = sortedPresent(values);
    if (sorted.length === 0) return [];
    const low = quantileReached(sorted, WINSOR_SHARE);
    const high = quantileReached(sorted, 1 - WINSOR_SHARE);
    const median = quantileReached(sorted, 0.5);
    if (!(high > low)) return [];
    return [values.map((value) => (Number.isNaN(value) ? median : Math.min(high, Math.max(low, value))))];
  }
  const codes = [...pair.reference, ...pair.current];
  const responses = [...pair.levels.keys()]
    .slice(0, MAX_LEVEL_RESPONSES)
    .map((level) => Float64Array.from(codes, (code) => (code === level ? 1 : 0)))
    .filter((response) => response.reduce((sum, value) => sum + value, 0) >= MIN_CLASS_ROWS);
  // With two levels the second says nothing the first did not.
  return pair.levels.length === 2 ? responses.slice(0, 1) : responses;
}
