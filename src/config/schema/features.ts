import { z } from 'zod';
import { DIRECTIONS, IMPORTANCES, SAID_KINDS } from '../../core/columns/feature-settings.ts';
import { eventName } from './values.ts';

/** Of one column; what is absent is as it was recognised. */
const featureSchema = z.strictObject({
  kind: z.enum(SAID_KINDS).optional().meta({
    description:
      'how its cells are read (numeric, categorical, boolean), or that it is no feature: an identifier, or a calendar column, which follows from the row’s own time',
  }),
  ignore: z.boolean().optional().meta({
    description: 'measured and shown, and in no flag and no verdict',
  }),
  importance: z.enum(IMPORTANCES).optional().meta({
    description: 'low: its drift is never more than info; high: one step graver than its size says',
  }),
  direction: z.enum(DIRECTIONS).optional().meta({
    description: 'up (down): only values that lie higher (lower) than before are a drift',
  }),
  min_effect: z.number().min(0).max(10).optional().meta({
    description: 'PSI beyond its noise from which a significant change is a drift; by default 0.02',
  }),
});
export type FeatureEntry = z.output<typeof featureSchema>;

export const featuresSchema = z
  .record(eventName, featureSchema)
  .default({})
  .meta({ description: 'what is said of single columns, by name; it stands above what was recognised' });
