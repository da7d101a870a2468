/** The closed sets of words in rows, as schemas. */
import { z } from 'zod';
import { HOLD_REASONS } from '../../core/alerts/alert-hold.ts';
import { ALERT_CAUSES, type AlertKind, INCIDENT_KINDS, SERIES_STATES } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { LogEventType } from '../../core/events/events.ts';
import { type Advice, type FeatureStatus, VERDICTS } from '../../core/findings.ts';
import { FAULTS } from '../../core/faults.ts';
import type { ShiftKind } from '../../core/findings.ts';
import { SEVERITIES, type Severity } from '../../core/alerts/severity.ts';
import { DELIVERY_KINDS, DELIVERY_STATES, RETRAIN_TRIGGERS } from '../../core/jobs.ts';
import type { Task } from '../../core/model.ts';
import { OPERATION_KINDS } from '../../core/operational.ts';
import { RETRAIN_OUTCOME_REASONS, RETRAIN_OUTCOMES } from '../../core/retrain/retrain.ts';
import { RETRAIN_STATES } from '../../core/retrain/state.ts';
import type { FeatureKind } from '../../core/table.ts';
import type { Words } from './held-to-core.ts';

export const task: Words<Task> = z.enum(['classification', 'regression']);
export const series: Words<EvaluationSeries> = z
  .enum(['closed', 'matured'])
  .describe('`closed`: inputs and faults, when the window closed. `matured`: with labels.');
export const versionState = z.enum(['active', 'shadow', 'retired']);
export const windowState = z.enum(['open', 'closed', 'matured']);
export const alertState = z.enum(['pending', 'firing', 'recovering', 'resolved']);
export const silenceState = z.enum(['pending', 'active', 'expired']);
export const holdReason = z.enum(HOLD_REASONS);
export const incidentKind = z.enum(INCIDENT_KINDS);
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
export const deliveryKind = z.enum(DELIVERY_KINDS);
export const deliveryState = z.enum(DELIVERY_STATES);
export const endpointSection = z.enum(['channels', 'webhooks']);
export const eventType: Words<LogEventType> = z.enum(['prediction', 'features', 'label']);
export const subject = z.enum(['feature', 'prediction', 'score', 'label']);
export const featureKind: Words<FeatureKind> = z.enum(['numeric', 'categorical', 'boolean']);
export const featureStatus: Words<FeatureStatus> = z.enum(['ok', 'drift', 'fault', 'insufficient']);
export const severity: Words<Severity> = z.enum(SEVERITIES);
export const fault = z.enum(FAULTS);
export const verdictKind = z.enum(VERDICTS);
export const shiftKind: Words<ShiftKind> = z.enum([
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
]);
export const alertKind: Words<AlertKind> = z.enum([
  ...shiftKind.options,
  ...OPERATION_KINDS,
  'performance_loss',
  'no_data',
]);
export const advice: Words<Advice> = z.enum([
  'none',
  'watch',
  'fix_pipeline',
  'reweight',
  'recalibrate',
  'retrain',
]);

export type RetrainIncidentKind = z.infer<typeof retrainIncidentKind>;
export type RetrainResolution = z.infer<typeof retrainResolution>;
export type EndpointSection = z.infer<typeof endpointSection>;
