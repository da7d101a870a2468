import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { appendParts, nextDeltaNumber, type NewPart } from '../../store/windows/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../../store/windows/windows.ts';
import { splitPanes, stretchMs, windowPlan } from '../../window/panes.ts';
import { labelParts, WHOLE } from '../../window/part-names.ts';
import { newLabels } from '../../window/part-profiles.ts';
import { windowStart } from '../../window/window-range.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import { type ModelCatalog, type WindowName, windowName } from '../windows/model-catalog.ts';
import { refuseRecounted } from '../windows/refuse-recounted.ts';
import { countLabelDelays } from './count-label-delays.ts';
import type { Matches } from './match-labels.ts';
import type { Settled } from './settle-labels.ts';

export interface CountOptions {
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  /** Of the parts. */
  readonly source: string;
}

/** What changes for predictions of one version and one stretch of time: they belong to the same windows. */
interface Stretch {
  readonly matches: Matches;
  readonly modelVersionId: number;
  readonly eventMs: number;
  /** Matches that have their first label. */
  readonly firsts: number[];
  /** Matches that have another one, and what each had. */
  readonly replaced: number[];
  readonly removed: (string | number)[];
}

/** Stores the difference that settled labels make to the label counts and delays of windows. */
export async function countLabels(
  tx: Tx,
  settled: readonly Settled[],
  { catalog, reevaluateAfterMs, source }: CountOptions,
): Promise<void> {
  const stretches = settled.flatMap((ofModel) => stretchesOf(ofModel, catalog));
  if (stretches.length === 0) return;
  const { counts, touched } = await countInto(stretches, catalog);
  const closed = await lockWindowsForWriting(tx, [...touched]);
  await refuseRecounted(
    tx,
    catalog,
    counts.map(({ window }) => window),
    closed,
  );
  const number = await nextDeltaNumber(tx);
  await appendParts(
    tx,
    counts.map(({ window, segment, profile }): NewPart => ({
      windowId: window.id,
      segment,
      kind: 'label',
      source,
      partition: 0,
      from: number,
      to: number + 1n,
      rows: profile.labelled,
      delta: profile.encode(),
    })),
  );
  await markDirty(tx, closed, new Map(), reevaluateAfterMs);
  const firsts = stretches.flatMap(({ matches, modelVersionId, firsts: some }) =>
    some.length === 0
      ? []
      : {
          modelId: matches.modelId,
          modelVersionId,
          eventMs: some.map((match) => matches.predictions.eventMs[match] ?? 0),
          labelMs: some.map((match) => matches.firstAtMs[match] ?? 0),
        },
  );
  await countLabelDelays(tx, firsts, catalog);
}

/** What one window and segment gain by a sweep. */
interface LabelCounts {
  readonly window: WindowRef;
  readonly segment: string;
  readonly profile: LabelProfile;
}

async function countInto(
  stretches: readonly Stretch[],
  catalog: ModelCatalog,
): Promise<{ counts: LabelCounts[]; touched: Set<number> }> {
  const keys = stretches.map((stretch) => keysOf(stretch, catalog));
  const windows = await catalog.existingWindows(keys.flat());
  const counts = new CountsOfWindows(catalog);
  const touched = new Set<number>();
  for (const [i, stretch] of stretches.entries()) {
    const { counted, fed } = splitPanes((keys[i] ?? []).flatMap((key) => windows.get(windowName(key)) ?? []));
    for (const { id } of [...counted, ...fed]) touched.add(id);
    for (const window of counted) {
      for (const match of stretch.firsts) counts.count(window, stretch.matches, match, null);
      for (const [at, match] of stretch.replaced.entries())
        counts.count(window, stretch.matches, match, stretch.removed[at] ?? null);
    }
  }
  return { counts: counts.all(), touched };
}

class CountsOfWindows {
  readonly #catalog: ModelCatalog;
  readonly #counts = new Map<number, Map<string, LabelCounts>>();

  constructor(catalog: ModelCatalog) {
    this.#catalog = catalog;
  }

  count(window: WindowRef, matches: Matches, match: number, removed: string | number | null): void {
    let ofWindow = this.#counts.get(window.id);
    if (ofWindow === undefined) this.#counts.set(window.id, (ofWindow = new Map()));
    const { predictions, labels } = matches;
    const added = labels.label(matches.best[match] ?? 0);
    const prediction = predictions.prediction(match);
    const score = predictions.score(match);
    const probabilities = predictions.probabilities(match);
    for (const segment of partsOf(predictions.segments(match), predictions.isHoldout(match))) {
      let entry = ofWindow.get(segment);
      if (entry === undefined) {
        const task = this.#catalog.modelById(matches.modelId)?.spec.task ?? 'classification';
        entry = { window, segment, profile: newLabels(segment, window.reference, task) };
        ofWindow.set(segment, entry);
      }
      const { profile } = entry;
      if (removed !== null) profile.add(removed, prediction, score, -1, probabilities);
      profile.add(added, prediction, score, 1, probabilities);
    }
  }

  all(): LabelCounts[] {
    return [...this.#counts.values()].flatMap((ofWindow) => [...ofWindow.values()]);
  }
}

const ONLY_WHOLE: readonly string[] = [WHOLE];

function partsOf(segments: readonly string[], isHoldout: boolean): readonly string[] {
  return segments.length === 0 && !isHoldout ? ONLY_WHOLE : labelParts(segments, isHoldout);
}

function stretchesOf({ matches, firsts, replaced }: Settled, catalog: ModelCatalog): Stretch[] {
  const model = catalog.modelById(matches.modelId);
  const lengthMs = model === null ? Infinity : stretchMs(model.spec);
  const byVersion = new Map<number, Map<number, Stretch>>();
  const stretchOf = (match: number): Stretch => {
    const modelVersionId = matches.predictions.modelVersionIds[match] ?? 0;
    const eventMs = matches.predictions.eventMs[match] ?? 0;
    const number = Math.floor(eventMs / lengthMs);
    let ofVersion = byVersion.get(modelVersionId);
    if (ofVersion === undefined) byVersion.set(modelVersionId, (ofVersion = new Map()));
    let stretch = ofVersion.get(number);
    if (stretch === undefined) {
      stretch = { matches, modelVersionId, eventMs, firsts: [], replaced: [], removed: [] };
      ofVersion.set(number, stretch);
    }
    return stretch;
  };
  for (const match of matches.asArrived(firsts)) stretchOf(match).firsts.push(match);
  const removed = new Map(replaced.map((each) => [each.match, each.removed]));
  for (const match of matches.asArrived([...removed.keys()])) {
    const stretch = stretchOf(match);
    stretch.replaced.push(match);
    stretch.removed.push(removed.get(match) ?? 0);
  }
  return [...byVersion.values()].flatMap((ofVersion) => [...ofVersion.values()]);
}

function keysOf({ matches, modelVersionId, eventMs }: Stretch, catalog: ModelCatalog): WindowName[] {
  const model = catalog.modelById(matches.modelId);
  return (model === null ? [] : windowPlan(model.spec)).map(({ sizeMs }) => ({
    modelVersionId,
    sizeMs,
    startMs: windowStart(eventMs, sizeMs),
  }));
}
