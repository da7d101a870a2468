import { z } from 'zod';

export const baselineAccepted = z
  .object({
    revision: z.number().int(),
    rows: z.number().int(),
    features: z.number().int(),
    checksum: z.string(),
    unchanged: z.boolean().describe('The newest baseline was this one already.'),
    notes: z.array(z.string()).describe('What was noticed about the rows.'),
  })
  .meta({ id: 'BaselineAccepted' });
