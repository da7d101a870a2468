import { mean } from '../elementary.ts';
import { courseOf } from './course.ts';
import type { Course } from './course.ts';
import { isPresent, rowsOf } from './tracks.ts';
import type { CountTrack, FigureTrack, Track } from './tracks.ts';

const MOST_STEPS = 300;
const CONVERGED = 1e-12;

/** What one track deviates from its own mean, per window and column, and the variance of each entry. */
interface Deviations {
  readonly rows: readonly Float64Array[];
  /** 1 / variance of a window's entries. */
  readonly precision: Float64Array;
  readonly columns: number;
}

/**
 * The one direction in which the tracks moved most over the windows, and each window's place on it: what a window's
 * many counts are to its time pattern.
 *
 * Formula: per track the shares' deviations from the pooled ones, (s − s̄)/√s̄ (figures: y − ȳ), each times √n (1/error)
 * so that chance alone scatters every column by 1; v, the first right singular vector of all columns together; a
 * window's value is v · deviation with each track weighted by the root of its mean n, and its variance follows from
 * each track's own n. The order of the windows plays no part: a run in which nothing happens has no shape on this axis
 * either. The sign is such that the last half lies above the first. A figure by itself stays as it is.
 * Windows in which a track has no rows or no figure are left out. Nothing moved at all: values 0.
 * O(windows · cells · 300).
 *
 * @example leadingAxis([0, 1], [{ kind: 'counts', counts: [[50, 50], [80, 20]] }]).values.length // 2
 */
export function leadingAxis(positions: readonly number[], tracks: readonly Track[]): Course {
  const [only] = tracks;
  if (tracks.length === 1 && only?.kind === 'figures') {
    return courseOf(positions, only.values, only.standardErrors);
  }
  const windows = [...positions.keys()].filter((at) => tracks.every((track) => isPresent(track, at)));
  const parts = tracks.map((track) =>
    track.kind === 'counts' ? countDeviations(track, windows) : figureDeviations(track, windows),
  );
  const axis = firstDirection(parts, windows.length);
  const values = windows.map((_, row) => placeOf(parts, axis, row));
  const rising = halfOf(values, 1) >= halfOf(values, 0) ? 1 : -1;
  return courseOf(
    windows.map((at) => positions[at] ?? 0),
    values.map(({ value }) => value * rising),
    values.map(({ variance }) => Math.sqrt(variance)),
  );
}

function countDeviations({ counts }: CountTrack, windows: readonly number[]): Deviations {
  const chosen = windows.map((at) => counts[at] ?? []);
  const columns = Math.max(0, ...chosen.map((row) => row.length));
  const totals = Array.from({ length: columns }, (_, cell) =>
    chosen.reduce((sum, row) => sum + (row[cell] ?? 0), 0),
  );
  const all = rowsOf(totals);
  const used = totals.flatMap((total, cell) => (total > 0 ? [cell] : []));
  return {
    columns: used.length,
    precision: Float64Array.from(chosen, rowsOf),
    rows: chosen.map((row) => {
      const n = rowsOf(row);
      return Float64Array.from(used, (cell) => {
        const share = (totals[cell] ?? 0) / all;
        return ((row[cell] ?? 0) / n - share) / Math.sqrt(share);
      });
    }),
  };
}

function figureDeviations({ values, standardErrors }: FigureTrack, windows: readonly number[]): Deviations {
  const precision = Float64Array.from(windows, (at) => 1 / (standardErrors[at] ?? 1) ** 2);
  const own = Float64Array.from(windows, (at) => values[at] ?? 0);
  let sum = 0;
  let weight = 0;
  for (const [i, value] of own.entries()) {
    sum += value * (precision[i] ?? 0);
    weight += precision[i] ?? 0;
  }
  return { columns: 1, precision, rows: Array.from(own, (value) => Float64Array.of(value - sum / weight)) };
}

/** Power iteration from the window that deviates most: the same input gives the same axis everywhere. */
function firstDirection(parts: readonly Deviations[], windows: number): Float64Array {
  const table = Array.from({ length: windows }, (_, row) =>
    Float64Array.from(
      parts.flatMap(({ rows, precision }) =>
        Array.from(rows[row] ?? [], (value) => value * Math.sqrt(precision[row] ?? 0)),
      ),
    ),
  );
  let axis = table.reduce<Float64Array>(
    (far, row) => (lengthOf(row) > lengthOf(far) ? row : far),
    table[0] ?? new Float64Array(0),
  );
  axis = unit(axis);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = new Float64Array(axis.length);
    for (const row of table) {
      const along = dot(row, axis);
      for (let i = 0; i < next.length; i++) next[i] = (next[i] ?? 0) + along * (row[i] ?? 0);
    }
    const turned = unit(next);
    const moved = 1 - Math.abs(dot(turned, axis));
    axis = turned;
    if (moved < CONVERGED) break;
  }
  return axis;
}

function placeOf(
  parts: readonly Deviations[],
  axis: Float64Array,
  row: number,
): { readonly value: number; readonly variance: number } {
  let value = 0;
  let variance = 0;
  let from = 0;
  for (const { rows, precision, columns } of parts) {
    const usual = mean(precision);
    const own = axis.subarray(from, from + columns);
    value += Math.sqrt(usual) * dot(rows[row] ?? own, own);
    variance += (usual * dot(own, own)) / (precision[row] ?? 1);
    from += columns;
  }
  // Without any deviation there is no axis, and every place on it is 0.
  return { value, variance: variance > 0 ? variance : 1 };
}

function halfOf(values: readonly { readonly value: number }[], half: 0 | 1): number {
  const middle = Math.floor(values.length / 2);
  const part = half === 0 ? values.slice(0, middle) : values.slice(middle);
  return part.length === 0 ? 0 : mean(part.map(({ value }) => value));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function lengthOf(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function unit(a: Float64Array): Float64Array {
  const length = lengthOf(a);
  return length > 0 ? a.map((value) => value / length) : a;
}
