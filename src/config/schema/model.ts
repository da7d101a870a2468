import { z } from 'zod';
import { SEASONS } from '../../core/findings.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { DEFAULT_CLEAR_SHARE } from '../../core/model.ts';
import { durationMs, durationText } from '../duration.ts';
import { isCron } from './cron.ts';
import { operationalSchema, versionsSchema } from './operational.ts';
import { muteSchema } from './mute.ts';
import { dataName, duration, referenceName } from './values.ts';

/** Longest default wait; a shorter window waits as long as it is. */
const DEFAULT_GRACE_MS = 10 * MINUTE_MS;

const windowSchema = z
  .strictObject({
    rows: z.int().min(2).max(1_000_000_000).optional().meta({
      description: 'windows of at least so many rows, made of whole stretches of `size`',
    }),
    size: duration({ minMs: SECOND_MS, maxMs: 366 * DAY_MS }),
    grace: duration({ minMs: 0 }).optional().meta({
      description: 'wait for late rows before closing; by default 10m, or the size if that is shorter',
    }),
    accept_late: duration({ minMs: 0 })
      .default('7d')
      .meta({ description: 'how long after its end a window is still revised' }),
  })
  .transform((window) => ({
    ...window,
    grace: window.grace ?? durationText(Math.min(DEFAULT_GRACE_MS, durationMs(window.size))),
  }));

const labelsSchema = z.strictObject({
  horizon: duration({ minMs: SECOND_MS })
    .default('30d')
    .meta({ description: 'labels later than this are not joined' }),
  mature_after: duration({ minMs: 0 })
    .default('7d')
    .meta({ description: 'age at which a window is judged by its labels' }),
  mature_early: z.boolean().default(false).meta({
    description: 'judge a window before `mature_after` once history says that its labels are all in',
  }),
  min_labelled: z.int().min(1).default(200),
});

const alertsSchema = z.strictObject({
  for: z
    .int()
    .min(1)
    .max(1000)
    .default(2)
    .meta({ description: 'consecutive windows before people are told' }),
  remind_every: duration({ minMs: MINUTE_MS }).default('24h'),
  // Half a threshold is what chance reaches now and then: an incident that waits for less would not end.
  clear: z.number().min(0.5).max(1).default(DEFAULT_CLEAR_SHARE).meta({
    description:
      'share of every threshold that a window must stay below to count as clean in an open incident',
  }),
  no_data: z
    .boolean()
    .default(true)
    .meta({ description: 'whether windows in which nothing came are an incident' }),
  channels: z.array(referenceName).default([]),
  mute: z
    .array(muteSchema)
    .default([])
    .meta({ description: 'when nobody is told anything of this model, beside `alerts.mute` of the file' }),
});

/** Those of docs/performance-metrics.md; which of a classifier's a model has depends on its classes and scores. */
export const PERFORMANCE_METRICS = {
  classification: [
    'accuracy',
    'precision',
    'recall',
    'f1',
    'specificity',
    'precision_macro',
    'precision_weighted',
    'recall_macro',
    'recall_weighted',
    'f1_macro',
    'f1_weighted',
    'roc_auc',
    'pr_auc',
    'log_loss',
    'brier',
    'ece',
  ],
  regression: ['mae', 'rmse', 'mape', 'r2', 'bias'],
} as const;

const triggersSchema = z.strictObject({
  schedule: z
    .string()
    .refine(isCron, { error: 'expected five cron fields that name a real time, such as "0 3 1 * *"' })
    .optional(),
  performance: z
    .strictObject({
      metric: z.enum([...PERFORMANCE_METRICS.classification, ...PERFORMANCE_METRICS.regression]),
      drop: z
        .number()
        .positive()
        .meta({ description: 'how much worse than the baseline, in the metric’s own unit' }),
    })
    .optional(),
  drift: z.array(z.enum(['covariate_shift', 'label_shift', 'concept_drift'])).default([]),
});

const retrainSchema = z.strictObject({
  webhook: referenceName,
  triggers: triggersSchema,
  cooldown: duration({ minMs: 0 }).default('24h'),
});

/** 1 and true come from YAML unquoted; `classLabel` makes one spelling of them later. */
const classSchema = z.union([z.string().min(1), z.number(), z.boolean()]);

export const modelSchema = z.strictObject({
  name: dataName,
  task: z.enum(['classification', 'regression']),
  positive_class: classSchema.optional().meta({ description: 'the class whose probability `score` is' }),
  windows: z
    .array(windowSchema)
    .min(1)
    .prefault([{ size: '1h' }]),
  segments: z.array(dataName).default([]),
  groups: z
    .array(dataName)
    .default([])
    .meta({ description: 'features that hold groups to be treated fairly' }),
  min_rows: z.int().min(1).default(200),
  labels: labelsSchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  retrain: retrainSchema.optional(),
  operational: operationalSchema.optional(),
  versions: versionsSchema.optional(),
  features_from: z.enum(['prediction', 'features']).default('prediction'),
  store_predictions: z.boolean().optional(),
  sampling: z.number().gt(0).max(1).optional().meta({
    description: 'share of the predictions that are stored, by hash of their id; counts are of all',
  }),
  seasonal: z.enum(SEASONS).optional().meta({
    description: 'windows are compared with those of the same season in the past, too',
  }),
  multivariate: z
    .boolean()
    .default(true)
    .meta({ description: 'whether windows are also compared by all features together' }),
});
