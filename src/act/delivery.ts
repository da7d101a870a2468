import { errorMessage } from '../core/errors.ts';
import type { Clock } from '../core/clock.ts';
import type { AttemptRecord, Delivery, NewDelivery, SendOutcome } from '../core/jobs.ts';
import type { HideTexts } from '../core/hide-texts.ts';
import type { Result } from '../core/result.ts';
import { nextPauseMs } from './retry-policy.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface DeliveryStore {
  open(wanted: NewDelivery): Promise<Delivery>;
  lease(id: string, leaseMs: number, nowMs: number): Promise<Result<Delivery, 'sent' | 'dead' | 'in_flight'>>;
  record(record: AttemptRecord): Promise<void>;
  /** Gives it up without an attempt, unless it was sent or is being attempted. */
  refuse(id: string, reason: string, nowMs: number): Promise<'dead' | 'sent' | 'in_flight'>;
}

/** How one attempt ended. */
export interface SendResult {
  readonly outcome: SendOutcome;
  /** HTTP status or SMTP reply code. */
  readonly status: number | null;
  readonly detail: string | null;
  readonly next: 'done' | 'again' | 'never';
  /** What the receiver asked for, from now. */
  readonly retryAfterMs: number | null;
}

export type DeliveryEnd =
  | { readonly kind: 'sent' }
  | { readonly kind: 'dead'; readonly reason: string; readonly gone: boolean }
  | { readonly kind: 'later'; readonly delayMs: number; readonly reason: string };

export interface DeliveryDeps {
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  /** Longer than any attempt can take. An attempt older than this has crashed. */
  readonly leaseMs: number;
  /** Of what is written down: receivers repeat what they were sent. */
  readonly hide: HideTexts;
}

export const DELIVERY_LEASE_MS = 180_000;
/** How long to stand back while another process attempts the same delivery. */
const IN_FLIGHT_PAUSE_MS = 15_000;

/**
 * Makes one attempt at a delivery, unless it is finished or somebody else is at it, and writes down how it
 * ended. After a crash between sending and writing, nobody can know whether the message went out: it is sent
 * again, under the same message id.
 */
export async function attemptDelivery(
  deps: DeliveryDeps,
  delivery: Delivery,
  send: (delivery: Delivery) => Promise<SendResult>,
): Promise<DeliveryEnd> {
  const { deliveries, clock, retry, random } = deps;
  const leased = await deliveries.lease(delivery.id, deps.leaseMs, clock.nowMs());
  if (!leased.ok) return alreadyEnded(leased.error, delivery, deps.leaseMs);
  const { attempts, attemptsBefore } = leased.value;
  const counted = attempts - attemptsBefore;
  const atMs = clock.nowMs();
  const result = withoutSecrets(await sendSafely(leased.value, send), deps.hide);
  const pauseMs = result.next === 'again' ? nextPauseMs(counted, result.retryAfterMs, retry, random) : null;
  await deliveries.record({
    deliveryId: delivery.id,
    attempt: attempts,
    atMs,
    durationMs: clock.nowMs() - atMs,
    outcome: result.outcome,
    status: result.status,
    detail: result.detail,
    state: result.next === 'done' ? 'sent' : pauseMs === null ? 'dead' : 'failed',
  });
  if (result.next === 'done') return { kind: 'sent' };
  const reason = describe(result);
  if (pauseMs !== null) return { kind: 'later', delayMs: pauseMs, reason };
  const tries = counted === 1 ? 'after 1 attempt' : `after ${counted} attempts`;
  return { kind: 'dead', reason: `${reason} (${tries})`, gone: result.outcome === 'gone' };
}

export function withoutSecrets<R extends SendResult>(result: R, hide: HideTexts): R {
  return result.detail === null ? result : { ...result, detail: hide(result.detail) };
}

/** A failure of ours while sending is one of the attempt: it must be written down and counted like any other. */
async function sendSafely(
  delivery: Delivery,
  send: (delivery: Delivery) => Promise<SendResult>,
): Promise<SendResult> {
  try {
    return await send(delivery);
  } catch (error) {
    const detail = errorMessage(error);
    return { outcome: 'unexpected', status: null, detail, next: 'again', retryAfterMs: null };
  }
}

/** How a delivery ends for whoever may not attempt it. */
export function alreadyEnded(
  state: 'sent' | 'dead' | 'in_flight',
  delivery: Delivery,
  leaseMs: number,
): DeliveryEnd {
  if (state === 'sent') return { kind: 'sent' };
  if (state === 'dead') {
    const reason = delivery.lastError ?? 'given up';
    return { kind: 'dead', reason, gone: reason.startsWith('gone') };
  }
  const delayMs = Math.min(IN_FLIGHT_PAUSE_MS, leaseMs);
  return { kind: 'later', delayMs, reason: 'another attempt is under way' };
}

function describe({ outcome, status, detail }: SendResult): string {
  const word = status === null ? outcome.replaceAll('_', ' ') : `${outcome.replaceAll('_', ' ')} ${status}`;
  return detail === null || detail === '' ? word : `${word}: ${detail}`;
}
