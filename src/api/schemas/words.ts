/** The closed sets of words on the wire, as schemas. */
import { z } from 'zod';
import { HOLD_REASONS } from '../../core/alerts/alert-hold.ts';
import { ALERT_CAUSES, SERIES_STATES } from '../../core/alerts/alert.ts';
import { FAULTS, VERDICTS } from '../../core/findings.ts';
import { RETRAIN_TRIGGERS } from '../../core/jobs.ts';
import { OPERATION_KINDS } from '../../core/operational.ts';
import { RETRAIN_OUTCOME_REASONS, RETRAIN_OUTCOMES } from '../../core/retrain/retrain.ts';
import { RETRAIN_STATES } from '../../core/retrain/state.ts';

export const task = z.enum(['classification', 'regression']);
export const series = z
  .enum(['closed', 'matured'])
  .describe('`closed`: inputs and faults, when the window closed. `matured`: with labels.');
export const versionState = z.enum(['active', 'shadow', 'retired']);
export const windowState = z.enum(['open', 'closed', 'matured']);
export const alertState = z.enum(['pending', 'firing', 'recovering', 'resolved']);
export const silenceState = z.enum(['pending', 'active', 'expired']);
export const holdReason = z.enum(HOLD_REASONS);
export const alertCause = z
  .enum(ALERT_CAUSES)
  .describe('What an incident is about: the data, that none comes, or how predictions are made.');
export const seriesState = z
  .enum(SERIES_STATES)
  .describe('Without an open incident, what the newest decided window said.');
export const retrainState = z.enum(RETRAIN_STATES);
export const retrainTrigger = z.enum(RETRAIN_TRIGGERS);
export const retrainOutcome = z.enum(RETRAIN_OUTCOMES);
export const retrainOutcomeReason = z.enum(RETRAIN_OUTCOME_REASONS);
export const retrainIncidentKind = z.enum(['undeliverable', 'failed', 'silent']);
export const retrainResolution = z.enum(['reported', 'later_run_succeeded']);
export const subject = z.enum(['feature', 'prediction', 'score', 'label']);
export const featureKind = z.enum(['numeric', 'categorical', 'boolean']);
export const featureStatus = z.enum(['ok', 'drift', 'fault', 'insufficient']);
export const severity = z.enum(['none', 'notice', 'warn', 'alarm']);
export const fault = z.enum(FAULTS);
export const verdictKind = z.enum(VERDICTS);
export const shiftKind = z.enum(['covariate_shift', 'label_shift', 'concept_drift', 'data_fault']);
export const alertKind = z.enum([...shiftKind.options, ...OPERATION_KINDS, 'no_data']);
export const advice = z.enum(['none', 'watch', 'fix_pipeline', 'reweight', 'recalibrate', 'retrain']);
