import { z } from 'zod';
import { count, id, size, time } from './cells.ts';
import { featureComparison } from './findings.ts';
import * as words from './words.ts';

export const listedWindow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    ...size,
    start: time.describe('The window is [start, end).'),
    end: time,
    state: words.windowState,
    dirty: z.boolean().describe('Something arrived after the last evaluation.'),
    rows: count,
    late_rows: count.describe('Rows that came after the window had closed, and revised it.'),
    baseline_id: id.nullable(),
    closed_at: time.nullable(),
    matured_at: time.nullable(),
    closed_revision: count,
    matured_revision: count,
  })
  .meta({ id: 'Window' });
export type ListedWindow = z.infer<typeof listedWindow>;

const metric = z.number().nullable();

export const measurementRow = z
  .object({
    window_id: id,
    start: time,
    end: time,
    model: z.string(),
    version: z.string(),
    series: words.series,
    /** Else `name=value`. */
    segment: z.string().describe('Empty for the whole window.'),
    subject: words.subject,
    name: z.string(),
    revision: count,
    kind: words.featureKind,
    status: words.featureStatus,
    severity: words.severity,
    drifted: z.boolean(),
    reason: z.string(),
    rows_reference: count,
    rows_current: count,
    missing_reference: z.number(),
    missing_current: z.number(),
    invalid_reference: z.number(),
    invalid_current: z.number(),
    psi: metric,
    ks: metric,
    ks_p_value: metric,
    chi_square: metric,
    chi_square_p_value: metric,
    jensen_shannon: metric,
    wasserstein: metric,
    p_value: metric,
    q_value: metric,
    faults: z.array(words.fault),
    /** The whole comparison, as `compare --json` prints it. */
    details: featureComparison.nullable().describe('Only with `details=true`.'),
  })
  .meta({ id: 'Measurement' });
export type MeasurementRow = z.infer<typeof measurementRow>;
