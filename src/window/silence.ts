import type { WindowSilence } from '../core/alerts/alert.ts';
import type { PartitionProgress } from './watermark.ts';

/** A stretch of time in which a version had no rows, and what is known of it. */
export interface SilentSlot {
  readonly startMs: number;
  /** Another version of the model had rows then. */
  readonly servedElsewhere: boolean;
  /** Whether the model had rows at this time of the week, in each past week that it was there. */
  readonly weeks: readonly boolean[];
  /** The same at this time of the day. */
  readonly days: readonly boolean[];
}

/** Silent windows since the last one with rows. */
export interface SilentStreak {
  readonly unexpected: number;
  readonly servedElsewhere: number;
}

export interface SilentWindow {
  readonly startMs: number;
  readonly silence: WindowSilence;
}

/**
 * How silence is to be taken. That most past weeks were silent at this time makes it usual; days tell until there is a
 * week. Where they tell nothing, or as much for as against, silence is news.
 *
 * For example: weeks: silent, silent, rows → usual; no weeks, days: rows, silent → unexpected
 */
export function silenceOf({ servedElsewhere, weeks, days }: Omit<SilentSlot, 'startMs'>): WindowSilence {
  if (servedElsewhere) return 'served_elsewhere';
  const known = weeks.length > 0 ? weeks : days;
  const silent = known.filter((hadRows) => !hadRows).length;
  return silent * 2 > known.length ? 'usual' : 'unexpected';
}

/**
 * Which of consecutive slots become windows: as many as an incident takes to fire, or to end where another version has
 * taken over. More would say nothing, and a version that is gone would have windows for ever.
 */
export function silentWindows(
  slots: readonly SilentSlot[],
  before: SilentStreak,
  forWindows: number,
): { readonly windows: readonly SilentWindow[]; readonly streak: SilentStreak } {
  let streak = before;
  const windows: SilentWindow[] = [];
  for (const slot of slots) {
    if (streak.servedElsewhere >= forWindows) break;
    const silence = silenceOf(slot);
    if (silence !== 'served_elsewhere' && streak.unexpected >= forWindows) continue;
    windows.push({ startMs: slot.startMs, silence });
    if (silence === 'unexpected') streak = { ...streak, unexpected: streak.unexpected + 1 };
    if (silence === 'served_elsewhere') streak = { ...streak, servedElsewhere: streak.servedElsewhere + 1 };
  }
  return { windows, streak };
}

/**
 * Up to when it is known that nothing came. A model whose newest events came late (a log replayed from last year, a
 * batch of yesterday's) is as late now: its silence begins later than the clock says.
 *
 * @returns at most the watermark
 */
export function silentUntil(
  partitions: readonly Pick<PartitionProgress, 'maxEventMs' | 'modelSeenAtMs'>[],
  watermarkMs: number,
  nowMs: number,
): number {
  let newestMs = -Infinity;
  let latenessMs = 0;
  for (const { maxEventMs, modelSeenAtMs } of partitions) {
    if (maxEventMs === null || modelSeenAtMs === null || maxEventMs <= newestMs) continue;
    newestMs = maxEventMs;
    latenessMs = Math.max(0, modelSeenAtMs - maxEventMs);
  }
  return Math.min(watermarkMs, nowMs - latenessMs);
}
