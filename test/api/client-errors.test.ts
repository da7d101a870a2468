import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problemSchema } from '../../src/api/problem.ts';
import { testApi } from './fakes.ts';

const { app } = testApi();
let port = 0;
beforeAll(async () => {
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());

async function answerTo(request: string): Promise<{ head: string; body: unknown }> {
  const text = await new Promise<string>((resolve) => {
    let seen = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => (seen += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(seen));
  });
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { head, body: JSON.parse(body) as unknown };
}

it.each([
  [
    'a head that is too long',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'head_too_large',
  ],
  ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
  ['what is no HTTP', 'HELO example.org\r\n\r\n', 400, 'bad_request'],
] as const)('answers %s with problem details', async (_what, request, status, problem) => {
  const { head, body } = await answerTo(request);
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toMatch(/content-type: application\/problem\+json/i);
  expect(problemSchema.parse(body)).toMatchObject({ status, type: `urn:shiftwatch:problem:${problem}` });
});
