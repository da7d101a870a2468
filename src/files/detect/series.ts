/** One figure in its order: of the rows of a file, or of windows. */
export interface DetectSeries {
  /** What it is, for people and to tell a state of another series: `error`, `psi of age`. */
  readonly name: string;
  readonly unit: 'row' | 'window';
  /** NaN where there is none. */
  readonly values: Float64Array;
  /** 1-based position in the file of each value. */
  readonly positions: Float64Array;
  /** Epoch milliseconds, null when the file has no times. */
  readonly timeMs: Float64Array | null;
  /** In order of time: what came before a moment is then known to have been looked at. */
  readonly isByTime: boolean;
  readonly notes: readonly string[];
}

/** The values after `lastMs`: what a growing file held before has been looked at. */
export function after(series: DetectSeries, lastMs: number | null): DetectSeries {
  const { timeMs } = series;
  if (lastMs === null || timeMs === null || !series.isByTime) return series;
  const keep = [...timeMs.keys()].filter((index) => (timeMs[index] ?? 0) > lastMs);
  const seen = series.values.length - keep.length;
  if (seen === 0) return series;
  const note = `${seen} ${series.unit}s up to ${new Date(lastMs).toISOString()} were looked at before`;
  return { ...pick(series, keep), notes: [...series.notes, note] };
}

/** In order of time; what has no time is left out. */
export function byTime(series: DetectSeries): DetectSeries {
  const { timeMs } = series;
  if (timeMs === null) return series;
  const timed = [...timeMs.keys()].filter((index) => !Number.isNaN(timeMs[index]));
  const lost = timeMs.length - timed.length;
  timed.sort((a, b) => (timeMs[a] ?? 0) - (timeMs[b] ?? 0) || a - b);
  const notes = lost === 0 ? [] : [`${lost} ${series.unit}s without a time are left out`];
  return { ...pick(series, timed), isByTime: true, notes: [...series.notes, ...notes] };
}

function pick(series: DetectSeries, indexes: readonly number[]): DetectSeries {
  const take = (from: Float64Array): Float64Array =>
    Float64Array.from(indexes, (index) => from[index] ?? Number.NaN);
  return {
    ...series,
    values: take(series.values),
    positions: take(series.positions),
    timeMs: series.timeMs === null ? null : take(series.timeMs),
  };
}
