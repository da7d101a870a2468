import { errorMessage } from '../../core/errors.ts';
import { displayText } from '../../words/display-text.ts';
import { AddressRefused } from '../webhook/address-guard.ts';
import { type PostOptions, splitCredentials, WEBHOOK_TIMEOUT_MS } from '../webhook/post-webhook.ts';
import { requestGuarded } from '../webhook/post.ts';
import type { PollCall } from './targets/target.ts';

/** Lists of runs are long; more than this is not read, and so not understood. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

export type PollAnswer =
  | { readonly kind: 'answer'; readonly json: unknown }
  | { readonly kind: 'none'; readonly reason: string };

/** One question to a target, under the same rules as a webhook: guarded addresses, no redirects, a bounded answer. */
export async function askTarget(
  { method, url, body }: PollCall,
  headers: ReadonlyMap<string, string>,
  { guard, signal, hide, timeoutMs = WEBHOOK_TIMEOUT_MS }: Omit<PostOptions, 'nowMs'>,
): Promise<PollAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const target = splitCredentials(url);
    const { status, answer } = await requestGuarded(
      {
        method,
        url: target.url,
        headers: {
          accept: 'application/json',
          ...(body !== null && { 'content-type': 'application/json' }),
          'user-agent': 'shiftwatch',
          ...target.authorization,
          ...Object.fromEntries(headers),
        },
        body: body === null ? null : JSON.stringify(body),
        maxAnswerBytes: MAX_ANSWER_BYTES,
      },
      guard,
      AbortSignal.any([timeout, signal]),
    );
    if (status < 200 || status > 299) return none(`HTTP ${status}: ${hide(answer)}`);
    return asJson(answer);
  } catch (error) {
    if (error instanceof AddressRefused) return none(error.message);
    if (timeout.aborted) return none(`no answer within ${timeoutMs / 1000} s`);
    return none(hide(errorMessage(error)));
  }
}

function asJson(answer: string): PollAnswer {
  try {
    return { kind: 'answer', json: JSON.parse(answer) as unknown };
  } catch {
    return none('the answer is no JSON, or longer than is read');
  }
}

function none(reason: string): PollAnswer {
  return { kind: 'none', reason: displayText(reason, 300) };
}
