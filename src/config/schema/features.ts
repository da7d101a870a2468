import { z } from 'zod';
import { DIRECTIONS, IMPORTANCES, SAID_KINDS } from '../../core/columns/feature-settings.ts';
import { eventName } from './values.ts';

/** Of one column; what is absent is as it was recognised. */
const featureSchema = z.strictObject({
  kind: z.enum(SAID_KINDS).optional().meta({
    description:
      'how its cells are read (from the next `baseline create`), or that it is no feature: an identifier, or a calendar column, which follows from the row’s own time',
  }),
  ignore: z.boolean().optional().meta({
    description:
      'still measured and shown (`ok`, reason `ignored`) and explains the label, and is in no flag, fault or verdict',
  }),
  importance: z.enum(IMPORTANCES).optional().meta({
    description: '`low`: its drift is never more than a `notice`; `high`: one step graver than its size says',
  }),
  direction: z.enum(DIRECTIONS).optional().meta({
    description:
      '`up`, `down`: only values that lie higher, or lower, are a drift (Mann–Whitney over the bins at 0.1 %); another move has the reason `other_direction`. Categories have no order',
  }),
  min_effect: z.number().min(0).max(10).optional().meta({
    description: 'PSI beyond its noise, 0 to 10, from which a significant change is a drift; absent: 0.02',
  }),
});
export type FeatureEntry = z.output<typeof featureSchema>;

export const featuresSchema = z
  .record(eventName, featureSchema)
  .default({})
  .meta({ description: 'what is said of single columns, by name; it stands above what was recognised' });
