import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { isShift } from '../../files/compare/outcome.ts';
import { plural, wholeNumber } from '../../words/page-format.ts';

type Windows = WindowedComparison['windows'];

/** Windows that are worth a look: a verdict, a flag or a loss, in all rows or in a segment. */
export function movedWindows(windows: Windows): Windows {
  return windows.filter((window) => isShift(window) || (window.segments ?? []).some(isShift));
}

/** @example howManyMoved([]) // 'None of 0 windows moved' */
export function howManyMoved(windows: Windows): string {
  const moved = movedWindows(windows);
  if (moved.length === 0) return `None of ${plural(windows.length, 'window')} moved`;
  const open = moved.filter(({ diagnosis }) => diagnosis.verdict === 'undetermined').length;
  const ofThem = open === 0 ? '' : `, ${wholeNumber(open)} of them without a verdict`;
  return `${wholeNumber(moved.length)} of ${plural(windows.length, 'window')} moved${ofThem}`;
}
