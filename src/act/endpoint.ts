import { createHash } from 'node:crypto';
import type { Delivery, NotifyMessage } from '../core/jobs.ts';
import { alreadyEnded, attemptDelivery } from './delivery.ts';
import type { DeliveryDeps, DeliveryEnd, SendResult } from './delivery.ts';
import type { PostedChannel } from './channels/posted-channel.ts';

/** A receiver as the configuration names it. Another address under the same name is another receiver. */
export interface Endpoint {
  readonly section: 'channels' | 'webhooks';
  readonly name: string;
  readonly addressHash: string;
}

export interface EndpointNotice {
  readonly key: string;
  readonly message: NotifyMessage;
}

export interface EndpointDisabled {
  readonly endpoint: Endpoint;
  readonly deliveryId: string;
  readonly detail: string;
  /** In order of preference; the first whose channel is not disabled itself is told. */
  readonly notices: readonly EndpointNotice[];
  readonly nowMs: number;
}

export interface EndpointStore {
  isDisabled(endpoint: Endpoint): Promise<boolean>;
  /** Answers whether that is news. People are told once, in the same transaction. */
  disable(disabled: EndpointDisabled): Promise<boolean>;
}

export interface EndpointDeps extends DeliveryDeps {
  readonly endpoints: EndpointStore;
}

const ENDPOINT_DISABLED = 'endpoint_disabled';

export interface EndpointPost {
  readonly endpoint: Endpoint;
  readonly delivery: Delivery;
  /** Who may be told when it turns out to be gone. */
  readonly notices: (detail: string) => readonly EndpointNotice[];
}

/**
 * One attempt at an endpoint, unless it is disabled: then the delivery is given up unsent, as `endpoint_disabled`. An
 * endpoint that answers 410 is disabled from then on.
 */
export async function attemptAtEndpoint(
  deps: EndpointDeps,
  { endpoint, delivery, notices }: EndpointPost,
  send: (delivery: Delivery) => Promise<SendResult>,
): Promise<DeliveryEnd> {
  if (await deps.endpoints.isDisabled(endpoint)) {
    const state = await deps.deliveries.refuse(delivery.id, ENDPOINT_DISABLED, deps.clock.nowMs());
    const reason = `${ENDPOINT_DISABLED}: it answered 410 before; ${howToEnable(endpoint)}`;
    return alreadyEnded(state, { ...delivery, lastError: reason }, deps.leaseMs);
  }
  const end = await attemptDelivery(deps, delivery, send);
  if (end.kind !== 'dead' || !end.gone) return end;
  await deps.endpoints.disable({
    endpoint,
    deliveryId: delivery.id,
    detail: end.reason,
    notices: notices(end.reason),
    nowMs: deps.clock.nowMs(),
  });
  return { ...end, reason: `${end.reason}; disabled now, ${howToEnable(endpoint)}` };
}

function howToEnable({ name }: Endpoint): string {
  return `\`shiftwatch endpoint enable ${name}\` when it is right again`;
}

export function channelEndpoint(name: string, channel: PostedChannel): Endpoint {
  // All PagerDuty services share one address; the key tells them apart.
  const address = channel.type === 'pagerduty' ? `${channel.url} ${channel.routingKey}` : channel.url;
  return { section: 'channels', name, addressHash: hashOf(address) };
}

export function webhookEndpoint(name: string, { url }: { readonly url: string }): Endpoint {
  return { section: 'webhooks', name, addressHash: hashOf(url) };
}

function hashOf(address: string): string {
  return createHash('sha256').update(address).digest('hex');
}
