import { SECOND_MS } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { displayText } from '../display-text.ts';
import type { SendResult } from '../delivery.ts';
import { retryAfterMs } from './retry-after.ts';

export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Statuses that mean success besides 2xx. */
  readonly alsoSuccess: readonly number[];
  /** Of targets that answer 2xx to what they refused: why they did, judged by the JSON they answered; or null. */
  readonly refusal?: (answer: unknown) => string | null;
}

export const WEBHOOK_TIMEOUT_MS = 20 * SECOND_MS;
const MAX_RESPONSE_BYTES = 64 * 1024;

/**
 * One POST. Only 2xx is success; a redirect is a failure and is not followed, because the body and its signature
 * were meant for the configured address. 410 ends all attempts; everything else is worth another one.
 */
export async function postWebhook(
  call: WebhookCall,
  nowMs: number,
  signal: AbortSignal,
  timeoutMs: number = WEBHOOK_TIMEOUT_MS,
): Promise<SendResult> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { url, authorization } = splitCredentials(call.url);
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...authorization, ...call.headers },
      body: call.body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
    return judge(response, await beginningOf(response), call, nowMs);
  } catch (error) {
    const again = (outcome: SendResult['outcome'], detail: string): SendResult => {
      return { outcome, status: null, detail, next: 'again', retryAfterMs: null };
    };
    if (signal.aborted) return again('aborted', 'shiftwatch was stopping');
    if (timeout.aborted) return again('timeout', `no answer within ${timeoutMs / 1000} s`);
    return again('connection_failed', causeOf(error));
  }
}

function judge(response: Response, answer: string, call: WebhookCall, nowMs: number): SendResult {
  const { status } = response;
  const text = displayText(answer, 500);
  const detail = text === '' ? null : text;
  const refusal = status >= 200 && status <= 299 ? (call.refusal?.(parsed(answer)) ?? null) : null;
  if (refusal !== null) {
    const why = displayText(refusal, 500);
    return { outcome: 'refused', status, detail: why, next: 'again', retryAfterMs: null };
  }
  if ((status >= 200 && status <= 299) || call.alsoSuccess.includes(status)) {
    return { outcome: 'sent', status, detail, next: 'done', retryAfterMs: null };
  }
  if (status === 410) return { outcome: 'gone', status, detail, next: 'never', retryAfterMs: null };
  const wait = retryAfterMs(response.headers.get('retry-after'), nowMs);
  if (status >= 300 && status <= 399) {
    return { outcome: 'redirect', status, detail: 'not followed', next: 'again', retryAfterMs: wait };
  }
  return { outcome: 'http_status', status, detail, next: 'again', retryAfterMs: wait };
}

/** Null when it is no JSON, or longer than anybody reads. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** fetch refuses addresses with a user in them; as a header they are what was meant. */
function splitCredentials(address: string): { url: URL; authorization: Record<string, string> } {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url, authorization: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** Reads what a receiver answers, but not more than anybody would want to see. */
async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch failed` says nothing; its cause says which socket error it was. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return displayText(cause === undefined ? errorMessage(error) : errorMessage(cause), 300);
}
