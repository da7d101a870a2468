/** How alike rows of one time are, of a file that is compared as a whole: learned from the reference's own days or hours. */
import type { BeganAt } from '../../compare/options.ts';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { MIN_REFERENCE_WINDOWS } from '../../stats/significance/overdispersion.ts';
import { timeRows } from './timed-rows.ts';
import type { TimedRows } from './timed-rows.ts';

/** The reference in windows of one length, and the whole current file in the same. */
export interface OwnPace {
  readonly sizeMs: number;
  readonly reference: TimedRows;
  readonly began: BeganAt;
}

/** People's rhythms, the longest first. */
const LENGTHS_MS = [DAY_MS, 12 * HOUR_MS, 6 * HOUR_MS, 3 * HOUR_MS, HOUR_MS];

/**
 * The longest of these that the reference has at least twenty of and that the current file is not shorter than. Null where there is none, or
 * where a row has no time: which rows came together is then not known of all. O(rows).
 */
export function ownPaceOf(referenceMs: Float64Array | null, currentMs: Float64Array | null): OwnPace | null {
  if (referenceMs === null || currentMs === null || currentMs.length === 0) return null;
  if (![referenceMs, currentMs].every((times) => times.every((ms) => Number.isFinite(ms)))) return null;
  const span = lengthOf(currentMs);
  for (const sizeMs of LENGTHS_MS) {
    if (span < sizeMs / 2 || lengthOf(referenceMs) < (MIN_REFERENCE_WINDOWS - 1) * sizeMs) continue;
    const reference = timeRows('', referenceMs, sizeMs);
    if (reference.windows.length < MIN_REFERENCE_WINDOWS) continue;
    const { windows, rows } = timeRows('', currentMs, sizeMs);
    const each = windows.map(({ startMs }, at) => ({ startMs, rows: rows[at]!.length }));
    return { sizeMs, reference, began: { windows: each, timeZone: 'UTC', dayByDay: true } };
  }
  return null;
}

function lengthOf(times: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const ms of times) {
    low = Math.min(low, ms);
    high = Math.max(high, ms);
  }
  return high - low;
}
