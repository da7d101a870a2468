import type { Detector, DetectorSignal } from './detector.ts';
import { canTake } from './create-detector.ts';

export interface DriftAlarm {
  /** Of the value that raised it, 0-based in this series. */
  readonly index: number;
  /**
   * Where the change began, 0-based in this series. Negative: so many usable values before its first one (a resumed
   * detector saw them). Null: the method does not say.
   */
  readonly changeIndex: number | null;
}

export interface SeriesDetection {
  readonly drifts: readonly DriftAlarm[];
  /** Values answered with `warning`. */
  readonly warnings: number;
  /** First value of the warning that is still on at the end; null when none is. */
  readonly warningSince: number | null;
  /** Of this series only: missing values, and those the detector cannot read. */
  readonly skipped: number;
}

/**
 * Runs a detector over an ordered series: errors of rows, or one figure of each window. The detector goes on from
 * whatever it has seen before and can be saved afterwards. NaN is a gap: skipped and counted.
 *
 * Empty: no drifts. Cost: that of the detector per value; memory 8 bytes a value.
 */
export function detectOverSeries(series: ArrayLike<number>, detector: Detector): SeriesDetection {
  const drifts: DriftAlarm[] = [];
  const usable = new Float64Array(series.length);
  let used = 0;
  let warnings = 0;
  let warningSince: number | null = null;
  for (let index = 0; index < series.length; index++) {
    const value = series[index] ?? Number.NaN;
    if (canTake(detector.definition.takes, value)) usable[used++] = index;
    const signal: DetectorSignal = detector.update(value);
    if (signal === 'drift')
      drifts.push({ index, changeIndex: changeIndex(usable, used, detector.changeAge) });
    if (signal === 'warning') warnings += 1;
    if (canTake(detector.definition.takes, value)) {
      warningSince = signal === 'warning' ? (warningSince ?? index) : null;
    }
  }
  return { drifts, warnings, warningSince, skipped: series.length - used };
}

/** Gaps do not count as values, so the age is taken back along the usable ones. */
function changeIndex(usable: Float64Array, used: number, age: number | null): number | null {
  if (age === null) return null;
  const position = used - age;
  return position < 0 ? position : (usable[position] ?? null);
}
