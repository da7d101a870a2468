import { z } from 'zod';
import { DELIVERY_STATES } from '../../store/read-models/deliveries.ts';

const time = z.iso.datetime().describe('ISO 8601, UTC.');
const count = z.number().int();

export const deliveryState = z.enum(DELIVERY_STATES);

export const deliveryRow = z
  .object({
    id: z.uuid(),
    kind: z.enum(['email', 'webhook']),
    endpoint: z.string().describe('The channel, or the webhook of a retraining.'),
    target: z.string(),
    about: z.string().describe('The kind of notification, or `retrain`.'),
    model: z.string(),
    version: z.string(),
    state: deliveryState,
    message_id: z
      .string()
      .describe('Message-ID or webhook-id; the same on every attempt and after a replay.'),
    attempts: count,
    reason: z.string().nullable().describe('Why it is not sent.'),
    created_at: time,
    updated_at: time,
    sent_at: time.nullable(),
    replayed_at: time.nullable(),
  })
  .meta({ id: 'Delivery' });

export const deliveryDetail = deliveryRow
  .extend({
    attempt_log: z.array(
      z.object({
        attempt: count,
        at: time,
        outcome: z.string(),
        status: count.nullable().describe('HTTP status or SMTP reply code.'),
        detail: z.string().nullable(),
        duration_ms: count.nullable(),
      }),
    ),
  })
  .meta({ id: 'DeliveryDetail' });

export const disabledEndpoint = z
  .object({
    section: z.enum(['channels', 'webhooks']),
    name: z.string(),
    disabled_at: time,
    detail: z.string().describe('What it answered.'),
    dead: count.describe('Deliveries to it that were given up.'),
  })
  .meta({ id: 'DisabledEndpoint' });
