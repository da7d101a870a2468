/**
 * One figure over the windows of a run, in order of time: what the shapes of this folder are fitted to.
 *
 * `positions` count window lengths from the first window, ascending; windows without rows leave gaps. `weights` are
 * 1 / standard error²: a value's variance is φ / weight, with φ ≥ 1 common to all, because windows of real rows spread
 * at least as far as independent rows would.
 */
export interface Course {
  readonly positions: Float64Array;
  readonly values: Float64Array;
  readonly weights: Float64Array;
  /** What a window tells beside its neighbours, in (0, 1]: 1 when windows are independent of each other. */
  readonly independence: number;
}

/** Fewer windows than this have no shape to speak of. */
export const MIN_WINDOWS = 12;

/**
 * A course of figures with their standard errors. Windows without a finite value or without a positive, finite
 * standard error are left out; positions need not be sorted. O(windows · log windows).
 *
 * @example [...courseOf([1, 0, 2], [5, 3, null], [0.5, 1, 1]).weights] // [1, 4]
 */
export function courseOf(
  positions: readonly number[],
  values: readonly (number | null)[],
  standardErrors: readonly (number | null)[],
): Course {
  const kept = positions
    .map((at, i) => ({ at, value: values[i] ?? Number.NaN, error: standardErrors[i] ?? Number.NaN }))
    .filter(({ value, error }) => Number.isFinite(value) && error > 0 && Number.isFinite(1 / error ** 2))
    .sort((a, b) => a.at - b.at);
  return {
    positions: Float64Array.from(kept, ({ at }) => at),
    values: Float64Array.from(kept, ({ value }) => value),
    weights: Float64Array.from(kept, ({ error }) => 1 / error ** 2),
    independence: 1,
  };
}

/** Window lengths from the start of the first window to the end of the last. */
export function spanOf({ positions }: Course): number {
  return positions.length === 0 ? 0 : (positions.at(-1) ?? 0) - (positions[0] ?? 0) + 1;
}
