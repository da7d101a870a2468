import { z } from 'zod';
import { count, time } from './cells.ts';
import * as words from './words.ts';

export const deliveryRow = z
  .object({
    id: z.uuid(),
    kind: words.deliveryKind,
    endpoint: z.string().describe('The channel, or the webhook of a retraining.'),
    /** One recipient of a mail; else `<type>:<channel>` or the webhook. */
    target: z.string(),
    about: z.string().describe('The kind of notification, or `retrain`.'),
    model: z.string(),
    version: z.string(),
    state: words.deliveryState,
    message_id: z
      .string()
      .describe('Message-ID or webhook-id; the same on every attempt and after a replay.'),
    /** All that were begun, those before a replay included. */
    attempts: count,
    /** `<outcome>: <detail>`, or `endpoint_disabled`. */
    reason: z.string().nullable().describe('Why it is not sent.'),
    created_at: time,
    updated_at: time,
    sent_at: time.nullable(),
    replayed_at: time.nullable(),
  })
  .meta({ id: 'Delivery' });
export type DeliveryRow = z.infer<typeof deliveryRow>;

const attempt = z.object({
  attempt: count,
  at: time,
  /** `lost`: its process ended before it was written down. */
  outcome: z.string(),
  status: count.nullable().describe('HTTP status or SMTP reply code.'),
  detail: z.string().nullable(),
  duration_ms: count.nullable(),
});
export type DeliveryAttemptRow = z.infer<typeof attempt>;

export const deliveryDetail = deliveryRow
  .extend({ attempt_log: z.array(attempt) })
  .meta({ id: 'DeliveryDetail' });
export type DeliveryDetail = z.infer<typeof deliveryDetail>;

export const disabledEndpoint = z
  .object({
    section: words.endpointSection,
    name: z.string(),
    disabled_at: time,
    detail: z.string().describe('What it answered.'),
    /** Those that were asked for again do not count. */
    dead: count.describe('Deliveries to it that were given up.'),
  })
  .meta({ id: 'DisabledEndpoint' });
export type DisabledEndpointRow = z.infer<typeof disabledEndpoint>;
