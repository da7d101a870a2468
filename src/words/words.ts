/** What the closed words of findings and decisions are called when people read them. */
import type { MutedFeature } from '../core/alerts/alert-hold.ts';
import type { EvaluationSeries } from '../core/evaluation-series.ts';
import type { Advice, ShiftKind, VerdictKind } from '../core/findings.ts';
import type { Severity } from '../core/alerts/severity.ts';
import type { Fault } from '../core/faults.ts';
import type { InsteadOf, NotificationKind } from '../core/jobs.ts';
import type { RetrainOutcomeKind } from '../core/retrain/retrain.ts';

export const SHIFT_WORDS: Readonly<Record<ShiftKind, string>> = {
  covariate_shift: 'covariate shift',
  label_shift: 'label shift',
  concept_drift: 'concept drift',
  data_fault: 'data fault',
};

/** Of what people hear of in an incident about a shift. */
export const TOLD_WORDS: Readonly<Record<ShiftKind | 'performance_loss', string>> = {
  ...SHIFT_WORDS,
  performance_loss: 'loss of performance',
};

export const VERDICT_WORDS: Readonly<Record<VerdictKind, string>> = {
  ...SHIFT_WORDS,
  none: 'no shift',
  mixed: 'mixed shift',
  undetermined: 'undetermined',
};

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  none: '',
  info: 'info',
  warning: 'warning',
  critical: 'critical',
};

export const FAULT_WORDS: Readonly<Record<Fault, string>> = {
  unit_change: 'unit changed',
  missing_spike: 'values missing',
  constant_value: 'stuck at one value',
  sentinel_fill: 'filled with a placeholder',
  category_rename: 'category renamed',
  type_change: 'type changed',
  out_of_range: 'out of range',
  swapped_columns: 'columns swapped',
  sign_flip: 'sign flipped',
  clock_shift: 'clock shifted',
  levels_exchanged: 'levels exchanged',
  labels_inverted: 'labels inverted',
  labels_lost: 'labels lost',
  misaligned_join: 'rows joined wrongly',
  duplicated_rows: 'rows logged twice',
  lost_rows: 'rows lost',
  clipped: 'values clipped',
  rounded: 'values rounded',
  noise: 'sensor noisy',
};

export const KIND_WORDS: Readonly<Record<NotificationKind, string>> = {
  firing: 'Alert',
  reminder: 'Still open',
  resolved: 'Resolved',
  corrected: 'Corrected',
  retrain_failed: 'Retraining failed',
  retrain_silent: 'Retraining silent',
  retrain_recovered: 'Retraining heard of',
  retrain_outcome: 'Retraining judged',
  retrain_awaiting_approval: 'Retraining waits for approval',
  retrain_expired: 'Retraining not approved',
  retrain_dry_run: 'Retraining, dry run',
  log_incident: 'Events missing',
  endpoint_disabled: 'Channel gone',
  test: 'Test',
  digest: 'Digest',
};

/** As the badge of a message. */
export const OUTCOME_WORDS: Readonly<Record<RetrainOutcomeKind, string>> = {
  fixed: 'Retraining has fixed it',
  not_fixed: 'Retraining has not fixed it',
  worse: 'Retraining made it worse',
  kept: 'Retraining: nothing had been lost',
  too_early: 'Retraining: too early to say',
  undecided: 'Retraining: nobody can say',
};

export const SERIES_WORDS: Readonly<Record<EvaluationSeries, string>> = {
  closed: 'inputs and predictions, before labels',
  matured: 'with mature labels',
};

/** Why a notification comes by another channel; what happened follows in brackets. */
export const INSTEAD_WORDS: Readonly<Record<InsteadOf['reason'], string>> = {
  undeliverable: 'it could not be delivered there',
  server_down: 'its mail server has not answered for too long',
  all_unsubscribed: 'nobody there wants mails any more',
};

export interface AdviceWords {
  readonly title: string;
  readonly text: string;
}

/** `none` needs no words. */
export const ADVICE_WORDS: Readonly<Record<Advice, AdviceWords | null>> = {
  none: null,
  watch: {
    title: 'Watch',
    text: 'The inputs have moved, and it is not shown that the predictions have become worse. Nothing to repair tonight; look again with the next labels.',
  },
  fix_pipeline: {
    title: 'Fix the pipeline',
    text: 'The data is broken on its way to the model, not the world. Find what changed in the source of the features below. Retraining now would teach the model the fault.',
  },
  reweight: {
    title: 'Re-weight',
    text: 'The mix of outcomes has changed, the patterns behind them have not. Adjust the class priors or the decision threshold; a full retraining is not needed for this.',
  },
  recalibrate: {
    title: 'Recalibrate',
    text: 'Scores no longer mean what they used to. Fit the calibration anew on recent labels before trusting the probabilities.',
  },
  retrain: {
    title: 'Retrain',
    text: 'The relation between inputs and outcomes has changed. The model has to learn it from recent labelled data; until then treat its predictions with care.',
  },
};

