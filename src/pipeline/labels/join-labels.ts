import type { LabelRank } from '../../core/events/effective-label.ts';
import { joinLabels, type LabelChange } from '../../labels/join.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { addFirstLabels, type LabelWrite, lockLabels, replaceLabels } from '../../store/labels/labels.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { appendParts, nextDeltaNumber, type NewPart } from '../../store/windows/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../../store/windows/windows.ts';
import { splitPanes, stretchMs, windowPlan } from '../../window/panes.ts';
import { labelParts } from '../../window/part-names.ts';
import { newLabels } from '../../window/part-profiles.ts';
import type { KeptRow } from '../../window/prediction-pack.ts';
import { windowStart } from '../../window/window-range.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import { countLabelDelays } from './count-label-delays.ts';
import { type ModelCatalog, type WindowName, windowName } from '../windows/model-catalog.ts';
import { refuseRecounted } from '../windows/refuse-recounted.ts';
import { halvesOf, type PredictionFinder } from '../predictions/prediction-finder.ts';

export interface ArrivedLabel extends LabelRank {
  readonly modelId: number;
  readonly idHash: bigint;
  readonly label: string | number;
}

export interface JoinOptions {
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  readonly finder: PredictionFinder;
}

/** Under which source parts and counts of joined labels stand, whoever joined them. */
export const JOINED_FROM = 'labels';

interface LabelledPrediction extends KeptRow {
  readonly modelId: number;
  readonly idHash: bigint;
}

interface Change {
  readonly prediction: LabelledPrediction;
  readonly change: LabelChange;
}

/** The labels of one prediction that are joined at once. */
interface Match<L> {
  readonly prediction: LabelledPrediction;
  readonly candidates: readonly L[];
}

export interface Joined<L> {
  /** Labels whose prediction was there. */
  readonly found: readonly L[];
  readonly waiting: readonly L[];
  /** Predictions that have their first label. Of `found` all others are superseded, or supersede. */
  readonly joined: number;
}

/**
 * Takes labels to their predictions, and the difference they make to the windows' label counts. Rows of labels are locked
 * first and windows after them, here and nowhere else, so that any number may do so at once.
 */
export async function joinToPredictions<L extends ArrivedLabel>(
  tx: Tx,
  labels: readonly L[],
  options: JoinOptions,
): Promise<Joined<L>> {
  const { matches, waiting } = await match(tx, labels, options.finder);
  const changes = await settle(tx, matches);
  await storeDeltas(tx, changes, options);
  // A label that replaces another is joined; the one replaced becomes superseded.
  const firsts = changes.filter(({ change }) => change.removed === null);
  await countLabelDelays(
    tx,
    firsts.map(({ prediction, change }) => ({ prediction, labelMs: change.firstAtMs })),
    options.catalog,
  );
  return { found: matches.flatMap(({ candidates }) => candidates), waiting, joined: firsts.length };
}

/** Labels beside their predictions; `waiting` ones have none yet. */
async function match<L extends ArrivedLabel>(
  tx: Tx,
  due: readonly L[],
  finder: PredictionFinder,
): Promise<{ matches: Match<L>[]; waiting: L[] }> {
  const matches: Match<L>[] = [];
  const waiting: L[] = [];
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
async function settle(tx: Tx, matches: readonly Match<ArrivedLabel>[]): Promise<Change[]> {
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
  { catalog, reevaluateAfterMs }: JoinOptions,
): Promise<void> {
  if (changes.length === 0) return;
  // Rows of one stretch of time belong to the same windows: those are looked up once for all of them.
  const stretches = byStretch(changes, catalog);
  const keys = stretches.map(([first]) => (first === undefined ? [] : keysOf(first.prediction, catalog)));
  const windows = await catalog.existingWindows(keys.flat());
  const counts = new Map<number, Map<string, LabelCounts>>();
  const touched = new Set<number>();
  for (const [i, ofStretch] of stretches.entries()) {
    const { counted, fed } = splitPanes((keys[i] ?? []).flatMap((key) => windows.get(windowName(key)) ?? []));
    for (const { id } of [...counted, ...fed]) touched.add(id);
    for (const change of ofStretch) for (const window of counted) count(counts, window, change, catalog);
  }
  const parts = [...counts.values()].flatMap((ofWindow) => [...ofWindow.values()]);
  const closed = await lockWindowsForWriting(tx, [...touched]);
  await refuseRecounted(
    tx,
    catalog,
    parts.map(({ window }) => window),
    closed,
  );
  const number = await nextDeltaNumber(tx);
  await appendParts(
    tx,
    parts.map(({ window, segment, profile }): NewPart => ({
      windowId: window.id,
      segment,
      kind: 'label',
      source: JOINED_FROM,
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
  counts: Map<number, Map<string, LabelCounts>>,
  window: WindowRef,
  { prediction, change }: Change,
  catalog: ModelCatalog,
): void {
  let ofWindow = counts.get(window.id);
  if (ofWindow === undefined) counts.set(window.id, (ofWindow = new Map()));
  for (const segment of labelParts(prediction.segments, prediction.holdout)) {
    let entry = ofWindow.get(segment);
    if (entry === undefined) {
      const task = catalog.modelById(prediction.modelId)?.spec.task ?? 'classification';
      entry = { window, segment, profile: newLabels(segment, window.reference, task) };
      ofWindow.set(segment, entry);
    }
    apply(entry.profile, prediction, change);
  }
}

function apply(profile: LabelProfile, row: LabelledPrediction, change: LabelChange): void {
  const { prediction, score, probabilities } = row;
  if (change.removed !== null) profile.add(change.removed, prediction, score, -1, probabilities);
  profile.add(change.added, prediction, score, 1, probabilities);
}

function byStretch(changes: readonly Change[], catalog: ModelCatalog): Change[][] {
  const byVersion = new Map<number, Map<number, Change[]>>();
  for (const change of changes) {
    const { modelId, modelVersionId, eventMs } = change.prediction;
    const model = catalog.modelById(modelId);
    const stretch = model === null ? 0 : Math.floor(eventMs / stretchMs(model.spec));
    let ofVersion = byVersion.get(modelVersionId);
    if (ofVersion === undefined) byVersion.set(modelVersionId, (ofVersion = new Map()));
    const others = ofVersion.get(stretch);
    if (others === undefined) ofVersion.set(stretch, [change]);
    else others.push(change);
  }
  return [...byVersion.values()].flatMap((ofVersion) => [...ofVersion.values()]);
}

function keysOf(prediction: LabelledPrediction, catalog: ModelCatalog): WindowName[] {
  const model = catalog.modelById(prediction.modelId);
  return (model === null ? [] : windowPlan(model.spec)).map(({ sizeMs }) => ({
    modelVersionId: prediction.modelVersionId,
    sizeMs,
    startMs: windowStart(prediction.eventMs, sizeMs),
  }));
}
