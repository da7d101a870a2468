import { z } from 'zod';
import { time } from './cells.ts';

export const unsubscribedRow = z
  .object({ address: z.string(), unsubscribed_at: time })
  .meta({ id: 'UnsubscribedRecipient' });
export type UnsubscribedRow = z.infer<typeof unsubscribedRow>;
