/** What the screen of a feature is answered, panel by panel. */
import { z } from 'zod';
import { count, id, size, time } from './cells.ts';
import { faultFinding, featureComparison } from './findings.ts';
import * as words from './words.ts';

const share = z.number().min(0).max(1);
const figure = z.number().nullable();
const period = z
  .object({ from: time, to: time, latest: time.describe('End of the newest window.') })
  .describe('As it was asked for, resolved.');

const featureWindow = z
  .object({
    id,
    version: z.string(),
    start: time,
    end: time,
    ...size,
    state: words.windowState,
    rows: count,
    counts_kept: z.boolean().describe('False once its counts went into those of its day.'),
  })
  .meta({ id: 'FeatureWindow' });
export type FeatureWindow = z.infer<typeof featureWindow>;

const featureBin = z.object({
  name: z.string(),
  low: figure.describe('Above it; null: open, or a level.'),
  high: figure.describe('Up to it; null: open, or a level.'),
  reference: z.number().describe('Rows of training.'),
  current: z.number(),
  reference_share: share,
  current_share: share,
  psi: z.number().describe('What it adds to PSI. Those of all bins sum to `psi`.'),
});

export const featureDistribution = z
  .object({
    window: featureWindow,
    kind: words.featureKind,
    from: z
      .enum(['comparison', 'cells', 'counts'])
      .describe(
        'What it is drawn from: what the verdict stands on, its cells alone, or counts of a window not judged yet.',
      ),
    comparison: featureComparison.nullable().describe('Null: not judged yet, or kept no longer.'),
    effect: figure.describe('PSI beyond what chance moves: what is held against the floor.'),
    against: z
      .enum(['training', 'same_hours'])
      .describe('Where the column follows the hours: training of the same ones.'),
    psi: figure,
    bins: z.array(featureBin),
    new_levels: z
      .object({
        share,
        levels: z
          .array(z.object({ level: z.string(), rows: count }))
          .describe('Most frequent first, thirty at most.'),
        rest: count.describe('Rows of further ones, and of those that may not be named.'),
      })
      .nullable()
      .describe('Null: of numbers, or counts are kept no longer.'),
    faults: z.array(faultFinding).describe('What is said to be broken about it in this window.'),
  })
  .meta({ id: 'FeatureDistribution' });
export type FeatureDistribution = z.infer<typeof featureDistribution>;

export const featureCdf = z
  .object({
    window: featureWindow,
    from: z.enum(['counts', 'cells']).nullable().describe('Null: there is nothing to draw it from.'),
    reason: z.string().nullable().describe('Why it is coarse or missing.'),
    points: z
      .array(z.object({ x: z.number(), reference: share, current: share }))
      .describe(
        'Shares at or below some two hundred values: exact at those of training; what lies between two of them stands at its mean.',
      ),
    ks: z
      .object({ statistic: z.number(), x: z.number(), reference: share, current: share })
      .nullable()
      .describe('The distance, and where it is that large.'),
  })
  .meta({ id: 'FeatureCdf' });
export type FeatureCdf = z.infer<typeof featureCdf>;

export const featureTransformation = z
  .object({
    window: featureWindow,
    fault: faultFinding.nullable().describe('Null: none of this feature in this window.'),
    name: z
      .string()
      .nullable()
      .describe('Of the transformation that was fitted; null: it is none of values.'),
    reason: z.string().nullable().describe('In a sentence, why there is no picture.'),
    rows: count.describe('Of the stored sample of the window that were turned back.'),
    quantiles: z.array(z.object({ p: share, before: z.number(), now: z.number(), back: z.number() })),
  })
  .meta({ id: 'FeatureTransformation' });
export type FeatureTransformation = z.infer<typeof featureTransformation>;

const historyColumn = z.object({
  start: time,
  end: time,
  windows: count,
  window_id: id.describe('The gravest of them: status, effect, q and faults are its.'),
  version: z.string(),
  rows: count.describe('Of all of them, like the shares.'),
  status: words.featureStatus,
  severity: words.severity,
  drifted: z.boolean(),
  reason: z.string(),
  psi: figure,
  psi_threshold: figure.describe('Beyond what chance moves, at the size of the window.'),
  effect: figure,
  q_value: figure,
  missing: share,
  invalid: share,
  faults: z.array(words.fault),
});

export const featureHistory = z
  .object({
    period,
    ...size,
    floor: z.number().describe('The effect from which a significant change is a drift.'),
    q_threshold: z.number().describe('A change is significant where q is at most this.'),
    missing_reference: figure,
    invalid_reference: figure,
    columns: z
      .array(historyColumn)
      .describe('At most 400, in order of time: windows that lie closer are one.'),
  })
  .meta({ id: 'FeatureHistory' });
export type FeatureHistory = z.infer<typeof featureHistory>;

const quantiles = z.object({
  p5: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p95: z.number(),
});

const profileColumn = z.object({
  start: time,
  end: time,
  windows: count,
  of: z.enum(['windows', 'day', 'week']).describe('Counts of windows, or what they came to by day or week.'),
  provisional: z.boolean().describe('One of its windows is still open.'),
  rows: count,
  missing: share,
  invalid: share,
  new_levels: share.nullable(),
  quantiles: quantiles.nullable().describe('Of numbers.'),
  shares: z.array(share).describe('Of `levels`, in their order; of levels alone.'),
});

const kept = {
  every: count.describe('Each so many-th window was read: 1 is all of them.'),
  counts_since: time
    .nullable()
    .describe('Counts of windows before this are kept no longer. Null: all of them are there.'),
};

export const featureProfiles = z
  .object({
    period,
    ...size,
    ...kept,
    kind: words.featureKind.nullable(),
    reference: z.object({
      quantiles: quantiles.nullable(),
      shares: z.array(share),
      new_levels: share.nullable(),
    }),
    levels: z
      .array(z.string())
      .describe('The eight that are most frequent in training or now; the last one may be all others.'),
    columns: z.array(profileColumn).describe('At most 400, in order of time.'),
  })
  .meta({ id: 'FeatureProfiles' });
export type FeatureProfiles = z.infer<typeof featureProfiles>;

export const featureRidges = z
  .object({
    period,
    ...size,
    ...kept,
    low: figure,
    high: figure.describe(
      'The axis reaches from `low` to `high`; what lies beyond is in the first or last width.',
    ),
    reference: z.array(share).describe('Shares of equal widths of the axis.'),
    ridges: z
      .array(
        z.object({
          start: time,
          end: time,
          windows: count,
          rows: count,
          provisional: z.boolean(),
          shares: z.array(share).nullable(),
        }),
      )
      .describe('At most 24, in order of time.'),
  })
  .meta({ id: 'FeatureRidges' });
export type FeatureRidges = z.infer<typeof featureRidges>;
