import { z } from 'zod';
import { DEAD_LETTER_REASONS } from '../../core/events/dead-letter.ts';
import { count, id, time } from './cells.ts';
import { eventType } from './words.ts';

export const deadLetterRow = z
  .object({
    id,
    source: z.string(),
    partition: count,
    offset: z.string(),
    received_at: time,
    reason: z.enum(DEAD_LETTER_REASONS),
    detail: z.string(),
    event_type: eventType.nullable(),
    model: z.string().nullable(),
    byte_length: count,
    replayed_at: time.nullable(),
    withheld: z
      .boolean()
      .describe('Nothing of the record is kept but the reason, because of `privacy`: it cannot be replayed.'),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterRow = z.infer<typeof deadLetterRow>;

export const deadLetterDetail = deadLetterRow
  .extend({ bytes_base64: z.string().describe('The record, or its first 64 KiB.') })
  .meta({ id: 'DeadLetterDetail' });
export type DeadLetterDetail = z.infer<typeof deadLetterDetail>;
