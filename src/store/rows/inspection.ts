/** What the screen of a window is answered. */
import { z } from 'zod';
import { count, id } from './cells.ts';
import { verdictDetail } from './verdicts.ts';
import { listedWindow } from './windows.ts';
import * as words from './words.ts';

const share = z.number().min(0).max(1);
const figure = z.number().nullable();

const inspectedFeature = z.object({
  name: z.string(),
  kind: words.featureKind,
  status: words.featureStatus,
  severity: words.severity,
  drifted: z.boolean(),
  reason: z.string(),
  faults: z.array(words.fault),
  effect: figure.describe('PSI beyond what chance moves.'),
  psi: figure,
  q_value: figure,
  missing: z.object({ reference: share, current: share }),
  bins: z.array(z.object({ label: z.string(), reference: share, current: share })),
});

const inspectedSegment = z.object({
  segment: z.string().describe('`name=value`'),
  verdict: words.verdictKind,
  summary: z.string(),
  reason: z.string().nullable(),
  rows: count,
});

export const windowInspection = z
  .object({
    window: listedWindow,
    provisional: z.boolean().describe('It is still open: what is said of it may change.'),
    counts_kept: z.boolean().describe('False once its counts went into those of its day.'),
    verdicts: z.object({
      closed: verdictDetail.nullable().describe('Inputs and faults. Null: not judged yet.'),
      matured: verdictDetail.nullable().describe('With labels. Null: not judged yet.'),
    }),
    earlier: id.nullable().describe('The window of this version and size before it.'),
    later: id.nullable(),
    incidents: z
      .array(
        z.object({
          id,
          state: words.alertState,
          cause: words.alertCause,
          segment: z.string(),
          verdict: words.verdictKind,
        }),
      )
      .describe('That it is part of.'),
    segments: z.array(inspectedSegment),
    features: z.array(inspectedFeature).describe('The gravest first.'),
  })
  .meta({ id: 'WindowInspection' });
export type WindowInspection = z.infer<typeof windowInspection>;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const windowSample = z
  .object({
    window_id: id,
    personal_data: z.literal(true),
    note: z.string().nullable().describe('In a sentence, why there are no rows.'),
    features: z.array(z.string()),
    rows: z.array(
      z.object({
        at: z.string().nullable(),
        prediction: cell,
        score: figure,
        label: cell,
        values: z.array(cell).describe('Of `features`, in their order.'),
      }),
    ),
  })
  .meta({ id: 'WindowSample' });
export type WindowSample = z.infer<typeof windowSample>;
