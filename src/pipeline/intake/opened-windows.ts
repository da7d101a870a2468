import { MAX_OPENED_WINDOWS } from '../../window/checkpoint/limits.ts';
import type { EventTimes } from '../../window/event-times.ts';
import { type WindowKey, windowsAt } from '../../window/route.ts';
import { type CatalogModel, type ModelCatalog, windowName } from '../windows/model-catalog.ts';
import { type DecodedRecord, type PlannedRow, planRecords } from './plan-records.ts';

/** A window that a row asks for, before its version is looked up. */
interface Asked {
  readonly model: CatalogModel;
  readonly version: string;
  readonly window: Omit<WindowKey, 'modelVersionId'>;
}

/**
 * How many windows a batch goes to, and how many of them would have to be opened. Nothing is opened, nor are versions
 * made, by asking. So few windows that they may all be new are not looked up: then `opened` is at most as many.
 */
export async function openedWindows(
  pieces: Iterable<{ readonly records: readonly DecodedRecord[] }>,
  times: EventTimes,
  catalog: ModelCatalog,
): Promise<{ readonly opened: number; readonly reached: number }> {
  const asked = new Map<string, Asked>();
  // Of a log it would be a dead letter.
  let refused = 0;
  const ahead = times.next();
  for (const { records } of pieces) {
    for (const each of planRecords(records, ahead, catalog)) {
      if (each.kind === 'row' || each.kind === 'uncounted') ahead.see(each.model.id, each.event.timestampMs);
      if (each.kind === 'row') ask(each, asked);
      if (each.kind === 'too_many_windows') refused += each.windows ?? 0;
    }
  }
  const reached = asked.size + refused;
  if (reached <= MAX_OPENED_WINDOWS) return { opened: reached, reached };
  const existing = await catalog.existingWindows(await keysOf(asked.values(), catalog));
  return { opened: reached - existing.size, reached };
}

function ask({ event, model, sizes }: PlannedRow, asked: Map<string, Asked>): void {
  for (const window of windowsAt(model.spec, sizes, event.timestampMs)) {
    const name = `${model.id}/${event.modelVersion}/${window.sizeMs}/${window.startMs}`;
    if (!asked.has(name)) asked.set(name, { model, version: event.modelVersion, window });
  }
}

/** Of windows of versions that exist. */
async function keysOf(asked: Iterable<Asked>, catalog: ModelCatalog): Promise<WindowKey[]> {
  const keys = new Map<string, WindowKey>();
  for (const { model, version, window } of asked) {
    const modelVersionId = await catalog.knownVersionId(model, version);
    if (modelVersionId === null) continue;
    const key = { ...window, modelVersionId };
    keys.set(windowName(key), key);
  }
  return [...keys.values()];
}