/** Figures behind a verdict that have no name of their own outside the code; of the others the underscores are blanks. */
const STATISTIC_WORDS: ReadonlyMap<string, string> = new Map([
  ['ks_or_z', 'distance'],
  ['distance_or_chi_square', 'distance'],
  ['smallest_p', 'smallest of all'],
  ['score_test', 'χ²'],
  ['chi_square', 'χ²'],
  ['mixture_chi_square', 'share of positives in the nearest mix'],
  ['two_proportion_z', 'z'],
  ['g_test', 'G'],
  ['psi', 'PSI'],
  ['ks', 'KS'],
  ['label_test', 'test of labels'],
  ['log_likelihood_ratio', 'log likelihood ratio'],
  ['concept_part', 'by the relation'],
]);

/** @example statisticWords('standard_errors') // 'standard errors' */
export function statisticWords(statistic: string): string {
  return STATISTIC_WORDS.get(statistic) ?? statistic.replaceAll('_', ' ');
}

export const MUTED_WORDS: Readonly<Record<MutedFeature['reason'], string>> = {
  silenced: 'silenced',
  inhibited_by_no_data: 'no data comes',
  inhibited_by_schema_fault: 'the schema is broken',
  inhibited_by_data_fault: 'a fault of it is open',
};

const RETRAIN_REASONS: ReadonlyMap<string, string> = new Map([
  ['performance_drop', 'performance has dropped beyond the limit'],
  ['drift_firing', 'this kind of shift is configured to trigger it'],
  ['schedule_due', 'the schedule has come due'],
  ['asked_by_hand', 'somebody asked for it'],
  ['pipeline_fault', 'training on faulty data would make the fault permanent'],
  ['fault_open', 'an incident about faulty data is not over, and training would make the fault permanent'],
  ['no_trigger', 'none of the configured triggers applies'],
  ['open_run', 'a run is already under way'],
  ['cooldown', 'the last run is too recent'],
  ['weekly_cap', 'there were as many runs in seven days as there may be'],
  ['too_few_labels', 'there are not enough mature labels to train on'],
  ['approval_expired', 'nobody approved it in time'],
]);

const DECISION_REASONS: ReadonlyMap<string, string> = new Map([
  ['enough_windows', 'enough windows in a row showed a shift'],
  ['windows_together', 'the last windows together showed a shift that one is too small to show'],
  ['new_kind_confirmed', 'something else has been confirmed in an open incident'],
  ['consequence_confirmed', 'what could wait has begun to harm, in enough windows in a row'],
  ['part_over', 'a part of it is over'],
  ['labels_show_more', 'labels of that time are in, and show it too'],
  ['merged', 'it goes on as part of another incident: inputs and labels of one event are one incident now'],
  ['enough_clean_windows', 'enough windows in a row were clean again'],
  ['enough_empty_windows', 'no predictions came in enough windows in a row'],
  ['enough_windows_with_rows', 'predictions came in enough windows in a row'],
  ['not_watched', 'alerts.no_data is now false for this model'],
  ['enough_breached_windows', 'enough windows in a row were beyond a limit or worse than usual'],
  ['enough_windows_without_breach', 'enough windows in a row were within limits and as usual again'],
  ['told_shift_gone', 'what came later has changed the verdict on this window'],
  ['told_kind_gone', 'what came later has changed the verdict on this window'],
  ['resolution_withdrawn', 'the window that ended the incident does show a shift, by what came later'],
  ['by_person', 'somebody said so'],
  ['resolved_by_hand', 'somebody has closed it'],
  ['expected', 'somebody has said that it was expected'],
  ['replaced', 'a retrained version has taken its place'],
  ['version_replaced', 'a retrained version has taken its place'],
  ['closed_by_hand', 'it ended before the incident was closed'],
  ['due', 'the incident is still open and its reminder is due'],
  ['silence_ended', 'the silence that held it back has ended'],
  ['mute_ended', 'the hours in which nothing is sent have ended'],
  ['inhibition_ended', 'the incident that held it back is over'],
  ['snooze_ended', 'the incident is still open and its snooze has ended'],
  ['acknowledgement_ended', 'the incident is still open and nobody looks after it any more'],
]);

/** Words of a retrain decision; a word that is not known is shown as it is. */
export function retrainReason(reason: string): string {
  return RETRAIN_REASONS.get(reason) ?? reason.replaceAll('_', ' ');
}

export function decisionReason(reason: string): string {
  return DECISION_REASONS.get(reason) ?? reason.replaceAll('_', ' ');
}
