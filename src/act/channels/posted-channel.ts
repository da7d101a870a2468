import type { Notification } from '../../core/jobs.ts';
import type { Result } from '../../core/result.ts';
import type { WebhookCall } from '../webhook/post-webhook.ts';
import type { WebhookSecret } from '../webhook/signature.ts';

/** A channel that is told by one HTTP request. Its URL or key is the secret. */
export type PostedChannel =
  | { readonly type: 'slack' | 'teams'; readonly url: string }
  | { readonly type: 'pagerduty'; readonly url: string; readonly routingKey: string }
  | { readonly type: 'alertmanager'; readonly url: string; readonly headers: ReadonlyMap<string, string> }
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly format: 'standard' | 'alertmanager';
      readonly secret: WebhookSecret | null;
      readonly headers: ReadonlyMap<string, string>;
    };

export interface CallContext {
  /** The same on every attempt: receivers tell a repetition by it. */
  readonly deliveryId: string;
  readonly atMs: number;
  /** When the message was made: the same on every attempt, too. */
  readonly madeAtMs: number;
  /** Where the dashboard can be reached; null: no link. */
  readonly publicUrl: string | null;
  /** IANA name, for every time a person reads. */
  readonly timeZone: string;
}

/** `not_for_channel`: this kind of news would only disturb there (a retraining that was asked for is no page). */
export type CallRefusal = 'invalid_secret' | 'not_for_channel';

export type ComposeCall<C extends PostedChannel = PostedChannel> = (
  notification: Notification,
  channel: C,
  context: CallContext,
) => Result<WebhookCall, CallRefusal>;

export function jsonCall(url: string, body: object, headers: Record<string, string> = {}): WebhookCall {
  return {
    url,
    headers: { 'content-type': 'application/json', 'user-agent': 'shiftwatch', ...headers },
    body: JSON.stringify(body),
    alsoSuccess: [],
  };
}
