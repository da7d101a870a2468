import { z } from 'zod';
import { count, id, time } from './cells.ts';
import * as words from './words.ts';

const share = z.number().min(0).max(1);

const dayQuantiles = z
  .object({
    p1: z.number(),
    p5: z.number(),
    p25: z.number(),
    p50: z.number(),
    p75: z.number(),
    p95: z.number(),
    p99: z.number(),
  })
  .nullable()
  .describe(
    'Of numbers: exact at the points of the baseline’s grid, else the mean of what lies between two of them.',
  );
export type DayQuantiles = z.infer<typeof dayQuantiles>;

const dayColumn = z
  .object({
    name: z.string(),
    kind: words.featureKind,
    rows: count,
    missing: share,
    invalid: share.describe('Of the wrong type, or infinite.'),
    new_levels: share.nullable().describe('Levels that the baseline does not name; null for numbers.'),
    mean: z.number().nullable().describe('Of numbers.'),
    standard_deviation: z.number().nullable(),
    quantiles: dayQuantiles,
    counts: z.object({
      bins: z
        .array(z.union([z.string(), z.number(), z.null()]))
        .describe('Upper edges of (lo, hi] bins of the baseline, the last one open (null); or level names.'),
      reference: z.array(z.number()).describe('Of the baseline.'),
      current: z.array(z.number()).describe('Of the day or week.'),
    }),
  })
  .meta({ id: 'DayColumn' });
export type DayColumn = z.infer<typeof dayColumn>;

export const dayRow = z
  .object({
    model: z.string(),
    version: z.string(),
    baseline_id: id.nullable().describe('What it was counted by; null: there was none.'),
    every: z.enum(['day', 'week']),
    start: time.describe('A midnight, of a week that of its Monday.'),
    end: time,
    segment: z.string().describe('Empty for all rows, else `name=value`.'),
    rows: count,
    windows: count.describe('How many windows were added up.'),
    labelled: count.describe('Rows with a label.'),
    features: z.array(dayColumn),
    prediction: dayColumn.nullable(),
    score: dayColumn.nullable(),
    label: dayColumn.nullable(),
  })
  .meta({ id: 'Day' });
export type DayRow = z.infer<typeof dayRow>;
