import type { ModelSpec } from '../../core/model.ts';
import { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import type { PerformanceCounts, ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { loadBaselineProfile } from '../../store/evaluation/baselines.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadOutcomeParts, type JudgedWindows, type OutcomePart } from '../../store/retrain/outcomes.ts';
import { holdoutName, WHOLE } from '../../window/part-names.ts';

/** What the labels of one version in some windows add up to. */
export interface VersionOutcome {
  readonly counts: PerformanceCounts;
  readonly labelled: number;
  readonly windows: number;
}

export interface OutcomesOfBoth {
  readonly basis: 'side_by_side' | 'before';
  readonly new: VersionOutcome;
  /** Null: the old version has no labels there. */
  readonly old: VersionOutcome | null;
}

/** Labels of more windows than this are no longer news. */
const MAX_WINDOWS = 2_000;

/**
 * The labels of both versions that can be compared: of the windows in which both have some, if these are enough of each;
 * else all of the new version, and of the old the windows before. Where rows were held out of both versions' influence,
 * only those. Null without a label of the new version.
 */
export async function loadOutcomes(
  db: Queryable,
  { task, labels: { minLabelled } }: ModelSpec,
  asked: JudgedWindows,
): Promise<OutcomesOfBoth | null> {
  const names = [WHOLE, holdoutName(WHOLE)];
  const parts = await loadOutcomeParts(db, asked, names, MAX_WINDOWS);
  const ofVersion = (part: OutcomePart): 'old' | 'new' =>
    part.modelVersionId === asked.newId ? 'new' : 'old';
  const held = new Set(parts.filter(({ segment }) => segment !== WHOLE).map(ofVersion));
  const segment = held.size === 2 ? holdoutName(WHOLE) : WHOLE;
  const decisive = Map.groupBy(
    parts.filter((part) => part.segment === segment),
    ofVersion,
  );
  const ofNew = decisive.get('new') ?? [];
  const ofOld = decisive.get('old') ?? [];
  const sum = async (some: readonly OutcomePart[]) => await sumLabels(db, some, task);
  const shared = new Set(ofOld.map(({ startMs }) => startMs)).intersection(
    new Set(ofNew.map(({ startMs }) => startMs)),
  );
  const inShared = ({ startMs }: OutcomePart): boolean => shared.has(startMs);
  const [newShared, oldShared] = [await sum(ofNew.filter(inShared)), await sum(ofOld.filter(inShared))];
  const enough = Math.min(newShared?.labelled ?? 0, oldShared?.labelled ?? 0) >= minLabelled;
  if (newShared !== null && enough) return { basis: 'side_by_side', new: newShared, old: oldShared };
  const all = await sum(ofNew);
  if (all === null) return null;
  const beganMs = Math.min(...ofNew.map(({ startMs }) => startMs));
  return { basis: 'before', new: all, old: await sum(ofOld.filter(({ startMs }) => startMs < beganMs)) };
}

/** Counts of different baselines lie on different grids: those of the baseline with the most labels are taken. */
async function sumLabels(
  db: Queryable,
  parts: readonly OutcomePart[],
  task: ModelSpec['task'],
): Promise<VersionOutcome | null> {
  let most: VersionOutcome | null = null;
  for (const [baselineId, some] of Map.groupBy(parts, (part) => part.baselineId)) {
    const reference: ReferenceProfile | null =
      baselineId === null ? null : decodeReference(await loadBaselineProfile(db, baselineId));
    const sum = new LabelProfile(reference, task);
    for (const { delta } of some) sum.merge(LabelProfile.decode(delta, reference, task));
    const counts = sum.performance;
    if (counts === null || counts.n <= (most?.labelled ?? 0)) continue;
    const windows = new Set(some.map(({ startMs }) => startMs)).size;
    most = { counts, labelled: counts.n, windows };
  }
  return most;
}
