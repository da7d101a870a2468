import type { ModelSpec } from '../../core/model.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import {
  findSilentGaps,
  loadServedElsewhere,
  loadSlotHistory,
  openSilentWindows,
  type SilentGap,
  type WatchedWindows,
} from '../../store/windows/silent-windows.ts';
import { DAY_MS } from '../../core/clock.ts';
import { shortestSizeMs, windowPlan, type PlannedSize } from '../../window/panes.ts';
import { silentWindows, type SilentSlot, type SilentStreak } from '../../window/silence.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { ModelTime } from '../../store/windows/windows.ts';

/** How far time has come for a model. */
export interface ModelMoment extends ModelTime {
  /** Up to this it is known that what did not come was not sent. */
  readonly silentUntilMs: number;
}

/** Slots looked at in one transaction. */
const SLOTS_AT_ONCE = 500;

/**
 * Opens the windows in which nothing came, before those after them close: rows open windows, and silence has none. From
 * then on they are windows like any other, so that silence is counted in order of time and the same after a restart.
 *
 * @returns how many were opened
 */
export async function openWindowsOfSilence(
  pool: Pool,
  catalog: ModelCatalog,
  moments: readonly ModelMoment[],
): Promise<number> {
  const watched = moments.flatMap(({ modelId, watermarkMs, silentUntilMs }): WatchedWindows[] => {
    const spec = catalog.modelById(modelId)?.spec;
    const sizeMs = spec?.alerts.noData === true ? shortestSizeMs(spec) : null;
    return sizeMs === null ? [] : [{ modelId, sizeMs, watermarkMs, silentUntilMs }];
  });
  if (watched.length === 0) return 0;
  let opened = 0;
  for (const gap of await findSilentGaps(pool, watched)) {
    const spec = catalog.modelById(gap.modelId)?.spec;
    if (spec !== undefined) opened += await fillGap(pool, gap, spec);
  }
  return opened;
}

/** All of a gap, however long, because the window behind it closes next. */
async function fillGap(pool: Pool, gap: SilentGap, spec: ModelSpec): Promise<number> {
  const { forWindows } = spec.alerts;
  const size = windowPlan(spec).find(({ sizeMs }) => sizeMs === shortestSizeMs(spec));
  if (size === undefined) return 0;
  let streak: SilentStreak = gap;
  let opened = 0;
  let fromMs = gap.fromMs;
  while (fromMs < gap.untilMs && streak.servedElsewhere < forWindows) {
    const rest = { ...gap, fromMs };
    const turn = await inTransaction(pool, async (tx) => {
      const slots = await nextSlots(tx, rest, size, streak, forWindows);
      const { windows, streak: next } = silentWindows(slots, streak, forWindows);
      const { modelVersionId } = gap;
      await openSilentWindows(
        tx,
        windows.map((window) => ({ ...window, ...size, modelVersionId })),
      );
      return { streak: next, opened: windows.length, lastMs: slots.at(-1)?.startMs ?? null };
    });
    if (turn.lastMs === null) break;
    fromMs = turn.lastMs + size.sizeMs;
    streak = turn.streak;
    opened += turn.opened;
  }
  return opened;
}

/** Once an incident has fired, only that another version takes over can be news. */
async function nextSlots(
  tx: Tx,
  gap: SilentGap,
  { sizeMs }: PlannedSize,
  { unexpected }: SilentStreak,
  forWindows: number,
): Promise<SilentSlot[]> {
  if (unexpected >= forWindows) {
    const startsMs = await loadServedElsewhere(tx, gap, sizeMs, forWindows);
    return startsMs.map((startMs) => ({ startMs, servedElsewhere: true, weeks: [], days: [] }));
  }
  const count = Math.min(SLOTS_AT_ONCE, Math.ceil((gap.untilMs - gap.fromMs) / sizeMs));
  const startsMs = Array.from({ length: count }, (_, at) => gap.fromMs + at * sizeMs);
  const slots = await loadSlotHistory(tx, gap, sizeMs, startsMs);
  // Windows longer than a day have no time of the day or the week.
  return sizeMs > DAY_MS ? slots.map((slot) => ({ ...slot, weeks: [], days: [] })) : slots;
}
