import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { writePaced } from '../../src/api/write-paced.ts';
import type { App } from '../../src/api/app.ts';
import { ok } from '../../src/core/result.ts';
import { testApi } from './fakes.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x\n');

describe('exports of labelled data', () => {
  const sockets: Socket[] = [];
  let api: App | null = null;
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await api?.close();
  });

  test('two are sent at once, whoever else asks is told when to come back', async () => {
    let begun = 0;
    ({ app: api } = testApi({
      exportLabelled: async () =>
        ok(async (write) => {
          begun += 1;
          // As long as somebody reads.
          for (;;) await write(CHUNK);
        }),
    }));
    const url = new URL(await api.listen({ port: 0, host: '127.0.0.1' }));
    const stalled = async (): Promise<Socket> => {
      const socket = connect(Number(url.port), url.hostname);
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write('GET /api/v1/labelled-data?model=m HTTP/1.1\r\nHost: localhost\r\n\r\n');
      // Its head, and then nothing more.
      await once(socket, 'readable');
      return socket;
    };
    const first = await stalled();
    await stalled();
    const ask = async (): Promise<Response> => await fetch(new URL('/api/v1/labelled-data?model=m', url));
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      type: 'urn:shiftwatch:problem:busy',
      detail: '2 are in work',
    });
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    first.destroy();
    await expect
      .poll(async () => {
        const again = await ask();
        await again.body?.cancel();
        return again.status;
      })
      .toBe(200);
    expect(begun).toBe(3);
  });

  test('a reader that takes nothing is cut off, one that is slow is not', async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    const slow = writePaced(stream, CHUNK, 60_000);
    stream.resume();
    await slow;
    stream.pause();
    const closed = once(stream, 'error');
    await writePaced(stream, CHUNK, 1);
    expect(await closed).toMatchObject([{ message: 'the reader took nothing for 0.001 s' }]);
    await expect(writePaced(stream, CHUNK, 1)).rejects.toThrow('the reader went away');
  });
});
