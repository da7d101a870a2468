/** Which responses the question of whether a relation moved is put to. */
import type { Task } from '../../core/model.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import { pooled, pooledCodes } from '../pooled.ts';
import { sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { frequentLevels } from './basis-terms.ts';

const MAX_CLASSES = 5;
const WINSOR_SHARE = 0.001;

export interface TestedResponse {
  /** The class against all others; empty of a number. */
  readonly name: string;
  /** Reference rows first. */
  readonly values: Float64Array;
}

/** The label as a number; of two classes one, of several up to five each against the rest. None where it is constant, or a side has no rows. */
export function testedResponses(task: Task, { label, rows }: RowSamples): TestedResponse[] {
  if (label === null || rows.reference === 0 || rows.current === 0) return [];
  if (task === 'regression') {
    const values = label.kind === 'numeric' ? drawnIn(pooled(label)) : null;
    return values === null ? [] : [{ name: '', values }];
  }
  if (label.kind !== 'levels') return [];
  const codes = pooledCodes(label);
  const classes = frequentLevels(codes, label.levels.length);
  const used = new Set(codes).size;
  if (used < 2) return [];
  return classes.slice(0, used === 2 ? 1 : MAX_CLASSES).map((tried) => ({
    name: label.levels[tried] ?? '',
    values: Float64Array.from(codes, (code) => (code === tried ? 1 : 0)),
  }));
}

/** The same of the reference alone; null where it says nothing there. */
export function responseOfReference(label: ColumnCells, name: string): Float64Array | null {
  if (label.kind === 'numeric') return drawnIn(label.reference);
  const tried = label.levels.indexOf(name);
  return Float64Array.from(label.reference, (code) => (code === tried ? 1 : 0));
}

/** One value far away cannot steer a fit; null where all are one. */
function drawnIn(values: Float64Array): Float64Array | null {
  const sorted = sortedPresent(values);
  const low = quantileReached(sorted, WINSOR_SHARE);
  const high = quantileReached(sorted, 1 - WINSOR_SHARE);
  return low < high ? values.map((value) => Math.min(high, Math.max(low, value))) : null;
}
