/** Requests as no polite client writes them: over a socket, byte by byte. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/wait.ts';
import { type TestApi, testApi } from './fakes.ts';

let api: TestApi;
let port = 0;
const sockets: Socket[] = [];
beforeAll(async () => {
  api = testApi();
  port = Number(new URL(await api.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await api.app.close();
});

interface Conversation {
  readonly socket: Socket;
  readonly seen: { answer: string; closed: boolean };
}

function open(...written: readonly string[]): Conversation {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const seen = { answer: '', closed: false };
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (seen.answer += chunk.toString()));
  socket.on('close', () => (seen.closed = true));
  for (const text of written) socket.write(text);
  return { socket, seen };
}

const statuses = ({ seen }: Conversation): number[] =>
  [...seen.answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

const post = (body: string, head: string): string =>
  `POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n${head}\r\n${body}`;
const sized = (body: string, head = ''): string => post(body, `${head}Content-Length: ${body.length}\r\n`);

/** Of somebody else, on a connection of its own. */
async function expectServed(): Promise<void> {
  const reply = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(reply.status).toBe(202);
}

const bodies = (): string[] => api.submissions.splice(0).map(({ body }) => body.toString());

it('sent one behind the other without waiting are answered in their order, each once', async () => {
  bodies();
  const wanted = ['{"n":1}', '{"n":2}', '{"n":3}'];
  // A key that is none, between them: its answer has to come second.
  const refused = sized('{}', `Idempotency-Key: ${'k'.repeat(256)}\r\n`);
  const [first = '', ...rest] = wanted.map((body) => sized(body));
  const talk = open([first, refused, ...rest].join(''));
  await until(() => statuses(talk).length === 4, { what: 'four answers' });
  expect(statuses(talk)).toEqual([202, 400, 202, 202]);
  expect(bodies()).toEqual(wanted);
});

it('that ask before they send are told to go on', async () => {
  bodies();
  const talk = open(post('', 'Expect: 100-continue\r\nContent-Length: 7\r\n'));
  await until(() => statuses(talk).length === 1, { what: 'the word to go on' });
  expect(statuses(talk)).toEqual([100]);
  talk.socket.write('{"n":9}');
  await until(() => statuses(talk).length === 2, { what: 'the answer' });
  expect(statuses(talk)).toEqual([100, 202]);
  expect(bodies()).toEqual(['{"n":9}']);
});

it('in pieces are put together, and refused when a piece is none', async () => {
  bodies();
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const whole = open(post('3\r\n{"n\r\n4\r\n":7}\r\n0\r\n\r\n', chunked));
  await until(() => statuses(whole).length === 1, { what: 'the answer' });
  expect(statuses(whole)).toEqual([202]);
  expect(bodies()).toEqual(['{"n":7}']);
  const broken = open(post('zz\r\n{}\r\n', chunked));
  await until(() => broken.seen.closed || statuses(broken).length === 1, { what: 'the refusal' });
  expect(statuses(broken)).toEqual([400]);
  expect(bodies()).toEqual([]);
});

it('that end half-way store nothing, and keep nobody from posting', async () => {
  bodies();
  const half = post('{"n":', 'Content-Length: 1000\r\n');
  const endless = post('5\r\n{"n":\r\n', 'Transfer-Encoding: chunked\r\n');
  const crowd = Array.from({ length: 60 }, (_, n) => open(n % 2 === 0 ? half : endless));
  await expectServed();
  // A third says that it has nothing more to say, a third is gone, and the others are still there.
  for (const [n, { socket }] of crowd.entries()) {
    if (n % 3 === 0) socket.end();
    if (n % 3 === 1) socket.destroy();
  }
  const halfClosed = crowd.filter((_, n) => n % 3 === 0);
  await until(() => halfClosed.every(({ seen }) => seen.closed), { what: 'half-closed ones to be closed' });
  expect(new Set(halfClosed.flatMap(statuses))).toEqual(new Set([400]));
  for (let n = 0; n < 10; n += 1) await expectServed();
  expect(bodies()).toEqual(Array.from({ length: 11 }, () => '{}'));
  expect(api.logged).toEqual([]);
});
