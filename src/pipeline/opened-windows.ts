import { MAX_OPENED_WINDOWS } from '../window/checkpoint-limits.ts';
import type { EventTimes } from '../window/event-times.ts';
import { type WindowKey, windowsAt } from '../window/route.ts';
import { type ModelCatalog, windowName } from './model-catalog.ts';
import { type DecodedRecord, type Planned, planRecords, windowsOf } from './plan-records.ts';

/**
 * How many windows a batch goes to, and how many of them would have to be opened. Nothing is opened, nor are versions
 * made, by asking. So few windows that they may all be new are not looked up: then `opened` is at most as many.
 */
export async function openedWindows(
  records: readonly DecodedRecord[],
  times: EventTimes,
  catalog: ModelCatalog,
): Promise<{ readonly opened: number; readonly reached: number }> {
  const planned = planRecords(records, times, catalog);
  // Of a log it would be a dead letter.
  const refused = planned.reduce(
    (sum, each) => sum + (each.kind === 'too_many_windows' ? (each.windows ?? 0) : 0),
    0,
  );
  const reached = windowsOf(planned).size + refused;
  if (reached <= MAX_OPENED_WINDOWS) return { opened: reached, reached };
  const existing = await catalog.existingWindows(await keysOf(planned, catalog));
  return { opened: reached - existing.size, reached };
}

/** Of windows of versions that exist. */
async function keysOf(planned: readonly Planned[], catalog: ModelCatalog): Promise<WindowKey[]> {
  const keys = new Map<string, WindowKey>();
  for (const each of planned) {
    if (each.kind !== 'row') continue;
    const { event, model, sizes } = each;
    const modelVersionId = await catalog.knownVersionId(model, event.modelVersion);
    if (modelVersionId === null) continue;
    for (const window of windowsAt(model.spec, sizes, event.timestampMs)) {
      const key = { ...window, modelVersionId };
      keys.set(windowName(key), key);
    }
  }
  return [...keys.values()];
}
