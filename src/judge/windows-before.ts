import type { WindowCounts } from '../compare/overdispersion.ts';

/** Columns of earlier windows by name, in order of time, one window straight after the other, none of them accused. */
export type EarlierWindows = ReadonlyMap<string, readonly WindowCounts[]>;

/** Windows beside the one that is judged: lengths of 1, 2, 4, … 32. */
export const MOST_EARLIER = 31;

export const NOTHING_EARLIER: EarlierWindows = new Map();

/** What outputs are called among earlier windows. */
export const OUTPUTS = { prediction: '@prediction', score: '@score', label: '@label' } as const;

/** A p-value below which a window, though nothing is told of its column, does not say what the column does by itself: a change that was just missed would hide itself. */
export const HARDLY_QUIET = 0.02;
