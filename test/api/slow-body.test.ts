import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { errorHandler } from '../../src/api/error-handler.ts';
import { silentLog } from '../../src/core/log.ts';

const app = Fastify({ handlerTimeout: 50, forceCloseConnections: true });
app.setErrorHandler(errorHandler(silentLog));
app.post('/', async () => 'arrived');
afterEach(async () => await app.close());

test('a body that does not arrive is the client’s delay, not ours', async () => {
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
  const answerTo = async (body: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    socket.write(`${head}${body}`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString();
  };
  const slow = await answerTo('{"a":');
  expect(slow).toMatch(/^HTTP\/1\.1 408 /);
  expect(slow).toContain('connection: close');
  expect(await answerTo('{"a": 12}')).toMatch(/^HTTP\/1\.1 200 /);
});
