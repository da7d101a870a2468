import type { ComparedWindow } from '../compare/compared-window.ts';
import { keptWith } from '../core/memory/remember.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { Table } from '../core/table.ts';
import { areBrief } from '../stats/habits/brief-levels.ts';
import { rowsInTime } from '../stats/habits/column-habits.ts';
import { judgedAgain } from './own-stretches.ts';

/**
 * Columns whose levels come and are gone in the reference, in order of its times: episodes, lots, campaigns. After its end there are others, the more of them the later, and how
 * many rows have which says nothing: none of its own windows shows that, since it has the names of all of them. None where it has no times. O(columns · rows), once a reference.
 */
export const columnsOfBriefLevels = keptWith((reference: Table): ReadonlySet<string> => {
  const inTime = rowsInTime(reference.timestampMs);
  const brief = reference.features.filter(
    (column) =>
      column.kind === 'categorical' &&
      areBrief(inTime.map((row) => column.codes[row] ?? -1).filter((code) => code >= 0)),
  );
  return new Set(brief.map(({ name }) => name));
});

/** The same window, in which levels that come and are gone moved nothing. */
export function withoutBriefLevels(
  compared: ComparedWindow,
  brief: ReadonlySet<string>,
  settings: FeatureSettings,
): ComparedWindow {
  const features = compared.features.map((feature): FeatureComparison => {
    if (!brief.has(feature.name) || !feature.drifted || feature.p_value === null) return feature;
    const known = feature.overdispersion ?? {
      windows: 1,
      factor: 1,
      independent_p_value: feature.p_value,
      measured_rate: 0,
    };
    return { ...feature, p_value: 1, overdispersion: known };
  });
  return { ...compared, features: judgedAgain(compared.features, features, { features: settings }) };
}
