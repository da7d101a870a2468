/** What the screen of a model's performance is made of. */
import { z } from 'zod';
import { count, id, interval, time } from './cells.ts';
import { performance } from './findings.ts';
import * as words from './words.ts';

const panel = {
  period: z.object({ from: time, to: time }).describe('What `from` and `to` came to.'),
  size: z.string().nullable(),
};

const figure = z.number().nullable();

const point = z.object({
  start: time,
  end: time,
  rows: z.number().nullable(),
  realised: figure.describe('By labels. Null: none are in, or they do not say.'),
  interval: interval.describe('95 %, of what is realised.'),
  reference: figure.describe('On the training data.'),
  p_value: figure,
  estimated: figure.describe('Expected before labels.'),
  estimated_interval: interval,
  estimate_valid: z
    .boolean()
    .nullable()
    .describe('False: an assumption of the estimate is known not to hold.'),
  labelled: z
    .number()
    .describe('Rows that have a label, by now where the window is not judged by its labels yet.'),
  share: figure.describe('Of the rows of its newest window that have one.'),
  expected_share: figure.describe('That has one at this age, by what came earlier.'),
  mature: z.boolean().describe('False: labels are still expected, and the figure is provisional.'),
});

export const modelPerformanceAnswer = z
  .object({
    ...panel,
    metric: z.string().nullable().describe('Null: nothing is known of any.'),
    metrics: z.array(z.string()).describe('That there are.'),
    points: z.array(point),
  })
  .meta({ id: 'ModelPerformance' });
export type ModelPerformance = z.infer<typeof modelPerformanceAnswer>;

export const modelPerformancePartsAnswer = z
  .object({
    ...panel,
    window: z
      .object({ id, start: time, end: time })
      .nullable()
      .describe('The newest of the period with labels; null: none has any.'),
    performance: performance
      .nullable()
      .describe('Of all its rows: groups, hold-out and estimates are in it.'),
    segments: z
      .array(
        z.object({
          segment: z.string(),
          verdict: words.verdictKind,
          rows: count,
          labelled: z.number(),
          metrics: z.record(
            z.string(),
            z.object({ reference: figure, current: figure, interval, p_value: figure }),
          ),
        }),
      )
      .describe('Those with the most rows, at most a hundred.'),
  })
  .meta({ id: 'ModelPerformanceParts' });
export type ModelPerformanceParts = z.infer<typeof modelPerformancePartsAnswer>;
