import { CompensatedSums } from '../compensated.ts';
import { spareArrays } from './spare-arrays.ts';

/** All counts and sums, side by side in one array. */
export interface NumericCounts {
  readonly memory: Float64Array;
  readonly equal: Float64Array;
  readonly between: Float64Array;
  readonly betweenSums: CompensatedSums;
  /** Σ (x − the reference's mean)², for the window's own spread. */
  readonly squares: CompensatedSums;
}

export function cellsOfCounts(points: number): number {
  return points + 3 * (points + 1) + 2;
}

export function emptyCounts(points: number): NumericCounts {
  const gaps = points + 1;
  const cells = cellsOfCounts(points);
  const memory = spareArrays.take(cells);
  let at = 0;
  const next = (length: number): Float64Array => memory.subarray(at, (at += length));
  return {
    memory,
    equal: next(points),
    between: next(gaps),
    betweenSums: new CompensatedSums(gaps, { high: next(gaps), low: next(gaps) }),
    squares: new CompensatedSums(1, { high: next(1), low: next(1) }),
  };
}

export function giveBack({ memory }: NumericCounts): void {
  spareArrays.give(memory);
}
