import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { MINUTE_MS } from '../../core/clock.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';

/**
 * Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, by the `standardwebhooks` package. One key, or all that are
 * valid while a secret is being replaced.
 */
export type WebhookKey = readonly Webhook[];

/** As configured: one secret, or the new one and then those it replaces. */
export type WebhookSecret = string | readonly string[];

/**
 * A key from a configured secret. `whsec_…` is base64, as the standard writes it; anything else is taken as
 * plain text, which is to be given to a verifying library as `whsec_` + base64 of that text.
 */
export function webhookKey(secret: WebhookSecret): Result<WebhookKey, 'invalid_secret'> {
  try {
    return ok([secret].flat().map(keyOf));
  } catch {
    return fail('invalid_secret');
  }
}

function keyOf(secret: string): Webhook {
  const standard = secret.startsWith('whsec_');
  return new Webhook(standard ? secret : Buffer.from(secret).toString('base64'));
}

/** With a signature of every key: a receiver that knows one of the secrets is satisfied. */

export function signatureHeaders(
  key: WebhookKey,
  id: string,
  atMs: number,
  body: string,
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': key.map((one) => one.sign(id, new Date(atMs), body)).join(' '),
  };
}

export type SignatureError =
  | 'headers_missing'
  | 'timestamp_invalid'
  | 'timestamp_out_of_range'
  | 'signature_mismatch';

/** How far a sender's clock may be off, and how long a recorded request can be replayed. */
const SIGNATURE_TOLERANCE_MS = 5 * MINUTE_MS;

interface SignedRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
}

/** Verifies the `v1` signatures of a request, in constant time; one that fits one key is enough (secrets rotate). */
export function verifySignature(
  key: WebhookKey,
  request: SignedRequest,
  nowMs: number,
): Result<{ readonly id: string }, SignatureError> {
  const id = header(request, 'webhook-id');
  const timestamp = header(request, 'webhook-timestamp');
  const signatures = header(request, 'webhook-signature');
  if (id === '' || timestamp === '' || signatures === '') return fail('headers_missing');
  if (!/^\d{1,12}$/.test(timestamp)) return fail('timestamp_invalid');
  const atMs = Number(timestamp) * 1000;
  if (Math.abs(nowMs - atMs) > SIGNATURE_TOLERANCE_MS) return fail('timestamp_out_of_range');
  const body = Buffer.from(request.body);
  const expected = key.map((one) => Buffer.from(one.sign(id, new Date(atMs), body)));
  const given = signatures.split(' ').map((text) => Buffer.from(text));
  // All pairs are looked at, whichever fits.
  const fits = expected.flatMap((wanted) =>
    given.filter((found) => found.length === wanted.length && timingSafeEqual(found, wanted)),
  );
  return fits.length > 0 ? ok({ id }) : fail('signature_mismatch');
}

function header({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
