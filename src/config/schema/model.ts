import { z } from 'zod';
import { SEASONS } from '../../core/findings.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { DEFAULT_CLEAR_SHARE } from '../../core/model.ts';
import { CONSEQUENCES, DEFAULT_PAGE } from '../../core/alerts/consequence.ts';
import { durationMs, durationText } from '../duration.ts';
import { isCron, isTimeOfDay } from './cron.ts';
import { featuresSchema } from './features.ts';
import { operationalSchema, versionsSchema } from './operational.ts';
import { modelRetentionSchema } from './retention.ts';
import { calendarSchema, muteSchema } from './mute.ts';
import { modelPrivacySchema } from './privacy.ts';
import { open } from './shown.ts';
import { dataName, duration, eventName, openText, referenceName } from './values.ts';

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
    accept_late: duration({ minMs: 0 }).default('7d').meta({
      description: 'how far beyond grace a row may lie below the newest event before it in its log',
    }),
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

const pageSchema = z
  .union([z.array(z.enum(CONSEQUENCES)), z.literal('all', { error: 'expected a list, or all' })])
  .meta({
    description: 'what is told at once; the rest goes into the digest',
  });

const digestSchema = z.union([
  z.strictObject({
    at: open(
      z.string().refine((text) => isTimeOfDay(text) || isCron(text), {
        error: 'expected a time of day such as "08:00", or five cron fields such as "0 8 * * 1-5"',
      }),
    )
      .default('08:00')
      .meta({ description: 'in `timezone`; a time of day, or five cron fields' }),
    channels: z
      .array(referenceName)
      .min(1)
      .optional()
      .meta({ description: 'absent: those of `alerts.channels` that take a digest' }),
  }),
  z.literal('off', { error: 'expected a mapping such as { at: "08:00" }, or off' }),
]);

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
  page: pageSchema.default([...DEFAULT_PAGE]),
  digest: digestSchema.prefault({}),
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
  schedule: open(
    z
      .string()
      .refine(isCron, { error: 'expected five cron fields that name a real time, such as "0 3 1 * *"' }),
  ).optional(),
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
  silent_after: duration({ minMs: MINUTE_MS })
    .default('3d')
    .meta({ description: 'a run of which nothing was heard for so long is given up, and people are told' }),
  judge_for: duration({ minMs: MINUTE_MS })
    .default('30d')
    .meta({ description: 'how long after its success the new version is compared with the old' }),
  target: z
    .strictObject({
      metric: openText.max(100),
      value: z.number(),
      better: z
        .enum(['higher', 'lower'])
        .optional()
        .meta({ description: 'by default lower for losses and errors, by their name' }),
    })
    .optional()
    .meta({
      description:
        'what the curve of a run is measured against; by default what the old version reached in training',
    }),
  max_per_week: z.int().min(1).max(100_000).optional().meta({
    description: 'requests in any seven days; by default 2, or as often as the schedule comes due',
  }),
  min_labels: z.int().min(0).optional().meta({
    description: 'mature labels that the training range must hold; by default `labels.min_labelled`',
  }),
  approval: z
    .enum(['none', 'required'])
    .default('none')
    .meta({ description: 'whether a person must approve a request before it is sent' }),
  approval_expires: duration({ minMs: MINUTE_MS })
    .default('3d')
    .meta({ description: 'how long a request waits for its approval' }),
  dry_run: z.boolean().default(false).meta({
    description: 'everything is decided, recorded and told, and nothing is sent',
  }),
});

/** 1 and true come from YAML unquoted; `classLabel` makes one spelling of them later. */
const classSchema = z.union([openText, z.number(), z.boolean()]);

/** What logs may make up; of a model, or of every model that does not say. */
export const limitsSchema = z.strictObject({
  columns: z.int().min(0).max(10_000).optional().meta({
    description:
      'columns a model may have beyond its baseline’s: 200, or 2,000 without a baseline; what exceeds them is left out and counted',
  }),
});

export const modelSchema = z.strictObject({
  name: eventName,
  task: z.enum(['classification', 'regression']),
  tags: z
    .record(referenceName, dataName)
    .default({})
    .meta({ description: 'what it is filtered and grouped by on the dashboard, such as `team: risk`' }),
  positive_class: classSchema.optional().meta({ description: 'the class whose probability `score` is' }),
  windows: z
    .array(windowSchema)
    .min(1)
    .prefault([{ size: '1h' }]),
  segments: z.array(eventName).default([]),
  groups: z
    .array(eventName)
    .default([])
    .meta({ description: 'features that hold groups to be treated fairly' }),
  min_rows: z.int().min(1).default(200),
  limits: limitsSchema.prefault({}),
  labels: labelsSchema.prefault({}),
  retention: modelRetentionSchema
    .prefault({})
    .meta({ description: 'how long its history is kept, where not as `retention` says' }),
  privacy: modelPrivacySchema
    .prefault({})
    .meta({ description: 'what of its rows is not kept, and what is not shown' }),
  alerts: alertsSchema.prefault({}),
  retrain: retrainSchema.optional(),
  operational: operationalSchema.optional(),
  versions: versionsSchema.optional(),
  features: featuresSchema,
  features_from: z.enum(['prediction', 'features']).default('prediction'),
  store_predictions: z.boolean().optional(),
  sampling: z.number().gt(0).max(1).optional().meta({
    description: 'share of the predictions that are stored, by hash of their id; counts are of all',
  }),
  seasonal: z.enum(SEASONS).optional().meta({
    description: 'windows are compared with those of the same season in the past, too',
  }),
  calendar: z
    .array(calendarSchema)
    .default([])
    .meta({ description: 'dates and hours of which something is known, beside `calendar` of the file' }),
  metrics: z
    .boolean()
    .optional()
    .meta({ description: 'whether `/metrics/fleet` shows it, where not as `metrics.models` says' }),
  multivariate: z
    .boolean()
    .default(true)
    .meta({ description: 'whether windows are also compared by all features together' }),
});
