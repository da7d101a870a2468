import type { CountingKernel } from '../../kernel/kernel.ts';
import { CompensatedSums } from '../compensated.ts';
import { spareArrays } from './spare-arrays.ts';

/** All counts and sums, side by side in one array: the order is that of the kernel's `countNumbers`, too. */
export interface NumericCounts {
  readonly memory: Float64Array;
  /** Whose memory it is; null: the thread's. */
  readonly kernel: CountingKernel | null;
  readonly equal: Float64Array;
  readonly between: Float64Array;
  readonly betweenSums: CompensatedSums;
  /** Σ (x − the reference's mean)², for the window's own spread. */
  readonly squares: CompensatedSums;
}

export function cellsOfCounts(points: number): number {
  return points + 3 * (points + 1) + 2;
}

export function emptyCounts(points: number, kernel: CountingKernel | null = null): NumericCounts {
  const gaps = points + 1;
  const cells = cellsOfCounts(points);
  const memory = kernel?.float64(cells) ?? spareArrays.take(cells);
  let at = 0;
  const next = (length: number): Float64Array => memory.subarray(at, (at += length));
  return {
    memory,
    kernel,
    equal: next(points),
    between: next(gaps),
    betweenSums: new CompensatedSums(gaps, { high: next(gaps), low: next(gaps) }),
    squares: new CompensatedSums(1, { high: next(1), low: next(1) }),
  };
}

export function giveBack({ memory, kernel }: NumericCounts): void {
  if (kernel === null) spareArrays.give(memory);
  else kernel.giveArray(memory);
}
