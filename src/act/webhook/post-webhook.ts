import { SECOND_MS } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { HideTexts } from '../../core/hide-texts.ts';
import { displayText } from '../../words/display-text.ts';
import type { SendResult } from '../delivery.ts';
import { AddressRefused, type AddressGuard } from './address-guard.ts';
import type { Authorise } from './authorise.ts';
import { post, type Posted } from './post.ts';
import { retryAfterMs } from './retry-after.ts';

export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Statuses that mean success besides 2xx. */
  readonly alsoSuccess: readonly number[];
  /** Of targets that answer 2xx to what they refused: why they did, judged by the JSON they answered; or null. */
  readonly refusal?: (answer: unknown) => string | null;
  /** Absent: by its headers. */
  readonly authorise?: Authorise;
}

export const WEBHOOK_TIMEOUT_MS = 20 * SECOND_MS;

export interface PostOptions {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly guard: AddressGuard;
  /** Of what is answered: receivers repeat what they were sent. */
  readonly hide: HideTexts;
  readonly timeoutMs?: number;
}

/**
 * One POST. Only 2xx is success; a redirect is a failure and is not followed, because the body and its signature
 * were meant for the configured address. 410 ends all attempts, and so does an address that must not be called;
 * everything else is worth another one.
 */
export async function postWebhook(
  call: WebhookCall,
  { nowMs, signal, guard, hide, timeoutMs = WEBHOOK_TIMEOUT_MS }: PostOptions,
): Promise<SendResult> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { url, authorization } = splitCredentials(call.url);
    const until = AbortSignal.any([timeout, signal]);
    const own = await call.authorise?.(
      { url, headers: call.headers, body: call.body },
      { nowMs, guard, signal: until },
    );
    const headers = { ...authorization, ...withoutOne(call.headers, own?.headers), ...own?.headers };
    const posted = await post(url, headers, call.body, guard, until);
    if (posted.status === 401) own?.forget?.();
    return judge(posted, call, { nowMs, hide: (text) => hide(own?.hide(text) ?? text) });
  } catch (error) {
    const again = (outcome: SendResult['outcome'], detail: string): SendResult => {
      return { outcome, status: null, detail, next: 'again', retryAfterMs: null };
    };
    if (error instanceof AddressRefused) {
      return { ...again('address_refused', error.message), next: 'never' };
    }
    if (signal.aborted) return again('aborted', 'shiftwatch was stopping');
    if (timeout.aborted) return again('timeout', `no answer within ${timeoutMs / 1000} s`);
    return again('connection_failed', displayText(hide(errorMessage(error)), 300));
  }
}

/** Headers without those of the same name in other letters. */
function withoutOne(
  headers: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !Object.hasOwn(others, name.toLowerCase())),
  );
}

function judge(
  { status, headers, answer }: Posted,
  call: WebhookCall,
  { nowMs, hide }: Pick<PostOptions, 'nowMs' | 'hide'>,
): SendResult {
  // Before it is cut: half a secret is one too.
  const text = displayText(hide(answer), 500);
  const detail = text === '' ? null : text;
  const refusal = status >= 200 && status <= 299 ? (call.refusal?.(parsed(answer)) ?? null) : null;
  if (refusal !== null) {
    const why = displayText(hide(refusal), 500);
    return { outcome: 'refused', status, detail: why, next: 'again', retryAfterMs: null };
  }
  if ((status >= 200 && status <= 299) || call.alsoSuccess.includes(status)) {
    return { outcome: 'sent', status, detail, next: 'done', retryAfterMs: null };
  }
  if (status === 410) return { outcome: 'gone', status, detail, next: 'never', retryAfterMs: null };
  const wait = retryAfterMs(headers['retry-after'] ?? null, nowMs);
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

/** A user in an address is meant as a header. */
export function splitCredentials(address: string): { url: URL; authorization: Record<string, string> } {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url, authorization: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}
