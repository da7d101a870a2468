import { z } from 'zod';
import { count, id, time } from './cells.ts';
import * as words from './words.ts';

export const modelRow = z
  .object({
    name: z.string(),
    task: words.task,
    versions: count,
    open_alerts: count.describe('Firing or recovering.'),
    newest_event_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'Model' });
export type ModelRow = z.infer<typeof modelRow>;

export const modelDetail = modelRow
  .extend({ configuration: z.unknown().describe('As resolved, secrets left out.') })
  .meta({ id: 'ModelDetail' });
export type ModelDetail = z.infer<typeof modelDetail>;

export const listedVersion = z
  .object({
    model: z.string(),
    name: z.string(),
    state: words.versionState,
    first_seen_at: time,
    size_bytes: count.nullable().describe('As said with a baseline, or in the configuration.'),
    baseline: z
      .object({ id, revision: count, rows: count, created_at: time })
      .nullable()
      .describe('The newest revision; it applies to windows that open from now on.'),
  })
  .meta({ id: 'ModelVersion' });
export type ListedVersion = z.infer<typeof listedVersion>;

/** Without its profile and sample, which are large and of no use outside. */
export const baselineRow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    revision: count,
    rows: count,
    checksum: z.string(),
    source: z.unknown(),
    created_at: time,
  })
  .meta({ id: 'Baseline' });
export type BaselineRow = z.infer<typeof baselineRow>;

/** The summary: features with kind, rows, missing share, levels or range. */
export const baselineDetail = baselineRow.extend({ summary: z.unknown() }).meta({ id: 'BaselineDetail' });
export type BaselineDetail = z.infer<typeof baselineDetail>;
