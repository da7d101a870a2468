/** Rows by the windows that their times lie in. */
import type { BeganAt } from '../../compare/options.ts';
import { UserError } from '../../core/errors.ts';
import { windowStart } from '../../window/window-range.ts';

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** Those it was put together from; absent: it is one. */
  readonly together?: BeganAt['windows'];
}

/** Rows in windows of one size, in order of time; windows without rows are not in it. */
export interface TimedRows {
  readonly windows: readonly Window[];
  readonly rows: readonly Int32Array[];
  /** Place of each row's window in `windows`; −1 without a time. */
  readonly windowOf: Int32Array;
  readonly untimed: number;
}

/** @throws UserError when no row has a time */
export function timeRows(path: string, timestampMs: Float64Array, sizeMs: number): TimedRows {
  const starts = new Set<number>();
  let untimed = 0;
  for (const at of timestampMs) {
    if (Number.isFinite(at)) starts.add(windowStart(at, sizeMs));
    else untimed += 1;
  }
  if (starts.size === 0) {
    throw new UserError(`no row of ${path} has a time`, {
      fix: 'Times are ISO 8601 or epoch numbers; --timestamp names their column.',
    });
  }
  const sorted = [...starts].sort((a, b) => a - b);
  const place = new Map(sorted.map((start, at) => [start, at]));
  const windowOf = Int32Array.from(timestampMs, (at) =>
    Number.isFinite(at) ? (place.get(windowStart(at, sizeMs)) ?? -1) : -1,
  );
  return {
    windows: sorted.map((startMs) => ({ startMs, endMs: startMs + sizeMs })),
    rows: groupRows(windowOf, sorted.length),
    windowOf,
    untimed,
  };
}

/** The rows of each group, ascending, over one shared array. Rows of group −1 are in none. O(rows). */
export function groupRows(groupOf: Int32Array, groups: number): Int32Array[] {
  const ends = new Int32Array(groups + 1);
  for (const group of groupOf) if (group >= 0) ends[group + 1]! += 1;
  for (let group = 0; group < groups; group += 1) ends[group + 1]! += ends[group]!;
  const shared = new Int32Array(new SharedArrayBuffer(4 * (ends[groups] ?? 0)));
  const next = ends.slice();
  for (let row = 0; row < groupOf.length; row += 1) {
    const group = groupOf[row]!;
    if (group >= 0) shared[next[group]!++] = row;
  }
  return Array.from({ length: groups }, (_, group) => shared.subarray(ends[group], ends[group + 1]));
}
