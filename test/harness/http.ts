import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './cleanup.ts';
import { Inbox } from './inbox.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The exact bytes, as signatures cover them. */
  readonly body: Buffer;
  /** When it had come, by `performance.now()`. */
  readonly atMs: number;
  json(): unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
  /** Answers when this is settled, not before. */
  readonly after?: Promise<unknown>;
  /** Breaks the connection off instead of answering. */
  readonly hangUp?: boolean;
  /** Breaks it off in the middle of the body. */
  readonly cutShort?: boolean;
}

export interface TestHttp {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The first request that matches, already here or still to come. */
  waitForRequest(
    matches?: (request: ReceivedRequest) => boolean,
    timeoutMs?: number,
  ): Promise<ReceivedRequest>;
  /** Replies for the next requests, in order. After them, and before any: 200 without a body. */
  reply(...replies: Reply[]): void;
  stop(): Promise<void>;
}

/** A real HTTP server on a free port of this machine. It is stopped after the file. */
export async function startHttp(...script: Reply[]): Promise<TestHttp> {
  const inbox = new Inbox<ReceivedRequest>((request) => `${request.method} ${request.path}`);
  const replies = [...script];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    buffer(request).then(
      (body) => {
        const atMs = performance.now();
        const json = () => JSON.parse(body.toString()) as unknown;
        inbox.put({ method, path: url, headers, body, atMs, json });
        return answer(response, replies.shift() ?? {});
      },
      // The client went away while it was sending.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    return stopped;
  };
  atEnd(stop);
  return {
    url: `http://127.0.0.1:${port}`,
    requests: inbox.items,
    waitForRequest: (matches, timeoutMs) => inbox.waitFor(matches, timeoutMs),
    reply: (...more) => void replies.push(...more),
    stop,
  };
}

async function answer(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.delayMs !== undefined) await sleep(reply.delayMs);
  await reply.after;
  if (reply.hangUp === true) response.destroy();
  else if (reply.cutShort === true) {
    response.writeHead(reply.status ?? 200, { 'content-length': '1000' });
    response.write('the beginning', () => response.destroy());
  } else response.writeHead(reply.status ?? 200, { ...reply.headers }).end(reply.body);
}
