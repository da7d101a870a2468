/** Rows of each window per cell; the same cells in every window, none in a window without rows. */
export interface CountTrack {
  readonly kind: 'counts';
  readonly counts: readonly (readonly number[])[];
}

/** One figure a window with its standard error; null where there is none. */
export interface FigureTrack {
  readonly kind: 'figures';
  readonly values: readonly (number | null)[];
  readonly standardErrors: readonly (number | null)[];
}

/** What was measured of one thing, window by window. */
export type Track = CountTrack | FigureTrack;

export function rowsOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether the track knows something of a window. */
export function isPresent(track: Track, window: number): boolean {
  if (track.kind === 'counts') return rowsOf(track.counts[window] ?? []) > 0;
  const value = track.values[window] ?? null;
  const error = track.standardErrors[window] ?? null;
  return value !== null && error !== null && error > 0;
}
