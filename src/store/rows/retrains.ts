import { z } from 'zod';
import type { RetrainOutcome } from '../../core/retrain/retrain.ts';
import { count, id, interval, time } from './cells.ts';
import type { Twin } from './held-to-core.ts';
import * as words from './words.ts';

export const retrainRow = z
  .object({
    id: z.uuid(),
    model: z.string(),
    version: z.string(),
    state: words.retrainState,
    trigger: words.retrainTrigger,
    reason: z.string(),
    webhook: z.string(),
    window_id: id.nullable(),
    requested_at: time,
    sent_at: time.nullable(),
    closed_at: time.nullable(),
    /** The training pipeline's own name for the run. */
    external_id: z.string().nullable(),
    new_version: z.string().nullable(),
    detail: z.string().nullable(),
    heard_at: time.nullable().describe('The newest report, or answer to being asked.'),
    silent_at: time.nullable().describe('Given up because nothing was heard of it for too long.'),
    /** Null until it is judged. */
    outcome: words.retrainOutcome.nullable().describe('Whether it has fixed what it was asked for.'),
    outcome_reason: words.retrainOutcomeReason.nullable(),
    in_trouble: z.boolean().describe('An incident of this run is open.'),
    requested_by: z.string().nullable().describe('Who asked, of requests made by hand.'),
    expires_at: time.nullable().describe('Until when it may be approved; null: it needs no approval.'),
    decided_by: z.string().nullable(),
    decided_at: time.nullable(),
    decision_comment: z.string().nullable(),
  })
  .meta({ id: 'RetrainRun' });
export type RetrainRow = z.infer<typeof retrainRow>;

const point = z.object({
  metric: z.string(),
  value: z.number(),
  step: z.number().nullable(),
  epoch: z.number().nullable(),
  elapsed_s: z.number().describe('As reported, else since the request was taken.'),
  energy_j: z.number().nullable(),
  cost: z.number().nullable(),
});
export type RetrainPoint = z.infer<typeof point>;

const reached = z
  .object({
    elapsed_s: z.number(),
    energy_j: z.number().nullable(),
    cost: z.number().nullable(),
  })
  .nullable()
  .describe('Time, energy and cost to the target; null while it is not reached.');
export type RetrainReach = NonNullable<z.infer<typeof reached>>;

/** The run's curve, and how long it took to be good enough. */
const progress = z.object({
  points: z.array(point).describe('In order of time.'),
  target: z
    .object({
      metric: z.string(),
      value: z.number(),
      better: z.enum(['higher', 'lower']),
      source: z.enum(['config', 'baseline']),
    })
    .nullable(),
  reached,
  /** Of those that reported the metric. */
  earlier: z
    .array(z.object({ run_id: z.uuid(), version: z.string(), requested_at: time, reached }))
    .describe('The same target in earlier runs of the model, newest first.'),
});
export type RetrainProgress = z.infer<typeof progress>;

const incident = z.object({
  kind: words.retrainIncidentKind,
  reason: z.string(),
  opened_at: time,
  resolved_at: time.nullable(),
  resolution: words.retrainResolution.nullable(),
});
export type RetrainIncidentRow = z.infer<typeof incident>;

const outcomeFigure = z
  .object({
    version: z.string(),
    value: z.number(),
    interval: interval.describe('95 %.'),
    labelled: count,
    windows: count,
  })
  .nullable();

const outcomeDetails: Twin<Omit<RetrainOutcome, 'outcome' | 'reason'>> = z.object({
  summary: z.string(),
  metric: z.string().nullable(),
  basis: z.enum(['side_by_side', 'before']).nullable(),
  new: outcomeFigure,
  old: outcomeFigure,
  reference: z.number().nullable().describe('What the old version reached on its training data.'),
  limit: z.number().nullable().describe('On its far side the loss is back.'),
  difference: z
    .object({ value: z.number(), interval, p_value: z.number().nullable() })
    .nullable()
    .describe('New less old.'),
  evidence: z.array(
    z.object({
      claim: z.string(),
      statistic: z.string(),
      value: z.number().nullable(),
      p_value: z.number().nullable(),
    }),
  ),
});

export const retrainDetail = retrainRow
  .extend({
    request: z.unknown().describe('What was asked of the training pipeline.'),
    metrics: z.unknown().describe('What it reported back.'),
    progress,
    incidents: z.array(incident),
    /** Of the new version; null without one. */
    new_baseline: z
      .object({
        exists: z.boolean(),
        command: z.string().nullable().describe('Gives the new version the baseline it lacks.'),
      })
      .nullable(),
    outcome_at: time.nullable(),
    outcome_details: outcomeDetails.nullable(),
  })
  .meta({ id: 'RetrainRunDetail' });
export type RetrainDetail = z.infer<typeof retrainDetail>;
