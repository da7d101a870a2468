import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { until } from '../harness/wait.ts';
import { testApi } from './fakes.ts';

const MIB = 1024 * 1024;

describe('bodies that are never finished', () => {
  const open: { close(): Promise<void> }[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const app of open.splice(0)) await app.close();
  });

  /** An API whose tokens are the names of their owners. */
  async function listening(): Promise<{ url: string; port: number }> {
    const { app } = testApi({
      verifyToken: async (presented) =>
        ok({
          id: presented,
          name: presented,
          prefix: presented,
          scopes: ['ingest', 'operate'],
          expires_at: null,
        } as never),
    });
    open.push(app);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { url, port: Number(new URL(url).port) };
  }

  interface HalfSent {
    answer: string;
    closed: boolean;
  }

  function halfSend(port: number, token: string, bytes: Buffer, head = ''): HalfSent {
    const seen = { answer: '', closed: false };
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (seen.answer += chunk.toString()));
    socket.on('close', () => (seen.closed = true));
    socket.write(
      `POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-ndjson\r\n${head}Content-Length: 10000000\r\n\r\n`,
    );
    socket.write(bytes);
    return seen;
  }

  const honestPost = async (url: string, body = '{}\n') =>
    await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer honest', 'content-type': 'application/x-ndjson' },
    });

  it('keep nobody from posting: not forty, not three hundred', async () => {
    const { url, port } = await listening();
    for (let i = 0; i < 300; i++) halfSend(port, 'slow', Buffer.from('{'));
    for (let i = 0; i < 20; i++) expect((await honestPost(url)).status).toBe(202);
  });

  it('are ended, the oldest of whoever holds most first, when they hold too much', async () => {
    const { url, port } = await listening();
    const one = halfSend(port, 'other', Buffer.alloc(MIB, 0x20));
    const greedy: HalfSent[] = [];
    // 9 MiB each, of which 320 MiB fit.
    for (let i = 0; i < 40; i++) greedy.push(halfSend(port, 'greedy', Buffer.alloc(9 * MIB, 0x20)));
    await until(() => greedy.filter(({ closed }) => closed).length >= 4, {
      what: 'the oldest to be ended',
    });
    expect(greedy.find(({ closed }) => closed)?.answer).toMatch(
      /^HTTP\/1\.1 429 [\s\S]*retry-after: 1[\s\S]*urn:shiftwatch:problem:busy/i,
    );
    expect((await honestPost(url, '{}\n'.repeat(3 * MIB))).status).toBe(202);
    expect(one).toEqual({ answer: '', closed: false });
  });

  it('count by what they unpack to', async () => {
    const { url, port } = await listening();
    const packed = gzipSync(Buffer.alloc(9 * MIB, 0x20));
    // Without its trailer it is never done.
    const sent = Array.from({ length: 40 }, () =>
      halfSend(port, 'packed', packed.subarray(0, -8), 'Content-Encoding: gzip\r\n'),
    );
    await until(() => sent.some(({ closed }) => closed), { what: 'one to be ended' });
    expect((await honestPost(url)).status).toBe(202);
  });
});

describe('a body that is too large', () => {
  it.each([
    ['as it is', Buffer.alloc(10 * MIB + 1, 0x20), {}],
    ['unpacked', gzipSync(Buffer.alloc(40 * MIB, 0x20)), { 'content-encoding': 'gzip' }],
  ])('is answered, though all of it is sent before the answer is looked for: %s', async (_, bytes, more) => {
    const { app } = testApi();
    const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
    try {
      const answer = await new Promise<number | undefined>((resolve, reject) => {
        const headers = {
          authorization: 'Bearer any',
          'content-type': 'application/x-ndjson',
          'content-length': bytes.length,
          ...more,
        };
        const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/api/v1/events', headers });
        sent.once('error', reject).once('response', (response) => {
          expect(sent.writableFinished).toBe(true);
          response.resume();
          resolve(response.statusCode);
        });
        sent.end(bytes);
      });
      expect(answer).toBe(413);
    } finally {
      await app.close();
    }
  });
});
