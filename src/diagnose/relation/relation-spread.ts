import { keptWith, remember } from '../../core/memory/remember.ts';
import type { Task } from '../../core/model.ts';
import type { WindowSpread } from '../../stats/significance/overdispersion.ts';
import { neighbourSpread, stretchSpread } from '../../stats/significance/stretch-spread.ts';
import { allRows } from '../samples/picks.ts';
import { selectRows, spokenFeatures } from '../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { designMatrix } from './design-matrix.ts';
import { fitLinear, fitLogistic } from './null-model.ts';
import {
  besideGroups,
  groupsOfWindow,
  referenceStretches,
  spreadOf,
  windowStretches,
} from './reference-stretches.ts';
import type { Stretches } from './reference-stretches.ts';
import { responseOfReference } from './tested-responses.ts';
import { cut } from './stratum-effects.ts';

const PARTS = 5;
/** Of one reference: its classes, in windows of a few lengths. */
const MOST_KEPT = 24;

/** How far the reference's own stretches are from each other in what a relation leaves unexplained. */
export interface RelationSpread {
  readonly stretches: Stretches;
  readonly everywhere: WindowSpread | null;
  /** Of the size of what is left. */
  readonly size: WindowSpread | null;
  /** Fifths of a number, levels of a category. */
  readonly features: ReadonlyMap<string, WindowSpread | null>;
}

/** By what it is of: response, length of stretches, features. */
const known = keptWith((_label: object) => new Map<string, Omit<RelationSpread, 'stretches'>>());

/**
 * All reference rows are asked, not only those that a window is compared with: what rows of a day have in common is seen only where
 * there are many of them. Null where there are no stretches. Cost: one lean fit of the reference, once for all windows of a length.
 *
 * @param name of the response (`TestedResponse`)
 */
export function relationSpread(task: Task, samples: RowSamples, name: string): RelationSpread | null {
  const { label } = samples;
  const ofWindow = label === null ? null : windowStretches(samples);
  if (ofWindow !== null) return spreadOfWindow(task, samples, name, ofWindow);
  const stretches = label === null ? null : referenceStretches(samples);
  const response = label === null ? null : responseOfReference(label, name);
  if (stretches === null || label === null || response === null) return null;
  const kept = known(label.reference);
  const key = [name, stretches.lengthMs, ...samples.features.map((pair) => pair.name)].join('\n');
  let found = kept.get(key);
  if (found === undefined) {
    const { everywhere, size, features } = spreadsOf(task, samples, response, stretches);
    remember(kept, key, (found = { everywhere, size, features }), MOST_KEPT);
  }
  return { stretches, ...found };
}

/** Of the window's own rows, in the place of the reference's. Not kept: no other window has them. */
function spreadOfWindow(
  task: Task,
  samples: RowSamples,
  name: string,
  stretches: Stretches,
): RelationSpread | null {
  const asReference = <P extends ColumnCells>(pair: P): P => ({ ...pair, reference: pair.current });
  const own: RowSamples = {
    ...samples,
    rows: { reference: samples.rows.current, current: samples.rows.current },
    features: samples.features.map(asReference),
    label: samples.label && asReference(samples.label),
  };
  const response = own.label === null ? null : responseOfReference(own.label, name);
  if (response === null) return null;
  const { residual, columns, ...spreads } = spreadsOf(task, own, response, stretches, neighbourSpread);
  const groups = groupsOfWindow(residual, samples);
  const beside = (spread: WindowSpread | null): WindowSpread | null =>
    besideGroups(spread, groups, stretches);
  const everywhere = beside(spreads.everywhere);
  const byWidth =
    task === 'regression'
      ? spreadByWidth(leftOfReference(samples, name), leftOf(residual, columns), stretches)
      : null;
  const isWider = byWidth !== null && byWidth.factor > (everywhere?.factor ?? 1);
  return {
    stretches,
    ...spreads,
    everywhere: isWider ? byWidth : everywhere,
    features: new Map([...spreads.features].map(([feature, spread]) => [feature, beside(spread)])),
  };
}

