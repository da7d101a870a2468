/** Prometheus is told that the database is away, though the database cannot say who asks. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lastingVerification } from '../../../src/api/session/lasting-verification.ts';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { fail, ok } from '../../../src/core/result.ts';
import type { VerifiedToken } from '../../../src/store/tokens.ts';
import { NOW_MS, testApi } from '../fakes.ts';

const GONE = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const TOKEN: VerifiedToken = { prefix: 'sw_a', name: 'prometheus', scopes: ['read'], expiresAtMs: null };

/** What the database does with the next token. */
let database: (text: string) => ReturnType<ReturnType<typeof lastingVerification>>;
const knows = async (text: string) => (text.startsWith('sw') ? ok(TOKEN) : fail('unknown' as const));
const gone = () => Promise.reject(GONE);
const silent = () => new Promise<never>(() => {});
let verify: ReturnType<typeof lastingVerification>;

beforeEach(() => {
  vi.useFakeTimers();
  database = knows;
  verify = lastingVerification((text) => database(text));
});
afterEach(() => vi.useRealTimers());

it('is what the database says, while it says something', async () => {
  expect(await verify('sw_1', NOW_MS)).toEqual(ok(TOKEN));
  expect(await verify('else', NOW_MS)).toEqual(fail('unknown'));
  database = async () => fail('revoked');
  expect(await verify('sw_1', NOW_MS)).toEqual(fail('revoked'));
  // Nor is it remembered any more.
  database = gone;
  await expect(verify('sw_1', NOW_MS)).rejects.toBe(GONE);
});

it('lasts a quarter of an hour beyond the last time that the database knew the token', async () => {
  await verify('sw_1', NOW_MS);
  await verify('sw_1', NOW_MS + MINUTE_MS);
  await verify('else', NOW_MS + MINUTE_MS);
  database = gone;
  expect(await verify('sw_1', NOW_MS + 16 * MINUTE_MS - 1)).toEqual(ok(TOKEN));
  await expect(verify('sw_1', NOW_MS + 16 * MINUTE_MS)).rejects.toBe(GONE);
  // Neither who was refused is let in, nor who was not seen.
  await expect(verify('else', NOW_MS + MINUTE_MS)).rejects.toBe(GONE);
  await expect(verify('sw_2', NOW_MS + MINUTE_MS)).rejects.toBe(GONE);
});

it('ends with the token', async () => {
  database = async () => ok({ ...TOKEN, expiresAtMs: NOW_MS + MINUTE_MS });
  await verify('sw_1', NOW_MS);
  database = gone;
  expect((await verify('sw_1', NOW_MS + MINUTE_MS - 1)).ok).toBe(true);
  await expect(verify('sw_1', NOW_MS + MINUTE_MS)).rejects.toBe(GONE);
});

it('waits two seconds for a database that says nothing, and hears what it says later', async () => {
  await verify('sw_1', NOW_MS);
  database = silent;
  const known = verify('sw_1', NOW_MS);
  let answer: (value: Awaited<ReturnType<typeof verify>>) => void = () => undefined;
  database = () => new Promise((resolve) => (answer = resolve));
  const unknown = expect(verify('sw_2', NOW_MS)).rejects.toMatchObject({ problem: 'unavailable' });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await known).toEqual(ok(TOKEN));
  await unknown;
  answer(ok(TOKEN));
  await vi.advanceTimersByTimeAsync(0);
  database = gone;
  expect(await verify('sw_2', NOW_MS)).toEqual(ok(TOKEN));
});

it('hides no mistake of ours', async () => {
  await verify('sw_1', NOW_MS);
  database = () => Promise.reject(new TypeError('a bug'));
  await expect(verify('sw_1', NOW_MS)).rejects.toThrow('a bug');
});

it('holds 256 tokens, those verified last', async () => {
  for (let i = 0; i <= 256; i += 1) {
    await verify(`sw_${i}`, NOW_MS);
    await verify('sw_0', NOW_MS);
  }
  database = gone;
  const held = [];
  for (let i = 0; i <= 256; i += 1)
    if ((await verify(`sw_${i}`, NOW_MS).catch(() => null)) !== null) held.push(i);
  expect(held).toHaveLength(256);
  expect(held).not.toContain(1);
});

it('is for the metrics of a process only, and for whoever may read them', async () => {
  const readsAre = (scope: 'read' | 'ingest') => ok({ ...TOKEN, scopes: [scope] });
  const { app } = testApi({ verifyToken: (text) => database(text) });
  database = async (text) => readsAre(text === 'r' ? 'read' : 'ingest');
  const status = async (url: string, token: string): Promise<number> =>
    (await app.inject({ url, headers: { authorization: `Bearer ${token}` } })).statusCode;
  const all = async (): Promise<number[]> => [
    await status('/metrics', 'r'),
    await status('/metrics', 'i'),
    await status('/metrics/fleet', 'r'),
    await status('/api/v1/models', 'r'),
  ];
  expect(await all()).toEqual([200, 403, 200, 200]);
  database = gone;
  expect(await all()).toEqual([200, 403, 503, 503]);
  await app.close();
});
