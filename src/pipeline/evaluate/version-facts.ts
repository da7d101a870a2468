import {
  addQuality,
  type GroupSelection,
  type QualityCounts,
  type VersionFacts,
} from '../../compare/version-figures.ts';
import type { ModelSpec } from '../../core/model.ts';
import { decodeOperation } from '../../stats/profile/operational-codec.ts';
import { OperationalProfile } from '../../stats/profile/operational-profile.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { loadBaselineProfile } from '../../store/evaluation/baselines.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import type { EvaluatedWindow, LabelPart, StoredVersion } from '../../store/evaluation/version-windows.ts';

/** What the windows of a version add up to. */
export function factsOf(
  { name, state, sizeBytes }: StoredVersion,
  windows: readonly EvaluatedWindow[],
  quality: QualityCounts | null,
  versionSizes: ModelSpec['versionSizes'],
): VersionFacts {
  const operation = new OperationalProfile();
  const groups = new Map<string, GroupSelection>();
  let seconds = 0;
  for (const window of windows) {
    operation.merge(decodeOperation(window.counts), 1);
    seconds += window.seconds;
    for (const group of window.groups) addGroup(groups, group, window.rows);
  }
  return {
    version: name,
    state,
    sizeBytes: versionSizes?.[name] ?? sizeBytes,
    windows: windows.length,
    seconds,
    operation,
    quality,
    groups,
  };
}

/** Shares are stored; the rows behind them are whole numbers, so that rounding gives them back. */
function addGroup(
  groups: Map<string, GroupSelection>,
  { feature, group, rows, rates }: EvaluatedWindow['groups'][number],
  all: number,
): void {
  const { value = null, others = null } = rates.selection_rate ?? {};
  if (value === null || others === null) return;
  const name = `${feature}=${group}`;
  const before = groups.get(name) ?? { selected: 0, rows: 0, othersSelected: 0, othersRows: 0 };
  const othersRows = Math.max(0, all - rows);
  groups.set(name, {
    selected: before.selected + Math.round(value * rows),
    rows: before.rows + rows,
    othersSelected: before.othersSelected + Math.round(others * othersRows),
    othersRows: before.othersRows + othersRows,
  });
}

/** Labelled rows by version. Windows of another baseline are added all the same: right and wrong are what they were. */
export async function qualityByVersion(
  db: Queryable,
  parts: readonly LabelPart[],
  task: ModelSpec['task'],
): Promise<Map<number, QualityCounts>> {
  const found = new Map<number, QualityCounts>();
  for (const [baselineId, ofBaseline] of Map.groupBy(parts, (part) => part.baselineId)) {
    const reference: ReferenceProfile | null =
      baselineId === null ? null : decodeReference(await loadBaselineProfile(db, baselineId));
    for (const [version, ofVersion] of Map.groupBy(ofBaseline, (part) => part.modelVersionId)) {
      const labels = new LabelProfile(reference, task);
      for (const { delta } of ofVersion) labels.merge(LabelProfile.decode(delta, reference, task));
      const sum = addQuality(found.get(version) ?? null, labels.performance);
      if (sum !== null) found.set(version, sum);
    }
  }
  return found;
}
