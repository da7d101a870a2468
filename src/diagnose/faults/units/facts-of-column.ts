import { once } from '../../../core/memory/remember.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { selectCells } from '../../samples/row-samples.ts';
import type { NumericCells, RowSamples } from '../../samples/row-samples.ts';
import { timesSpanOf } from '../../samples/stretches.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { hadCombs } from './had-combs.ts';
import { unitFacts } from './unit-change.ts';
import type { OwnShares, UnitFacts } from './unit-change.ts';
import type { CourseOfColumn } from './unit-since.ts';
import { followsItself, liesWithin, ONWARDS, wandersAsFar } from './wanders.ts';
import type { ColumnCourse } from './wanders.ts';

export interface SortedCells {
  readonly cells: NumericCells;
  readonly sorted: SortedPair;
}

/** Of the whole window. Beside a reference without times a column may wander as far that follows its own past in the window. */
export function unitFactsOf(
  { cells, sorted }: SortedCells,
  own: OwnShares,
  inTime: Int32Array | null,
  samples: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): UnitFacts | null {
  const facts = unitFacts(sorted, own);
  const lengthMs = timesSpanOf(samples.currentMs)?.length ?? null;
  if (facts === null || lengthMs === null) return facts;
  const wanders = once(() => {
    const { values, before } = courseOfColumn(cells, inTime, samples);
    return before === undefined
      ? liesWithin(sorted, ONWARDS) && followsItself(values)
      : wandersAsFar(sorted, before(), { lengthMs, away: facts.untransformed });
  });
  const combsItself = once(() => {
    const { before } = courseOfColumn(cells, inTime, samples);
    return before !== undefined && hadCombs(sorted, before(), lengthMs);
  });
  return { ...facts, wanders, combsItself };
}

export function courseOfColumn(
  { reference, current }: NumericCells,
  inTime: Int32Array | null,
  { referenceMs, currentMs }: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
): CourseOfColumn {
  const course = (cells: Float64Array, order: Int32Array, timesMs: Float64Array): ColumnCourse => {
    const rows = order.filter((row) => !Number.isNaN(cells[row]));
    return { values: selectCells(cells, rows), timesMs: selectCells(timesMs, rows) };
  };
  const now = course(current, inTime ?? new Int32Array(), currentMs ?? new Float64Array());
  return referenceMs === null
    ? now
    : { ...now, before: () => course(reference, rowsInTime(referenceMs), referenceMs) };
}
