import type { Log } from '../core/log.ts';
import { joinLabels, type LabelChange } from '../labels/join.ts';
import type { LabelProfile } from '../stats/profile/label-profile.ts';
import { addEventCounts } from '../store/event-counts.ts';
import {
  addFirstLabels,
  deferPendingLabels,
  deletePendingLabels,
  type DueLabel,
  type LabelWrite,
  lockLabels,
  replaceLabels,
  takeDueLabels,
} from '../store/labels.ts';
import { inTransaction, type Pool, type Tx } from '../store/pool.ts';
import { appendParts, nextDeltaNumber, type NewPart } from '../store/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../store/windows.ts';
import { splitPanes, stretchMs, windowPlan } from '../window/panes.ts';
import { labelParts } from '../window/part-names.ts';
import { newLabels } from '../window/part-profiles.ts';
import { windowStart } from '../window/window-range.ts';
import type { KeptRow } from '../window/prediction-pack.ts';
import type { WindowRef } from '../window/window-ref.ts';
import { countLabelDelays } from './count-label-delays.ts';
import { type ModelCatalog, type WindowName, windowName } from './model-catalog.ts';
import { halvesOf, PredictionFinder } from './prediction-finder.ts';

export interface LabelJoinerOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  /** Keeps what it learned from one sweep to the next. */
  readonly finder?: PredictionFinder;
  /** Labels of one sweep at most. */
  readonly batch?: number;
  readonly log: Log;
}

const SOURCE = 'labels';
/** Labels of one sweep: with many, those of one window make one part, and blocks are asked once. */
export const JOIN_BATCH = 20_000;

/** What one sweep did, per label. `deferred` ones wait for their prediction. */
export interface JoinOutcome {
  readonly taken: number;
  readonly joined: number;
  readonly superseded: number;
  readonly deferred: number;
  readonly expired: number;
}

interface LabelledPrediction extends KeptRow {
  readonly modelId: number;
  readonly idHash: bigint;
}

interface Change {
  readonly prediction: LabelledPrediction;
  readonly change: LabelChange;
}

/** The labels of one prediction that one sweep has taken. */
interface Match {
  readonly prediction: LabelledPrediction;
  readonly candidates: readonly DueLabel[];
}

/**
 * Takes waiting labels to their predictions, and the difference they make to the windows' label counts, in one
 * transaction. Any number of processes may sweep at once: each takes labels the others have not locked. A label
 * whose prediction has not come yet is put back, and expires after the model's horizon.
 */