/** Standard errors of a variance. */
const CLEARLY = 2;

/**
 * How far windows are from each other in what the relation leaves unexplained, by how little of it there is in one: rows of all days spread as rows
 * within a day and days among themselves together. One crew for all rows of a shift shows in no shift by itself, but as a spread of the table that no shift has.
 *
 * Formula: b² = σ² − w²·(1 + 2·√((κ − 1)/n)), σ² of the table, w² and kurtosis κ of the window's n rows; the factor of the variance of its mean is 1 + n·b²/w².
 * Null where b² is not above zero.
 */
function spreadByWidth(
  table: Left | null,
  window: Left,
  { currentRows, referenceRows }: Stretches,
): WindowSpread | null {
  if (table === null || !(window.variance > 0)) return null;
  const error = Math.sqrt(Math.max(0, window.kurtosis - 1) / window.rows);
  const apart = table.variance - window.variance * (1 + CLEARLY * error);
  if (!(apart > 0)) return null;
  const factor = 1 + (window.rows * apart) / window.variance;
  return spreadOf(factor, { currentRows, referenceRows });
}

/** What a relation leaves unexplained, per degree of freedom. */
interface Left {
  readonly variance: number;
  readonly kurtosis: number;
  readonly rows: number;
}

function leftOf(residual: Float64Array, columns: number): Left {
  const rows = residual.length;
  const squares = residual.reduce((sum, value) => sum + value ** 2, 0);
  const fourths = residual.reduce((sum, value) => sum + value ** 4, 0);
  return {
    variance: squares / Math.max(1, rows - columns),
    kurtosis: (rows * fourths) / squares ** 2,
    rows,
  };
}

const knownLeft = keptWith((_label: object) => new Map<string, Left>());

/** By one lean fit of the table, kept with it. */
function leftOfReference(samples: RowSamples, name: string): Left | null {
  const { label } = samples;
  const response = label === null ? null : responseOfReference(label, name);
  if (label === null || response === null) return null;
  const kept = knownLeft(label.reference);
  const key = [name, ...samples.features.map((pair) => pair.name)].join('\n');
  let found = kept.get(key);
  if (found === undefined) {
    const reference = selectRows(samples, allRows(samples.rows.reference), new Int32Array());
    const design = designMatrix(reference, response, 'lean');
    remember(kept, key, (found = leftOf(fitLinear(design, response).residual, design.columns)), MOST_KEPT);
  }
  return found;
}

const besideItself = <P extends ColumnCells>(pair: P): P => ({ ...pair, current: pair.reference });

function spreadsOf(
  task: Task,
  samples: RowSamples,
  response: Float64Array,
  { of: stretch, count: stretches }: Stretches,
  spread: typeof stretchSpread = stretchSpread,
): Omit<RelationSpread, 'stretches'> & { readonly residual: Float64Array; readonly columns: number } {
  const reference = selectRows(samples, allRows(samples.rows.reference), new Int32Array());
  const design = designMatrix(reference, response, 'lean');
  const fit = task === 'regression' ? fitLinear : fitLogistic;
  const { residual } = fit(design, response);
  const whole = { stretch, stretches, zone: new Int32Array(response.length), zones: 1 };
  return {
    residual,
    columns: design.columns,
    everywhere: spread({ values: residual, ...whole }),
    size: spread({ values: residual.map(Math.abs), ...whole }),
    features: new Map(
      spokenFeatures(reference).map((pair) => {
        // Cut by what it holds itself, whatever the window does.
        const { zone, names } = cut(besideItself(pair), PARTS);
        const zones = { zone: zone.subarray(0, response.length), zones: names.length };
        return [pair.name, spread({ values: residual, stretch, stretches, ...zones })];
      }),
    ),
  };
}
