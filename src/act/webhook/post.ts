import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AddressRefused, type AddressGuard } from './address-guard.ts';

export interface Posted {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of what was answered. */
  readonly answer: string;
}

const MAX_RESPONSE_BYTES = 64 * 1024;

/** One POST; of the answer only the beginning is read. */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  guard: AddressGuard,
  signal: AbortSignal,
): Promise<Posted> {
  const request = { method: 'POST', url, headers, body, maxAnswerBytes: MAX_RESPONSE_BYTES } as const;
  return await requestGuarded(request, guard, signal);
}

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly maxAnswerBytes: number;
}

/**
 * One request on a connection of its own, to an address that the guard lets through: names are resolved once, by the guard,
 * and the connection is looked at again once it stands. Redirects are not followed.
 *
 * @throws AddressRefused, and what sockets throw
 */
export async function requestGuarded(
  { method, url, headers, body, maxAnswerBytes }: GuardedRequest,
  guard: AddressGuard,
  signal: AbortSignal,
): Promise<Posted> {
  const refusal = guard.refusalOfHost(url.hostname);
  if (refusal !== null) throw new AddressRefused(refusal);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: {
          ...headers,
          ...(body !== null && { 'content-length': String(Buffer.byteLength(body)) }),
        },
        lookup: guard.lookup,
        // A connection that is kept could have been made before the rules.
        agent: false,
        signal,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.on('socket', (socket) => {
      socket.on('connect', () => {
        const { remoteAddress } = socket;
        const wrong =
          remoteAddress === undefined ? null : guard.refusalOfAddress(url.hostname, remoteAddress);
        if (wrong !== null) sent.destroy(new AddressRefused(wrong));
      });
    });
    sent.end(body ?? undefined);
  });
  const answer = await beginningOf(response, maxAnswerBytes);
  return { status: response.statusCode ?? 0, headers: response.headers, answer };
}

/** Reads what a receiver answers, but not more than anybody would want to see. */
async function beginningOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    // Leaving the loop destroys the connection.
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