export async function sweepLabels(options: LabelJoinerOptions): Promise<JoinOutcome> {
  return await inTransaction(options.pool, async (tx) => {
    const due = await takeDueLabels(tx, options.batch ?? JOIN_BATCH);
    if (due.length === 0) return { taken: 0, joined: 0, superseded: 0, deferred: 0, expired: 0 };
    const { matches, waiting } = await match(tx, due, options.finder ?? new PredictionFinder());
    const changes = await settle(tx, matches);
    await storeDeltas(tx, changes, options);
    const found = matches.flatMap(({ candidates }) => candidates);
    await deletePendingLabels(
      tx,
      found.map((label) => label.id),
    );
    const { deferred, expired } = await putBack(tx, waiting, options.catalog);
    const firsts = changes.filter(({ change }) => change.removed === null);
    await countLabelDelays(
      tx,
      firsts.map(({ prediction, change }) => ({ prediction, labelMs: change.firstAtMs })),
      options.catalog,
    );
    // A label that replaces another is joined; the one replaced becomes superseded.
    const joined = firsts.length;
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

/** Labels beside their predictions; `waiting` ones have none yet. */
async function match(
  tx: Tx,
  due: readonly DueLabel[],
  finder: PredictionFinder,
): Promise<{ matches: Match[]; waiting: DueLabel[] }> {
  const matches: Match[] = [];
  const waiting: DueLabel[] = [];
  for (const [modelId, ofModel] of Map.groupBy(due, (label) => label.modelId)) {
    const byHash = [...Map.groupBy(ofModel, (label) => label.idHash)];
    const rows = await finder.find(
      tx,
      { modelId, kind: 0 },
      byHash.map(([hash]) => halvesOf(hash)),
    );
    for (const [i, [idHash, candidates]] of byHash.entries()) {
      const row = rows[i];
      if (row === undefined) waiting.push(...candidates);
      else matches.push({ prediction: { ...row, modelId, idHash }, candidates });
    }
  }
  return { matches, waiting };
}

/**
 * Stores which label counts for each prediction. Most have none yet; of the others the label that counts is read once
 * no other transaction can change it any more.
 */
async function settle(tx: Tx, matches: readonly Match[]): Promise<Change[]> {
  const firsts = matches.flatMap(({ prediction, candidates }) => {
    const change = joinLabels(null, candidates);
    return change === null ? [] : { prediction, change };
  });
  const stored = await addFirstLabels(tx, firsts.map(writeOf));
  const left = matches.filter((_, index) => !stored.has(index));
  const current = await lockLabels(
    tx,
    left.map(({ prediction }) => prediction),
  );
  const replaced = left.flatMap(({ prediction, candidates }, index) => {
    const change = joinLabels(current[index] ?? null, candidates);
    return change === null ? [] : { prediction, change };
  });
  await replaceLabels(tx, replaced.map(writeOf));
  return [...firsts.filter((_, index) => stored.has(index)), ...replaced];
}

function writeOf({ prediction, change: { effective } }: Change): LabelWrite {
  const { modelId, modelVersionId, idHash, eventMs } = prediction;
  return { ...effective, modelId, modelVersionId, idHash, eventMs };
}

async function storeDeltas(
  tx: Tx,
  changes: readonly Change[],
  { catalog, reevaluateAfterMs }: LabelJoinerOptions,
): Promise<void> {
  if (changes.length === 0) return;
  // Rows of one stretch of time belong to the same windows: those are looked up once for all of them.
  const stretches = [...Map.groupBy(changes, ({ prediction }) => stretchOf(prediction, catalog)).values()];
  const keys = stretches.map(([first]) => (first === undefined ? [] : keysOf(first.prediction, catalog)));
  const windows = await catalog.existingWindows(keys.flat());
  const counts = new Map<string, LabelCounts>();
  const touched = new Set<number>();
  for (const [i, ofStretch] of stretches.entries()) {
    const { counted, fed } = splitPanes((keys[i] ?? []).flatMap((key) => windows.get(windowName(key)) ?? []));
    for (const { id } of [...counted, ...fed]) touched.add(id);
    for (const change of ofStretch) for (const window of counted) count(counts, window, change, catalog);
  }
  const closed = await lockWindowsForWriting(tx, [...touched]);
  const number = await nextDeltaNumber(tx);
  await appendParts(
    tx,
    [...counts.values()].map(({ window, segment, profile }): NewPart => ({
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

/** What one window and segment gain by a sweep. */
interface LabelCounts {
  readonly window: WindowRef;
  readonly segment: string;
  readonly profile: LabelProfile;
}

function count(
  counts: Map<string, LabelCounts>,
  window: WindowRef,
  { prediction, change }: Change,
  catalog: ModelCatalog,
): void {
  for (const segment of labelParts(prediction.segments, prediction.holdout)) {
    const name = `${window.id}\u0000${segment}`;
    let entry = counts.get(name);
    if (entry === undefined) {
      const task = catalog.modelById(prediction.modelId)?.spec.task ?? 'classification';
      entry = { window, segment, profile: newLabels(segment, window.reference, task) };
      counts.set(name, entry);
    }
    apply(entry.profile, prediction, change);
  }
}

function apply(profile: LabelProfile, row: LabelledPrediction, change: LabelChange): void {
  const { prediction, score, probabilities } = row;
  if (change.removed !== null) profile.add(change.removed, prediction, score, -1, probabilities);
  profile.add(change.added, prediction, score, 1, probabilities);
}

function stretchOf({ modelId, modelVersionId, eventMs }: LabelledPrediction, catalog: ModelCatalog): string {
  const model = catalog.modelById(modelId);
  return `${modelVersionId}/${model === null ? 0 : Math.floor(eventMs / stretchMs(model.spec))}`;
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
