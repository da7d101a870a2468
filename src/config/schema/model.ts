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
    size: duration({ minMs: SECOND_MS, maxMs: 366 * DAY_MS }).meta({
      description: 'divides a day (`10m`, `1h`, `6h`, …), or is whole days',
    }),
    grace: duration({ minMs: 0 }).optional().meta({
      description:
        'how long a window waits for late rows before it is judged; absent: 10m, or the size if that is shorter',
    }),
    accept_late: duration({ minMs: 0 }).default('7d').meta({
      description: 'how far, beyond `grace`, a row may lie below the newest event before it in its partition',
    }),
  })
  .transform((window) => ({
    ...window,
    grace: window.grace ?? durationText(Math.min(DEFAULT_GRACE_MS, durationMs(window.size))),
  }));

const labelsSchema = z.strictObject({
  horizon: duration({ minMs: SECOND_MS }).default('30d').meta({
    description: 'how long a label waits for its prediction, from when it was read, before it has expired',
  }),
  mature_after: duration({ minMs: 0 })
    .default('7d')
    .meta({ description: 'age at which a window is judged by its labels; not longer than `horizon`' }),
  mature_early: z.boolean().default(false).meta({
    description: 'judge a window before `mature_after` once history says that its labels are all in',
  }),
  min_labelled: z
    .int()
    .min(1)
    .default(200)
    .meta({ description: 'with fewer labels, performance and concept are not judged' }),
});

const pageSchema = z
  .union([z.array(z.enum(CONSEQUENCES)), z.literal('all', { error: 'expected a list, or all' })])
  .meta({
    description: 'consequences that are told at once, or `all`; the rest waits for the digest',
  });

const digestSchema = z.union([
  z.strictObject({
    at: open(
      z.string().refine((text) => isTimeOfDay(text) || isCron(text), {
        error: 'expected a time of day such as "08:00", or five cron fields such as "0 8 * * 1-5"',
      }),
    )
      .default('08:00')
      .meta({
        description:
          'when the rest is told: a time of day, or five cron fields; `digest: off`: it is only shown',
      }),
    channels: z
      .array(referenceName)
      .min(1)
      .optional()
      .meta({ description: 'where; absent: those of `alerts.channels` that take a digest' }),
  }),
  z.literal('off', { error: 'expected a mapping such as { at: "08:00" }, or off' }),
]);

const alertsSchema = z.strictObject({
  for: z
    .int()
    .min(1)
    .max(1000)
    .default(2)
    .meta({ description: 'consecutive windows that must show a shift before people are told' }),
  remind_every: duration({ minMs: MINUTE_MS })
    .default('24h')
    .meta({ description: 'how often an alert that goes on is repeated' }),
  // Half a threshold is what chance reaches now and then: an incident that waits for less would not end.
  clear: z.number().min(0.5).max(1).default(DEFAULT_CLEAR_SHARE).meta({
    description:
      'share of every threshold, 0.5 to 1, that a window stays below to count as clean in an open incident',
  }),
  no_data: z.boolean().default(true).meta({
    description:
      'whether windows in which nothing came are an incident; false for models that are asked now and then',
  }),
  channels: z.array(referenceName).default([]).meta({ description: 'names under `channels`' }),
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
  )
    .optional()
    .meta({ description: 'five cron fields, read in `timezone`' }),
  performance: z
    .strictObject({
      metric: z
        .enum([...PERFORMANCE_METRICS.classification, ...PERFORMANCE_METRICS.regression])
        .meta({ description: 'of the performance metrics that the model has' }),
      drop: z
        .number()
        .positive()
        .meta({ description: 'how much worse than the baseline, in the metric’s own unit, beyond chance' }),
    })
    .optional(),
  drift: z
    .array(z.enum(['covariate_shift', 'label_shift', 'concept_drift']))
    .default([])
    .meta({ description: 'kinds of shift; at least one of the three triggers is needed' }),
});

const retrainSchema = z.strictObject({
  webhook: referenceName.meta({ description: 'a name under `webhooks`' }),
  triggers: triggersSchema,
  cooldown: duration({ minMs: 0 }).default('24h').meta({ description: 'no two requests closer than this' }),
  silent_after: duration({ minMs: MINUTE_MS })
    .default('3d')
    .meta({ description: 'a run of which nothing was heard for so long is given up, and people are told' }),
  judge_for: duration({ minMs: MINUTE_MS })
    .default('30d')
    .meta({ description: 'how long after its success the new version is compared with the old' }),
  target: z
    .strictObject({
      metric: openText.max(100).meta({
        description:
          'of the curve of a run; without `target` it is measured against what the old version reached in training',
      }),
      value: z.number().meta({ description: 'its target' }),
      better: z
        .enum(['higher', 'lower'])
        .optional()
        .meta({ description: 'absent: lower for losses and errors, by their name' }),
    })
    .optional()
    .meta({
      description:
        'what the curve of a run is measured against; by default what the old version reached in training',
    }),
  max_per_week: z.int().min(1).max(100_000).optional().meta({
    description: 'requests in any seven days; absent: 2, or as often as the schedule comes due',
  }),
  min_labels: z.int().min(0).optional().meta({
    description:
      'mature labels that the training range must hold, where labels are logged; absent: `labels.min_labelled`',
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
      'columns that events may have beyond the baseline’s; values of others are left out and counted; absent: 200, or 2,000 without a baseline',
  }),
});

export const modelSchema = z.strictObject({
  name: eventName.meta({ description: 'as logged in `model`' }),
  task: z
    .enum(['classification', 'regression'])
    .meta({ description: 'cannot be changed once the model has windows or baselines' }),
  tags: z.record(referenceName, dataName).default({}).meta({
    description:
      'names and values of your own, such as `team: risk`: what the fleet is filtered and grouped by',
  }),
  positive_class: classSchema
    .optional()
    .meta({ description: 'the class whose probability `score` is; classification only' }),
  windows: z
    .array(windowSchema)
    .min(1)
    .prefault([{ size: '1h' }]),
  segments: z.array(eventName).default([]).meta({
    description:
      'features or tags whose every value is watched apart as well; a name may not begin with a colon',
  }),
  groups: z.array(eventName).default([]).meta({
    description:
      'features or tags whose every value is a group: rates in every window, no alerts; has figures only with `positive_class`',
  }),
  min_rows: z
    .int()
    .min(1)
    .default(200)
    .meta({ description: 'with fewer rows a window is judged insufficient, never fine' }),
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
  features_from: z
    .enum(['prediction', 'features'])
    .default('prediction')
    .meta({ description: '`features` when a log of its own carries the features' }),
  store_predictions: z.boolean().optional().meta({ description: 'absent: as at the top' }),
  sampling: z.number().gt(0).max(1).optional().meta({
    description:
      'share of the predictions that are stored, from 0 to 1, by hash of their id; counts are of all, labels of the others are ignored',
  }),
  seasonal: z.enum(SEASONS).optional().meta({
    description: 'windows are also compared with those of the same season in the past',
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
    .meta({ description: 'whether every window is also compared by all features together' }),
});
