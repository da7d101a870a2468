import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createTokenSource } from '../../../src/ingest/kafka/oauth-token.ts';

interface Asked {
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers each request with the next of the answers. */
async function tokenServer(answers: readonly { status?: number; body: unknown }[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const answer = answers[asked.length] ?? { status: 500, body: {} };
      asked.push({ authorization: request.headers.authorization, body });
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const login = {
    tokenUrl: `http://127.0.0.1:${address.port}/token`,
    clientId: 'shift:watch',
    clientSecret: 'pass word',
    scope: 'kafka',
  };
  return { asked, login };
}

it('exchanges its credentials once for all connections, and again when the token is old', async () => {
  let nowMs = 0;
  const { asked, login } = await tokenServer([
    { body: { access_token: 'one', expires_in: 100 } },
    { body: { access_token: 'two', expires_in: 100 } },
  ]);
  const token = createTokenSource(login, { nowMs: () => nowMs });
  expect(await Promise.all([token(), token()])).toEqual(['one', 'one']);
  nowMs = 79_999;
  expect(await token()).toBe('one');
  nowMs = 80_000;
  expect(await token()).toBe('two');
  expect(asked).toHaveLength(2);
  expect(asked[0]?.body).toBe('grant_type=client_credentials&scope=kafka');
  const encoded = Buffer.from('shift%3Awatch:pass%20word').toString('base64');
  expect(asked[0]?.authorization).toBe(`Basic ${encoded}`);
});

it('asks every time when nobody says how long a token lives', async () => {
  const { asked, login } = await tokenServer([
    { body: { access_token: 'one' } },
    { body: { access_token: 'two' } },
  ]);
  const token = createTokenSource({ ...login, scope: null }, { nowMs: () => 0 });
  expect([await token(), await token()]).toEqual(['one', 'two']);
  expect(asked[1]?.body).toBe('grant_type=client_credentials');
});

it('says what the server answered, without the secret, and asks again next time', async () => {
  const { login } = await tokenServer([
    { status: 401, body: { error: 'invalid_client' } },
    { body: 'no JSON' },
    { body: { access_token: 'three', expires_in: 60 } },
  ]);
  const token = createTokenSource(login, { nowMs: () => 0 });
  const refused = await token().catch((error: unknown) => String(error));
  expect(refused).toMatch(/127\.0\.0\.1:\d+ gave no Kafka token: it answered 401, invalid_client/);
  expect(refused).not.toContain('pass');
  await expect(token()).rejects.toThrow('it answered 200');
  expect(await token()).toBe('three');
});

it('reads a token file at every login', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, 'token');
  const token = createTokenSource({ tokenFile });
  await expect(token()).rejects.toThrow('cannot be read');
  writeFileSync(tokenFile, 'first\n');
  expect(await token()).toBe('first');
  writeFileSync(tokenFile, 'second\n');
  expect(await token()).toBe('second');
});
