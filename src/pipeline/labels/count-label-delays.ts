import { delayBin } from '../../stats/delay-bins.ts';
import { addLabelDelays, type LabelDelayCount } from '../../store/labels/label-delays.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { windowPlan } from '../../window/panes.ts';
import { windowStart } from '../../window/window-range.ts';
import { type ModelCatalog, type WindowName, windowName } from '../windows/model-catalog.ts';

/** A prediction that has its first label. */
export interface FirstLabel {
  readonly prediction: {
    readonly modelId: number;
    readonly modelVersionId: number;
    readonly eventMs: number;
  };
  /** Time of the earliest of the labels that came first. */
  readonly labelMs: number;
}

/**
 * Counts how long first labels took, in the joiner's transaction, so that each counts once like the label itself.
 * Both times are the events' own: a log that is read again, or late, gives the same delays.
 */
export async function countLabelDelays(
  tx: Tx,
  firsts: readonly FirstLabel[],
  catalog: ModelCatalog,
): Promise<void> {
  const named = firsts.flatMap((first) => {
    const name = smallestWindow(first.prediction, catalog);
    return name === null ? [] : { first, name };
  });
  const windows = await catalog.existingWindows(named.map(({ name }) => name));
  const counts = new Map<string, LabelDelayCount>();
  for (const { first, name } of named) {
    const window = windows.get(windowName(name));
    // A prediction that came too late is in no window, and its label is in no window's share.
    if (window === undefined) continue;
    const bin = delayBin(first.labelMs - first.prediction.eventMs);
    const key = `${window.id}/${bin}`;
    counts.set(key, { windowId: window.id, bin, labels: (counts.get(key)?.labels ?? 0) + 1 });
  }
  await addLabelDelays(tx, [...counts.values()]);
}

function smallestWindow(
  { modelId, modelVersionId, eventMs }: FirstLabel['prediction'],
  catalog: ModelCatalog,
): WindowName | null {
  const model = catalog.modelById(modelId);
  if (model === null) return null;
  const sizeMs = Math.min(...windowPlan(model.spec).map((size) => size.sizeMs));
  return { modelVersionId, sizeMs, startMs: windowStart(eventMs, sizeMs) };
}
