import type { Inspections } from '../../api/inspections.ts';
import { namedCounts } from '../../compare/assess.ts';
import { effectOf } from '../../compare/effect.ts';
import { measuredCounts, measureProfile } from '../../compare/measures/measure-profile.ts';
import { judgedCounts, judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import { fail, ok } from '../../core/result.ts';
import { rareAsOne } from '../../judge/privacy/rare-levels.ts';
import { psi } from '../../stats/distances/psi.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadFeatureComparisons } from '../../store/history/comparisons.ts';
import {
  findInspectedWindow,
  type InspectedWindow,
} from '../../store/read-models/screens/feature-windows.ts';
import {
  listMeasuredFeatures,
  type MeasuredInWindow,
} from '../../store/read-models/screens/measured-features.ts';
import { findSurroundings } from '../../store/read-models/screens/window-inspection.ts';
import { findVerdict } from '../../store/read-models/verdicts.ts';
import { findWindow } from '../../store/read-models/windows.ts';
import type { WindowInspection } from '../../store/rows/inspection.ts';
import { loadPartsOf } from '../../store/windows/window-parts.ts';
import { newInputs, readInputs } from '../../window/part-profiles.ts';
import { WHOLE } from '../../window/part-names.ts';
import { binName } from '../../words/bin-name.ts';
import type { BaselineReferences } from '../history/baseline-references.ts';
import { sumReadable } from '../windows/readable-parts.ts';
import { effectOfCells } from './effect-of-cells.ts';
import { namedCells } from './shown-levels.ts';

type Feature = WindowInspection['features'][number];

/** A window with all that is said of it. Of one that is open: what was counted so far, not judged. */
export async function inspectWindow(
  {
    db,
    references,
    minCountOf,
  }: {
    readonly db: Queryable;
    readonly references: BaselineReferences;
    readonly minCountOf: (model: string) => number | undefined;
  },
  id: string,
): ReturnType<Inspections['window']> {
  const [window, inspected, around] = [
    await findWindow(db, id),
    await findInspectedWindow(db, id),
    await findSurroundings(db, id),
  ];
  if (window === null || inspected === null || around === null)
    return fail({ reason: 'not_found', detail: `There is no window ${id}.` });
  const { closed, matured, ...beside } = around;
  const minCount = minCountOf(window.model);
  return ok({
    window,
    provisional: window.state === 'open',
    counts_kept: inspected.counts_kept,
    verdicts: {
      closed: closed === null ? null : await findVerdict(db, closed),
      matured: matured === null ? null : await findVerdict(db, matured),
    },
    ...beside,
    features: await featuresOf(db, references, inspected, minCount),
  });
}

async function featuresOf(
  db: Queryable,
  references: BaselineReferences,
  window: InspectedWindow,
  minCount: number | undefined,
): Promise<Feature[]> {
  const compared = await loadFeatureComparisons(db, window.id, WHOLE);
  if (compared.length > 0) return compared.map(ofComparison);
  const measured = await listMeasuredFeatures(db, window.id);
  if (measured.length > 0) return measured.map((each) => ofCells(each, minCount));
  return await countedFeatures(db, references, window, minCount);
}

function ofComparison(comparison: FeatureComparison): Feature {
  const { name, kind, status, severity, drifted, reason, faults, q_value, missing, counts, cycle } =
    comparison;
  return {
    name,
    kind,
    status,
    severity,
    drifted,
    reason,
    faults,
    q_value,
    missing,
    effect: effectOf(comparison),
    psi: judgedPsi(comparison),
    bins: counts === undefined ? [] : binsOf(cycle === undefined ? counts : judgedCounts(counts)),
  };
}

function ofCells(
  { cells, ks: _ks, overdispersion: _spread, ...feature }: MeasuredInWindow,
  minCount?: number,
): Feature {
  return {
    ...feature,
    effect: effectOfCells({ kind: feature.kind, psi: feature.psi, ks: _ks, overdispersion: _spread, cells }),
    bins: cells === null ? [] : binsOf(namedCells(cells, feature.kind === 'categorical', minCount)),
  };
}

function binsOf(counts: BinnedCounts): Feature['bins'] {
  const sumOf = (rows: readonly number[]): number => rows.reduce((sum, count) => sum + count, 0) || 1;
  const [n, m] = [sumOf(counts.reference), sumOf(counts.current)];
  return counts.bins.map((_, at) => ({
    label: binName(counts.bins, at),
    reference: (counts.reference[at] ?? 0) / n,
    current: (counts.current[at] ?? 0) / m,
  }));
}

/** What was counted of the features of a window that nobody has judged. */
async function countedFeatures(
  db: Queryable,
  references: BaselineReferences,
  { id, baseline, task }: InspectedWindow,
  minCount: number | undefined,
): Promise<Feature[]> {
  await references.keepUp();
  const reference = await references.of(baseline);
  const parts = await loadPartsOf(db, [id], { segment: WHOLE, kind: 'input' });
  const { sum } = sumReadable(parts, reference, task, (some): InputProfile => {
    const all = newInputs(WHOLE, reference, task);
    for (const { segment, delta } of some) {
      const part = readInputs(segment, delta, reference, task);
      all.merge(part);
      part.release();
    }
    return all;
  });
  const features = sum.features.map((profile) => ofCounts(profile, minCount));
  sum.release();
  return features;
}

function ofCounts(profile: FeatureProfile, minCount: number | undefined): Feature {
  const { reference, rows, missing } = profile;
  const all = measuredCounts(profile);
  const counts = minCount === undefined ? all : rareAsOne(namedCounts(measureProfile(profile), { minCount }));
  const moved = psi(all.reference, all.current);
  return {
    name: reference.name,
    kind: profile.kind,
    status: 'insufficient',
    severity: 'none',
    drifted: false,
    reason: 'not_judged_yet',
    faults: [],
    effect: effectOf({ counts: all, metrics: { psi: moved } }),
    psi: moved,
    q_value: null,
    missing: {
      reference: reference.rows > 0 ? reference.missing / reference.rows : 0,
      current: rows > 0 ? missing / rows : 0,
    },
    bins: binsOf(counts),
  };
}
