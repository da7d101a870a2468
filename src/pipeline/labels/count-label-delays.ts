import type { ModelSpec } from '../../core/model.ts';
import { delayBin } from '../../stats/delay-bins.ts';
import { addLabelDelays, type LabelDelayCount } from '../../store/labels/label-delays.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { windowPlan } from '../../window/panes.ts';
import { windowStart } from '../../window/window-range.ts';
import { type ModelCatalog, windowName } from '../windows/model-catalog.ts';

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
  // By version and the smallest window's start: names are for what is looked up, not for every label.
  const starts = new Map<number, Map<number, FirstLabel[]>>();
  for (const first of firsts) {
    const { modelId, modelVersionId, eventMs } = first.prediction;
    const model = catalog.modelById(modelId);
    if (model === null) continue;
    const startMs = windowStart(eventMs, smallestSizeMs(model.spec));
    let ofVersion = starts.get(modelVersionId);
    if (ofVersion === undefined) starts.set(modelVersionId, (ofVersion = new Map()));
    const others = ofVersion.get(startMs);
    if (others === undefined) ofVersion.set(startMs, [first]);
    else others.push(first);
  }
  const named = [...starts].flatMap(([modelVersionId, ofVersion]) =>
    [...ofVersion].flatMap(([startMs, ofWindow]) => {
      const model = catalog.modelById(ofWindow[0]?.prediction.modelId ?? 0);
      if (model === null) return [];
      return { ofWindow, name: { modelVersionId, sizeMs: smallestSizeMs(model.spec), startMs } };
    }),
  );
  const windows = await catalog.existingWindows(named.map(({ name }) => name));
  const counts: LabelDelayCount[] = [];
  for (const { ofWindow, name } of named) {
    const window = windows.get(windowName(name));
    // A prediction that came too late is in no window, and its label is in no window's share.
    if (window === undefined) continue;
    const bins = new Map<number, number>();
    for (const { labelMs, prediction } of ofWindow) {
      const bin = delayBin(labelMs - prediction.eventMs);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
    for (const [bin, labels] of bins) counts.push({ windowId: window.id, bin, labels });
  }
  await addLabelDelays(tx, counts);
}

function smallestSizeMs(spec: ModelSpec): number {
  return Math.min(...windowPlan(spec).map((size) => size.sizeMs));
}
