import type { WebhookCall } from '../../act/webhook/post-webhook.ts';

/**
 * A request as a person may see it: made of the masked configuration, so that it holds no secret to be found and
 * replaced. What is computed anew for each request, the signature over the true body above all, is taken from `sent`.
 */
export function shownRequest(masked: WebhookCall, sent: Pick<WebhookCall, 'headers'>): string {
  const headers = Object.entries(masked.headers).map(([name, value]) => {
    return `${name}: ${COMPUTED.has(name) ? (sent.headers[name] ?? value) : value}\n`;
  });
  return `POST ${masked.url}\n${headers.join('')}\n${masked.body}\n`;
}

const COMPUTED: ReadonlySet<string> = new Set(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
