import type { FeatureInWindow, Inspections } from '../../api/inspections.ts';
import type { ModelSpec } from '../../core/model.ts';
import { ok } from '../../core/result.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { loadComparisons } from '../../store/history/comparisons.ts';
import {
  findMeasuredCells,
  type InspectedWindow,
  listFaultsOf,
} from '../../store/read-models/screens/feature-windows.ts';
import type { FeatureWindow } from '../../store/rows/feature-screen.ts';
import type { BaselineReferences } from '../history/baseline-references.ts';
import { describeCdf } from './describe-cdf.ts';
import { describeDistribution } from './describe-distribution.ts';
import { describeTransformation } from './describe-transformation.ts';
import type { FeatureCounts } from './feature-counts.ts';
import { findWindowOf, noFeature } from './feature-place.ts';
import { loadMembers } from './member-sample.ts';
import { newLevelsOf } from './shown-levels.ts';

interface InWindow {
  readonly pool: Pool;
  readonly counts: FeatureCounts;
  readonly references: BaselineReferences;
  readonly specOf: (model: string) => ModelSpec | null;
}

const SAMPLED_ROWS = 2_000;

function shownWindow({
  model: _m,
  task: _t,
  versionId: _v,
  baseline: _b,
  ...window
}: InspectedWindow): FeatureWindow {
  return window;
}

/** Bins and what each adds to PSI, new levels, and what is said to be broken. */
export async function readFeatureDistribution(
  own: InWindow,
  asked: FeatureInWindow,
): ReturnType<Inspections['distribution']> {
  const found = await findWindowOf(own.pool, asked);
  if (!found.ok) return found;
  const window = found.value;
  const minCount = own.specOf(window.model)?.minCount;
  const { segment, feature } = asked;
  const [columns = []] = await loadComparisons(own.pool, [
    { windowId: window.id, series: 'closed', segment },
  ]);
  const comparison =
    columns.find(([subject, { name }]) => subject === 'feature' && name === feature)?.[1] ?? null;
  const measured = await findMeasuredCells(own.pool, window.id, asked);
  const described = await counted(own, window, asked, (profile) => {
    const distribution = describeDistribution({ comparison, measured, counted: profile }, minCount);
    return (
      distribution && {
        ...distribution,
        new_levels: profile === null ? null : newLevelsOf(profile, minCount),
      }
    );
  });
  if (described === null) return noFeature(asked);
  const faults = await listFaultsOf(own.pool, window.id, asked);
  return ok({ window: shownWindow(window), ...described, faults });
}

export async function readFeatureCdf(own: InWindow, asked: FeatureInWindow): ReturnType<Inspections['cdf']> {
  const found = await findWindowOf(own.pool, asked);
  if (!found.ok) return found;
  const measured = await findMeasuredCells(own.pool, found.value.id, asked);
  const described = await counted(own, found.value, asked, (profile) =>
    profile === null && measured === null ? null : describeCdf(profile, measured),
  );
  return described === null ? noFeature(asked) : ok({ window: shownWindow(found.value), ...described });
}

/** What a fault's fitted transformation did to the values, and these turned back. */
export async function readFeatureTransformation(
  own: InWindow,
  asked: FeatureInWindow,
): ReturnType<Inspections['transformation']> {
  const found = await findWindowOf(own.pool, asked);
  if (!found.ok) return found;
  const window = found.value;
  const faults = await listFaultsOf(own.pool, window.id, asked);
  await own.counts.keepUp();
  const reference = await own.counts.referenceOf(window.baseline, asked.feature);
  const values =
    faults.length === 0 || reference?.kind !== 'numeric' ? [] : await sampledValues(own, window, asked);
  return ok({ window: shownWindow(window), ...describeTransformation(faults, reference, values) });
}

async function sampledValues(
  { pool, references, specOf }: InWindow,
  window: InspectedWindow,
  { feature, segment }: FeatureInWindow,
): Promise<number[]> {
  const reference = await references.of(window.baseline);
  const members = await loadMembers(pool, window, {
    spec: specOf(window.model),
    reference,
    most: SAMPLED_ROWS,
  });
  return members
    .filter(({ segments }) => segment === '' || segments.includes(segment))
    .flatMap(({ features }) => {
      const value = features.get(feature);
      return typeof value === 'number' && Number.isFinite(value) ? value : [];
    });
}

/** What `describe` makes of the counts of the feature in a window; null where none are stored. */
async function counted<T>(
  { counts, specOf }: InWindow,
  { id, baseline, task, model }: InspectedWindow,
  { feature, segment }: FeatureInWindow,
  describe: (profile: FeatureProfile | null) => T,
): Promise<T> {
  const key = { feature, segment, task, minCount: specOf(model)?.minCount };
  await counts.keepUp();
  const described: T[] = [];
  await counts.each([{ baseline, ids: [id] }], key, (_, profile) => {
    described.push(describe(profile));
  });
  return described[0] as T;
}
