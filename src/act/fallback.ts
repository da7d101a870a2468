import type { InsteadOf, NotifyMessage } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import type { DeliveryEnd } from './delivery.ts';
import type { OutboxMessages } from './outbox-messages.ts';

/** Whether a channel has failed its people so far that another one has to tell them; null: it has not. */
export function fallbackReason(
  ends: readonly DeliveryEnd[],
  down: { readonly sinceMs: number; readonly error: string } | null,
  fallbackAfterMs: number,
  nowMs: number,
): Omit<InsteadOf, 'channel'> | null {
  // Whoever has it can tell the others.
  if (ends.some(({ kind }) => kind === 'sent')) return null;
  if (ends.length === 0) return { reason: 'all_unsubscribed', detail: '' };
  const dead = ends.filter((end) => end.kind === 'dead');
  if (dead.length === ends.length) return { reason: 'undeliverable', detail: dead[0]?.reason ?? '' };
  if (down !== null && nowMs - down.sinceMs >= fallbackAfterMs) {
    return { reason: 'server_down', detail: down.error };
  }
  return null;
}

/** Puts a notification that its own channel could not deliver to another one, once however often it is asked for. */
export async function useFallback(
  deps: { readonly outbox: Pick<OutboxMessages, 'append'>; readonly log: Log },
  {
    outboxId,
    key,
    message,
    fallback,
  }: { outboxId: string; key: string; message: NotifyMessage; fallback: string },
  why: Omit<InsteadOf, 'channel'>,
): Promise<void> {
  const { channel, notification } = message;
  const created = await deps.outbox.append(
    { kind: 'notify', channel: fallback, notification: { ...notification, insteadOf: { channel, ...why } } },
    `fallback:${key}:${fallback}`,
  );
  if (created) {
    deps.log.error({ channel, fallback, outboxId, ...why }, 'a channel failed; its fallback is told instead');
  }
}
