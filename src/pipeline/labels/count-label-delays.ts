import type { ModelSpec } from '../../core/model.ts';
import { delayBin } from '../../stats/delay-bins.ts';
import { addLabelDelays, type LabelDelayCount } from '../../store/labels/label-delays.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { windowPlan } from '../../window/panes.ts';
import { windowStart } from '../../window/window-range.ts';
import { type ModelCatalog, windowName } from '../windows/model-catalog.ts';

/** First labels of predictions of one version and one stretch of time. */
export interface FirstLabels {
  readonly modelId: number;
  readonly modelVersionId: number;
  /** Times of the predictions, and of the earliest of the labels that came first to each. */
  readonly eventMs: readonly number[];
  readonly labelMs: readonly number[];
}

/**
 * Counts how long first labels took, in the joiner's transaction, so that each counts once like the label itself.
 * Both times are the events' own: a log that is read again, or late, gives the same delays.
 *
 * @param firsts stretches by which all windows of the model divide
 */
export async function countLabelDelays(
  tx: Tx,
  firsts: readonly FirstLabels[],
  catalog: ModelCatalog,
): Promise<void> {
  const named = firsts.flatMap((of) => {
    const model = catalog.modelById(of.modelId);
    if (model === null) return [];
    const sizeMs = smallestSizeMs(model.spec);
    const startMs = windowStart(of.eventMs[0] ?? 0, sizeMs);
    return { of, name: { modelVersionId: of.modelVersionId, sizeMs, startMs } };
  });
  const windows = await catalog.existingWindows(named.map(({ name }) => name));
  const ofWindows = new Map<number, Map<number, number>>();
  for (const { of, name } of named) {
    const window = windows.get(windowName(name));
    // A prediction that came too late is in no window, and its label is in no window's share.
    if (window === undefined) continue;
    let bins = ofWindows.get(window.id);
    if (bins === undefined) ofWindows.set(window.id, (bins = new Map()));
    for (const [i, labelMs] of of.labelMs.entries()) {
      const bin = delayBin(labelMs - (of.eventMs[i] ?? 0));
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
  }
  const counts = [...ofWindows].flatMap(([windowId, bins]) =>
    [...bins].map(([bin, labels]): LabelDelayCount => ({ windowId, bin, labels })),
  );
  await addLabelDelays(tx, counts);
}

function smallestSizeMs(spec: ModelSpec): number {
  return Math.min(...windowPlan(spec).map((size) => size.sizeMs));
}
