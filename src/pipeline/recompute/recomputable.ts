import type { WindowToRecompute } from '../../store/evaluation/recomputed-windows.ts';

/** Why what is stored of a window does not allow to judge it again. */
export type NotRecomputable =
  /** It is judged when it closes. */
  | 'open'
  /** `retention.counts` */
  | 'counts_gone'
  /** Another baseline has other cells, and not all rows are kept to be counted by them. */
  | 'rows_not_kept'
  /** Its rows are counted together with those of a window that is open, lies beyond the stretch, or is of so many rows. */
  | 'shares_counts'
  /** Of another baseline, and its features came in messages of their own, at times of their own. */
  | 'features_apart'
  | 'no_baseline';

/** What has to be done: its counts are judged, or its rows counted again before that. */
export type HowToRecompute = 'judge' | 'recount';

/** What is known without looking at rows. */
export function howToRecompute(
  window: WindowToRecompute,
  { keepsBaseline, featuresApart }: { readonly keepsBaseline: boolean; readonly featuresApart: boolean },
): HowToRecompute | Exclude<NotRecomputable, 'rows_not_kept' | 'shares_counts'> {
  if (window.isOpen) return 'open';
  if (window.isEmptied) return 'counts_gone';
  if (window.newestBaselineId === null) return 'no_baseline';
  if (window.baselineId === window.newestBaselineId) return 'judge';
  if (keepsBaseline && window.baselineId !== null) return 'judge';
  return featuresApart ? 'features_apart' : 'recount';
}

/** The largest window that is a sum of the same panes as this one, or of it; the window itself where there is none. */
export function largestOfSameCounts(
  window: WindowToRecompute,
  touching: readonly WindowToRecompute[],
): WindowToRecompute {
  return touching
    .filter((each) => lies(window, each) && (each.paneMs === window.sizeMs || isOfPanes(each, window.paneMs)))
    .reduce((largest, each) => (lengthOf(each) > lengthOf(largest) ? each : largest), window);
}

/**
 * All windows that are held against another baseline together: the largest, and those that it is the sum of.
 *
 * For example: an hour of a day, windows of 1 h and 1 d → the day, its 24 hours
 */
export function sharingCounts(
  largest: WindowToRecompute,
  touching: readonly WindowToRecompute[],
): WindowToRecompute[] {
  const { paneMs } = largest;
  return touching.filter(
    (each) => each.id === largest.id || (paneMs !== null && lies(each, largest) && isOfPanes(each, paneMs)),
  );
}

/** Whether all of them may be held against another baseline. */
export function areFree(
  windows: readonly WindowToRecompute[],
  { fromMs, toMs }: { readonly fromMs: number | null; readonly toMs: number | null },
): boolean {
  return windows.every(
    ({ sizeMs, isOpen, isEmptied, isPaneOnly, startMs }) =>
      sizeMs > 0 &&
      !isOpen &&
      !isEmptied &&
      !isPaneOnly &&
      (fromMs === null || startMs >= fromMs) &&
      (toMs === null || startMs < toMs),
  );
}

function isOfPanes({ sizeMs, paneMs }: WindowToRecompute, of: number | null): boolean {
  return of !== null && (sizeMs === of || paneMs === of);
}

function lies(inner: WindowToRecompute, outer: WindowToRecompute): boolean {
  return inner.startMs >= outer.startMs && inner.endMs <= outer.endMs;
}

function lengthOf({ startMs, endMs }: WindowToRecompute): number {
  return endMs - startMs;
}
