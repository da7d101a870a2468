/** How long windows should be, by the times of the rows that were seen. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { FalseAlarms, NoticedWindow } from './noticed.ts';

const SIZES_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
] as const;
/** With 200 rows a window may be judged, with 500 a move of 0.3 σ is found in 98 of 100 (docs/records/calibration.md). */
const ENOUGH_ROWS = 500;
/** Shorter ones wake people for what is over soon, unless there is not even a day's half to look at. */
const USUAL_MS = HOUR_MS;
const ENOUGH_WINDOWS = 12;
const LONGEST_GRACE_MS = 10 * MINUTE_MS;
/** Rows without times: looked at as soon as there are enough. */
const STRETCH_MS = 10 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;

/**
 * "Any of the four", the largest of the tables of docs/records/calibration.md: in so many of 1,000 windows of 200 to
 * 1,000 rows in which nothing moved a feature, the prediction, the score or the label is flagged.
 */
const FLAGGED_PER_1000 = 0.75;

/** The smallest usual size of which the middle window has 500 rows. @param timesMs in any order; NaN is no time */
export function chooseWindow(timesMs: Float64Array | null): NoticedWindow {
  const times = (timesMs ?? new Float64Array()).filter((ms) => Number.isFinite(ms)).sort();
  const spanMs = times.length < 2 ? 0 : times[times.length - 1]! - times[0]!;
  if (spanMs === 0) {
    const bySize = { size_ms: STRETCH_MS, grace_ms: MINUTE_MS, rows: ENOUGH_ROWS };
    return { ...bySize, rows_per_window: null, span_ms: null };
  }
  const shortest = Math.min(USUAL_MS, SIZES_MS.findLast((ms) => ms * ENOUGH_WINDOWS <= spanMs) ?? MINUTE_MS);
  for (const sizeMs of SIZES_MS) {
    if (sizeMs < shortest) continue;
    const rows = middleWindow(times, sizeMs);
    if (rows < ENOUGH_ROWS) continue;
    const found = { size_ms: sizeMs, grace_ms: graceOf(sizeMs), rows: null };
    return { ...found, rows_per_window: rows, span_ms: spanMs };
  }
  const found = { size_ms: DAY_MS, grace_ms: LONGEST_GRACE_MS, rows: ENOUGH_ROWS };
  return { ...found, rows_per_window: Math.max(ENOUGH_ROWS, middleWindow(times, DAY_MS)), span_ms: spanMs };
}

function graceOf(sizeMs: number): number {
  return sizeMs < USUAL_MS ? Math.min(sizeMs, MINUTE_MS) : LONGEST_GRACE_MS;
}

/** Rows of the middle one of the windows that hold any; of three or more without the first and the last, which are cut. */
function middleWindow(times: Float64Array, sizeMs: number): number {
  const counts = new Map<number, number>();
  for (const ms of times) {
    const at = Math.floor(ms / sizeMs);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const inOrder = [...counts.values()];
  const whole = (inOrder.length > 2 ? inOrder.slice(1, -1) : inOrder).sort((a, b) => a - b);
  return whole[Math.floor(whole.length / 2)] ?? 0;
}

/** Of windows that are all judged, each of which may be flagged by chance; two in a row (`for: 2`) are rarer. */
export function falseAlarmsPerWeek(window: NoticedWindow, rowsSeen: number): FalseAlarms {
  const { size_ms: sizeMs, rows, span_ms: spanMs } = window;
  const ofTime = WEEK_MS / sizeMs;
  const ofRows = rows === null || spanMs === null ? ofTime : (rowsSeen / spanMs / rows) * WEEK_MS;
  const windows = Math.min(ofTime, ofRows);
  const atMost = (windows * FLAGGED_PER_1000) / 1000;
  return {
    at_most: Number(atMost.toPrecision(2)),
    windows_per_week: Number(windows.toPrecision(3)),
    flagged_per_1000: FLAGGED_PER_1000,
  };
}
