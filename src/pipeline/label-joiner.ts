import type { Log } from '../core/log.ts';
import { joinLabels, type LabelChange } from '../labels/join.ts';
import { LabelProfile } from '../stats/profile/label-profile.ts';
import { addEventCounts } from '../store/event-counts.ts';
import {
  deferPendingLabels,
  deletePendingLabels,
  lockPredictions,
  takeDueLabels,
  writeLabels,
  type DueLabel,
  type LabelledPrediction,
} from '../store/labels.ts';
import { inTransaction, type Pool, type Tx } from '../store/pool.ts';
import { appendParts, nextDeltaNumber, type NewPart } from '../store/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../store/windows.ts';
import { WHOLE } from '../window/checkpoint-buffer.ts';
import { splitPanes, windowPlan } from '../window/panes.ts';
import { windowStart } from '../window/window-range.ts';
import type { WindowRef } from '../window/window-ref.ts';
import { type ModelCatalog, type WindowName, windowName } from './model-catalog.ts';

export interface LabelJoinerOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  readonly log: Log;
}

const SOURCE = 'labels';
/** Labels of one sweep. */
export const JOIN_BATCH = 5_000;

/** What one sweep did, per label. `deferred` ones wait for their prediction. */
export interface JoinOutcome {
  readonly taken: number;
  readonly joined: number;
  readonly superseded: number;
  readonly deferred: number;
  readonly expired: number;
}

interface Change {
  readonly prediction: LabelledPrediction;
  readonly change: LabelChange;
}

/**
 * Takes waiting labels to their predictions, and the difference they make to the windows' label counts, in one
 * transaction. Any number of processes may sweep at once: each takes labels the others have not locked. A label
 * whose prediction has not come yet is put back, and expires after the model's horizon.
 */
export async function sweepLabels(options: LabelJoinerOptions): Promise<JoinOutcome> {
  return await inTransaction(options.pool, async (tx) => {
    const due = await takeDueLabels(tx, JOIN_BATCH);
    if (due.length === 0) return { taken: 0, joined: 0, superseded: 0, deferred: 0, expired: 0 };
    const predictions = await lockPredictions(tx, due);
    const byId = new Map(predictions.map((prediction) => [labelKey(prediction), prediction]));
    const matched = Map.groupBy(due, (label) => byId.has(labelKey(label)));
    const found = matched.get(true) ?? [];
    const changes = changesOf(found, byId);
    await writeLabels(
      tx,
      changes.map(({ prediction, change }) => ({ ...prediction, ...change.effective })),
    );
    await storeDeltas(tx, changes, options);
    await deletePendingLabels(
      tx,
      found.map((label) => label.id),
    );
    const { deferred, expired } = await putBack(tx, matched.get(false) ?? [], options.catalog);
    // A label that replaces another is joined; the one replaced becomes superseded.
    const joined = changes.filter(({ change }) => change.removed === null).length;
    const outcome = {
      taken: due.length,
      joined,
      superseded: found.length - joined,
      deferred,
      expired,
    };
    await addEventCounts(tx, SOURCE, 0, [
      { type: 'label', outcome: 'joined', count: outcome.joined },
      { type: 'label', outcome: 'superseded', count: outcome.superseded },
      { type: 'label', outcome: 'expired', count: outcome.expired },
    ]);
    return outcome;
  });
}

function changesOf(due: readonly DueLabel[], byId: ReadonlyMap<string, LabelledPrediction>): Change[] {
  const changes: Change[] = [];
  for (const [key, candidates] of Map.groupBy(due, labelKey)) {
    const prediction = byId.get(key);
    const change = prediction === undefined ? null : joinLabels(prediction.current, candidates);
    if (prediction !== undefined && change !== null) changes.push({ prediction, change });
  }
  return changes;
}

async function storeDeltas(
  tx: Tx,
  changes: readonly Change[],
  { catalog, reevaluateAfterMs }: LabelJoinerOptions,
): Promise<void> {
  if (changes.length === 0) return;
  const windows = await catalog.existingWindows(
    changes.flatMap(({ prediction }) => keysOf(prediction, catalog)),
  );
  const profiles = new Map<string, { window: WindowRef; segment: string; profile: LabelProfile }>();
  const touched = new Set<number>();
  for (const { prediction, change } of changes) {
    const { counted, fed } = splitPanes(
      keysOf(prediction, catalog).flatMap((key) => windows.get(windowName(key)) ?? []),
    );
    for (const { id } of [...counted, ...fed]) touched.add(id);
    for (const window of counted) {
      for (const segment of [WHOLE, ...prediction.segments]) {
        const name = `${window.id}\u0000${segment}`;
        const task = catalog.modelById(prediction.modelId)?.spec.task ?? 'classification';
        const entry = profiles.get(name) ?? {
          window,
          segment,
          profile: new LabelProfile(window.reference, task),
        };
        profiles.set(name, entry);
        apply(entry.profile, prediction, change);
      }
    }
  }
  const closed = await lockWindowsForWriting(tx, [...touched]);
  const number = await nextDeltaNumber(tx);
  await appendParts(
    tx,
    [...profiles.values()].map(({ window, segment, profile }): NewPart => ({
      windowId: window.id,
      segment,
      kind: 'label',
      source: SOURCE,
      partition: 0,
      from: number,
      to: number + 1n,
      rows: profile.labelled,
      delta: profile.encode(),
    })),
  );
  await markDirty(tx, closed, new Map(), reevaluateAfterMs);
}

function apply(profile: LabelProfile, { prediction, score }: LabelledPrediction, change: LabelChange): void {
  if (change.removed !== null) profile.add(change.removed, prediction, score, -1);
  profile.add(change.added, prediction, score, 1);
}

function keysOf(prediction: LabelledPrediction, catalog: ModelCatalog): WindowName[] {
  const model = catalog.modelById(prediction.modelId);
  return (model === null ? [] : windowPlan(model.spec)).map(({ sizeMs }) => ({
    modelVersionId: prediction.modelVersionId,
    sizeMs,
    startMs: windowStart(prediction.eventMs, sizeMs),
  }));
}

async function putBack(
  tx: Tx,
  labels: readonly DueLabel[],
  catalog: ModelCatalog,
): Promise<{ deferred: number; expired: number }> {
  if (labels.length === 0) return { deferred: 0, expired: 0 };
  const clock = await tx.query<{ now: Date }>('select now() as now');
  const nowMs = clock.rows[0]?.now.getTime() ?? 0;
  const expired = labels.filter((label) => {
    const horizonMs = catalog.modelById(label.modelId)?.spec.labels.horizonMs ?? Infinity;
    return nowMs - label.receivedAtMs > horizonMs;
  });
  const gone = new Set(expired.map((label) => label.id));
  await deletePendingLabels(tx, [...gone]);
  await deferPendingLabels(
    tx,
    labels.flatMap((label) => (gone.has(label.id) ? [] : label.id)),
  );
  return { deferred: labels.length - expired.length, expired: expired.length };
}

function labelKey(of: { modelId: number; idHash: bigint }): string {
  return `${of.modelId}/${of.idHash}`;
}
