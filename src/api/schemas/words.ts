/** The closed sets of words on the wire, as schemas. */
import { z } from 'zod';
import { HOLD_REASONS } from '../../core/alert-hold.ts';
import { FAULTS, VERDICTS } from '../../core/findings.ts';

export const task = z.enum(['classification', 'regression']);
export const series = z
  .enum(['closed', 'matured'])
  .describe('`closed`: inputs and faults, when the window closed. `matured`: with labels.');
export const versionState = z.enum(['active', 'shadow', 'retired']);
export const windowState = z.enum(['open', 'closed', 'matured']);
export const alertState = z.enum(['pending', 'firing', 'recovering', 'resolved']);
export const silenceState = z.enum(['pending', 'active', 'expired']);
export const holdReason = z.enum(HOLD_REASONS);
export const retrainState = z.enum(['requested', 'sent', 'running', 'succeeded', 'failed', 'dead']);
export const retrainTrigger = z.enum(['schedule', 'performance', 'drift']);
export const subject = z.enum(['feature', 'prediction', 'score', 'label']);
export const featureKind = z.enum(['numeric', 'categorical', 'boolean']);
export const featureStatus = z.enum(['ok', 'drift', 'fault', 'insufficient']);
export const severity = z.enum(['none', 'notice', 'warn', 'alarm']);
export const fault = z.enum(FAULTS);
export const verdictKind = z.enum(VERDICTS);
export const shiftKind = z.enum(['covariate_shift', 'label_shift', 'concept_drift', 'data_fault']);
export const advice = z.enum(['none', 'watch', 'fix_pipeline', 'reweight', 'recalibrate', 'retrain']);
