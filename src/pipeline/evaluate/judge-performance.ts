import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Performance } from '../../core/findings.ts';
import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { compareGroups, type CountedGroup } from '../../compare/compare-groups.ts';
import { compareHoldoutProfiles } from '../../compare/compare-holdout.ts';
import { withoutLabels } from '../../compare/estimation/estimate.ts';
import { withRealised } from '../../compare/estimation/refute-estimates.ts';
import { addEstimates } from '../../judge/add-estimates.ts';
import { SERVICE_POLICY } from '../../judge/policy.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { WHOLE } from '../../window/part-names.ts';

/** The estimates that a window's closed evaluation made, by segment. */
export type EarlierEstimates = ReadonlyMap<string, Pick<Performance, 'estimated' | 'estimated_labels'>>;

export interface PerformanceFacts {
  readonly series: EvaluationSeries;
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly minRows: number;
  readonly minLabelled: number;
  readonly segment: string;
  /** All rows of the window and segment, labelled or not. */
  readonly input: InputProfile;
  readonly labels: LabelProfile;
  /** The labelled rows on which nobody acted; null where none were held out. */
  readonly holdout: LabelProfile | null;
  readonly labelledReference: number;
  readonly samples: {
    readonly reference: Table | null;
    readonly current: Table | null;
  };
  readonly earlier: EarlierEstimates;
  /** Counted beside all rows; none beside a segment. */
  readonly groups: readonly CountedGroup[];
}

/**
 * Where rows were held out, only they tell how good the model is: of the others the outcome may be what it is because of
 * what the model said.
 */
export function decisiveLabels(labels: LabelProfile, holdout: LabelProfile | null): LabelProfile {
  return holdout !== null && holdout.labelled > 0 ? holdout : labels;
}

/**
 * What labels say of the model, beside what was expected before they came: on `closed` estimates are made, on `matured`
 * the ones that were made are kept, and what the labels refute is marked.
 */
export function judgePerformance(compared: Performance | null, facts: PerformanceFacts): Performance | null {
  const { series, labels, holdout } = facts;
  const { rows } = facts.input;
  const measured: Performance | null =
    compared === null
      ? null
      : {
          ...compared,
          labelled: { ...compared.labelled, share: rows > 0 ? Math.min(1, labels.labelled / rows) : 0 },
          mature: series === 'matured',
        };
  const held =
    holdout === null || holdout.labelled === 0
      ? null
      : compareHoldoutProfiles(labels, holdout, facts.positiveClass);
  const beside = measured === null || held === null ? measured : { ...measured, holdout: held };
  const estimated =
    series === 'closed'
      ? addEstimates(
          beside,
          { ...facts, ...facts.samples, isWhole: facts.segment === WHOLE, counted: facts.input },
          SERVICE_POLICY,
        )
      : withEarlierEstimates(beside, facts);
  return withGroups(estimated, facts);
}

/** Rates that need labels wait for them to be in. */
function withGroups(
  performance: Performance | null,
  { groups, series, positiveClass, labelledReference }: PerformanceFacts,
): Performance | null {
  const counted = series === 'closed' ? groups.map((group) => ({ ...group, labels: null })) : groups;
  const findings = compareGroups(counted, positiveClass);
  if (findings.length === 0) return performance;
  return { ...(performance ?? withoutLabels(labelledReference)), groups: findings };
}

function withEarlierEstimates(
  performance: Performance | null,
  { earlier, segment, labels, holdout, minLabelled }: PerformanceFacts,
): Performance | null {
  const made = earlier.get(segment);
  if (performance === null || made === undefined) return performance;
  const { label, labelled } = decisiveLabels(labels, holdout);
  const byClass =
    label.kind === 'numeric' ? null : { labelled, rowsOf: (name: string) => label.rowsOf(name) };
  return withRealised(performance, made, byClass, minLabelled);
}
