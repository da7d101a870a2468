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

/**
 * One POST on a connection of its own, to an address that the guard lets through: names are resolved once, by the guard,
 * and the connection is looked at again once it stands. Redirects are not followed.
 *
 * @throws AddressRefused, and what sockets throw
 */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
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
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
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
    sent.end(body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, answer: await beginningOf(response) };
}

/** Reads what a receiver answers, but not more than anybody would want to see. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    // Leaving the loop destroys the connection.
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
