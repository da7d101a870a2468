/** What the screen of a model is made of, a panel each. */
import { z } from 'zod';
import { IMPORTANCES } from '../../core/columns/feature-settings.ts';
import { alertRow } from './alerts.ts';
import { count, id, time } from './cells.ts';
import * as words from './words.ts';

const period = z
  .object({ from: time, to: time })
  .describe('What `from` and `to` came to; without them, the newest data.');

/** What every panel says of itself. */
const panel = {
  period,
  size: z.string().nullable().describe('Of the windows, as `size` takes it. Null: there are no windows.'),
};

/** At most 400 of them: where there are more windows, several make one column. */
const columns = z
  .array(z.object({ start: time, end: time, windows: count }))
  .describe('Stretches of time, oldest first, at most 400; where there were no windows there are none.');

const effect = z
  .number()
  .nullable()
  .describe('Jensen–Shannon distance to the training data, 0 to 1: alike for every kind of column.');

const screenVerdict = z.enum([...words.verdictKind.options, 'no_data', 'open']);

export const modelOverviewAnswer = z
  .object({
    model: z.string(),
    task: words.task,
    versions: z.array(z.object({ name: z.string(), state: words.versionState })).describe('Newest first.'),
    sizes: z.array(z.string()).describe('Of windows, as `size` takes them, the smallest first.'),
    segments: z.array(z.string()).describe('Of the newest judged window, `name=value`.'),
    standing: z
      .object({
        window_id: id,
        version: z.string(),
        start: time,
        end: time,
        series: words.series,
        verdict: words.verdictKind,
        confidence: z.number(),
        advice: words.advice,
        summary: z.string(),
        reason: z.string().nullable(),
        since: time.describe('Start of the first window of the run that says the same.'),
        windows: count.describe('Of that run; at most a thousand are looked at.'),
      })
      .nullable()
      .describe('What the newest judged window says, one that says something before one that does not.'),
    incidents: z.array(
      z.object({
        alert: alertRow,
        confidence: z.number().nullable().describe('Of what its windows say together, up to the newest.'),
        advice: words.advice.nullable(),
      }),
    ),
    more_incidents: z.boolean(),
    newest_window: z.object({ id, start: time, end: time, state: words.windowState }).nullable(),
  })
  .meta({ id: 'ModelOverview' });
export type ModelOverview = z.infer<typeof modelOverviewAnswer>;

export const modelRibbonAnswer = z
  .object({
    ...panel,
    spans: z
      .array(z.object({ start: time, end: time, verdict: screenVerdict, windows: count }))
      .describe('Windows that say the same, one after the other; of several at once the gravest.'),
  })
  .meta({ id: 'ModelRibbon' });
export type ModelRibbon = z.infer<typeof modelRibbonAnswer>;

export const modelHeatmapAnswer = z
  .object({
    ...panel,
    columns,
    total: count.describe('Features there are, those not listed included.'),
    features: z
      .array(
        z.object({
          name: z.string(),
          effects: z
            .array(count.nullable())
            .describe('By column: the greatest Jensen–Shannon distance in thousandths; null: not measured.'),
          states: z
            .string()
            .describe(
              'A letter by column: o as in training, d moved, a alarm, f fault, b fault and alarm, i too few rows, . no data.',
            ),
        }),
      )
      .describe('Faults first, then alarms, then by greatest effect.'),
  })
  .meta({ id: 'ModelHeatmap' });
export type ModelHeatmap = z.infer<typeof modelHeatmapAnswer>;

const modelFeature = z.object({
  name: z.string(),
  kind: words.featureKind,
  status: words.featureStatus,
  severity: words.severity,
  drifted: z.boolean(),
  reason: z.string(),
  faults: z.array(words.fault),
  effect,
  psi: z.number().nullable(),
  q_value: z.number().nullable(),
  missing: z.object({ reference: z.number(), current: z.number() }),
  importance: z.enum(IMPORTANCES).nullable().describe('As configured. Null: nothing was said.'),
  bins: z
    .object({
      labels: z.array(z.string()),
      reference: z.array(z.number()),
      current: z.array(z.number()),
    })
    .nullable()
    .describe('Shares of rows, at most 24 bins. Null: not asked for, or the comparison is kept no longer.'),
});
export type ModelFeature = z.infer<typeof modelFeature>;

export const modelFeaturesAnswer = z
  .object({
    ...panel,
    window: z
      .object({ id, version: z.string(), start: time, end: time, rows: count })
      .nullable()
      .describe('The newest of the period with enough rows to tell, or else with any. Null: there is none.'),
    total: count,
    importance_known: z.boolean().describe('Something was said of the importance of a feature.'),
    features: z.array(modelFeature),
  })
  .meta({ id: 'ModelFeatures' });
export type ModelFeatures = z.infer<typeof modelFeaturesAnswer>;

const trendPoint = z.object({
  start: time,
  end: time,
  windows: count,
  provisional: z.boolean().describe('A window of it is open.'),
  rows: count,
  late_rows: count,
  prediction: effect,
  score: effect,
  label: effect,
});

export const modelTrendsAnswer = z
  .object({
    ...panel,
    points: z.array(trendPoint).describe('Oldest first, at most 400; greatest effects, sums of rows.'),
    against: z
      .object({
        name: z.string().describe('As asked: `before` or `version:NAME`.'),
        period,
        shift_ms: z.number().describe('To be added to its times to lay it over the points.'),
        points: z.array(trendPoint),
      })
      .nullable(),
  })
  .meta({ id: 'ModelTrends' });
export type ModelTrends = z.infer<typeof modelTrendsAnswer>;
export type ModelTrendPoint = z.infer<typeof trendPoint>;

export const modelMarkersAnswer = z
  .object({
    ...panel,
    items: z
      .array(
        z.object({
          at: time.describe('On the clock of the data.'),
          until: time.nullable().describe('Of what lasts: a date of the calendar.'),
          kind: z.enum(['version', 'retrain', 'calendar']),
          text: z.string(),
          id: z.string().nullable().describe('Of the run.'),
        }),
      )
      .describe('Oldest first, at most 100, the newest of the period.'),
  })
  .meta({ id: 'ModelMarkers' });
export type ModelMarkers = z.infer<typeof modelMarkersAnswer>;
