import type { GroupFinding, GroupRate } from '../core/findings.ts';
import type { CategoricalColumn, Column, Table } from '../core/table.ts';
import { groupCountsOf, groupRates } from '../stats/performance/group-rates.ts';
import type { GroupCounts, RateDifference } from '../stats/performance/group-rates.ts';
import type { FeatureProfile } from '../stats/profile/feature-profile.ts';
import type { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';

/** One group as it was counted: its predictions, and its labelled rows where there are some. */
export interface CountedGroup {
  readonly feature: string;
  readonly group: string;
  readonly prediction: FeatureProfile;
  readonly labels: LabelProfile | null;
}

/**
 * How the groups of each feature fare beside everyone else: selection rate of all predictions; true- and false-positive
 * rate of the labelled ones, absent while there are none. Empty without a positive class: nobody is selected then.
 * Cost: O(groups · classes²).
 */
export function compareGroups(groups: readonly CountedGroup[], positiveClass: string | null): GroupFinding[] {
  if (positiveClass === null) return [];
  return [...Map.groupBy(groups, ({ feature }) => feature)].flatMap(([feature, own]) =>
    findingsOf(
      feature,
      own.map(({ group, prediction, labels }) => ({
        group,
        labelled: labels?.labelled ?? 0,
        counts: countsOf(prediction, labels, positiveClass),
      })),
    ),
  );
}

function countsOf(
  prediction: FeatureProfile,
  labels: LabelProfile | null,
  positiveClass: string,
): GroupCounts {
  const performance = labels?.performance ?? null;
  const known =
    performance?.task === 'classification'
      ? groupCountsOf({ classes: performance.classes, counts: performance.confusion }, positiveClass)
      : NONE;
  // What was predicted is known of every row, labelled or not.
  return { ...known, rows: prediction.n, selected: rowsOfClass(prediction, positiveClass) };
}

const NONE = { positives: 0, truePositives: 0, negatives: 0, falsePositives: 0 };

function rowsOfClass(prediction: FeatureProfile, name: string): number {
  return prediction.kind === 'numeric' ? 0 : prediction.rowsOf(name);
}

/** The same from rows. A row of no group is nobody's, not one of the others. Cost: O(rows). */
export function compareTableGroups(
  feature: string,
  groups: readonly { readonly group: string; readonly rows: Int32Array }[],
  { prediction, label }: Pick<Table, 'prediction' | 'label'>,
  positiveClass: string | null,
): GroupFinding[] {
  if (positiveClass === null || !isClasses(prediction)) return [];
  const said = positives(prediction, positiveClass);
  const truth = isClasses(label) ? positives(label, positiveClass) : null;
  return findingsOf(
    feature,
    groups.map(({ group, rows }) => countRows(group, rows, said, truth)),
  );
}

function isClasses(column: Column | null): column is CategoricalColumn {
  return column !== null && column.kind !== 'numeric';
}

/** 1 of the class, 0 of another, −1 of none. */
function positives({ codes, levels }: CategoricalColumn, name: string): Int8Array {
  const at = levels.indexOf(name);
  return Int8Array.from(codes, (code) => (code < 0 ? -1 : code === at ? 1 : 0));
}

interface CountedRows {
  readonly group: string;
  readonly labelled: number;
  readonly counts: GroupCounts;
}

function countRows(group: string, rows: Int32Array, said: Int8Array, truth: Int8Array | null): CountedRows {
  const counts = { rows: 0, selected: 0, positives: 0, truePositives: 0, negatives: 0, falsePositives: 0 };
  let labelled = 0;
  for (const row of rows) {
    const predicted = said[row] ?? -1;
    const label = truth?.[row] ?? -1;
    if (label >= 0) labelled += 1;
    if (predicted < 0) continue;
    counts.rows += 1;
    counts.selected += predicted;
    if (label === 1) {
      counts.positives += 1;
      counts.truePositives += predicted;
    } else if (label === 0) {
      counts.negatives += 1;
      counts.falsePositives += predicted;
    }
  }
  return { group, labelled, counts };
}

function findingsOf(feature: string, groups: readonly CountedRows[]): GroupFinding[] {
  const rates = groupRates(new Map(groups.map(({ group, counts }) => [group, counts])));
  const hasLabels = groups.some(({ labelled }) => labelled > 0);
  return groups.map(({ group, labelled, counts }) => {
    const own = [...(rates.get(group) ?? [])].filter(([rate]) => hasLabels || rate === 'selection_rate');
    return {
      feature,
      group,
      rows: counts.rows,
      labelled,
      rates: Object.fromEntries(own.map(([rate, difference]) => [rate, asRate(difference)])),
    };
  });
}

function asRate(rate: RateDifference): GroupRate {
  const pair = (interval: readonly [number, number] | null): [number, number] | null =>
    interval === null ? null : [interval[0], interval[1]];
  return {
    value: rate.value,
    interval: pair(rate.interval),
    others: rate.others,
    difference: rate.difference,
    difference_interval: pair(rate.differenceInterval),
    p_value: rate.pValue !== null && Number.isFinite(rate.pValue) ? rate.pValue : null,
  };
}
