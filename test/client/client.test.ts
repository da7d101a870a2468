import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.ts';
import { atEnd } from '../harness/cleanup.ts';
import { startStandIn } from './stand-in.ts';

const fail = (why: string): never => {
  throw new Error(why);
};
const AWAY = 'http://127.0.0.1:1';
const WITHIN = { timeoutMs: 20_000 };

describe('a client over HTTP', () => {
  it('delivers what was logged, and returns ids at once', async () => {
    const { url, batches } = await startStandIn();
    const client = new Client(url);
    const id = client.logPrediction({ model: 'm', prediction: 'a', features: { x: 1.5, gone: undefined } });
    client.logLabel({ model: 'm', predictionId: id, label: 'b' });
    expect(await client.flush(WITHIN)).toBe(true);
    expect(batches.flat()).toMatchObject([
      { type: 'prediction', prediction_id: id, features: { x: 1.5, gone: null } },
      { type: 'label', prediction_id: id, label: 'b' },
    ]);
    expect(client.counts()).toEqual({ logged: 2, delivered: 2, dropped: 0, refused: 0, waiting: 0 });
    await client.close();
  });

  it('counts as dropped what is on its way when its time to close is up', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => {
      server.close();
      server.closeAllConnections();
    });
    const dropped: unknown[] = [];
    const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      batchSize: 2,
      onDrop: ({ prediction_id: id }, reason) => dropped.push([id, reason]),
    });
    for (const id of ['1', '2', '3']) client.logPrediction({ model: 'm', prediction: 1, predictionId: id });
    await client.close({ timeoutMs: 50 });
    expect(client.counts()).toEqual({ logged: 3, delivered: 0, dropped: 3, refused: 0, waiting: 0 });
    expect(dropped).toEqual(['1', '2', '3'].map((id) => [id, 'closed']));
  });

  it('names the field that cannot be read', () => {
    const features = Object.defineProperty({}, 'a', { enumerable: true, get: () => fail('boo') });
    expect(() => new Client(AWAY).logPrediction({ model: 'm', features })).toThrow(
      /^features: cannot be read/,
    );
  });

  it('fills batches by their number, and by their bytes', async () => {
    const byNumber = await startStandIn();
    const first = new Client({ url: byNumber.url, batchSize: 10, lingerMs: 60_000 });
    for (let at = 0; at < 25; at += 1) first.logPrediction({ model: 'm', prediction: at });
    await first.close(WITHIN);
    expect(byNumber.batches.map(({ length }) => length)).toEqual([10, 10, 5]);
    const byBytes = await startStandIn();
    const second = new Client({ url: byBytes.url, batchBytes: 1_000, lingerMs: 60_000 });
    for (let at = 0; at < 5; at += 1) second.logPrediction({ model: 'm', prediction: 'x'.repeat(500) });
    await second.close(WITHIN);
    expect(byBytes.batches.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([[503], [500], [408], [[429, { 'retry-after': '0' }]], [null]] as const)(
    'tries again after %j, with the same key',
    async (trouble) => {
      const { url, keys } = await startStandIn(trouble, 202);
      const client = new Client({ url });
      client.logPrediction({ model: 'm', prediction: 1 });
      expect(await client.flush(WITHIN)).toBe(true);
      expect(keys).toHaveLength(2);
      expect(new Set(keys).size).toBe(1);
      await client.close();
    },
  );

  it('counts what is refused by its reason, and delivers the rest', async () => {
    const { url } = await startStandIn();
    const lost: string[] = [];
    const client = new Client({ url, onDrop: (event, why) => lost.push(`${String(event['model'])} ${why}`) });
    for (const model of ['m', 'unknown', 'm']) client.logPrediction({ model, prediction: 1 });
    expect(await client.flush(WITHIN)).toBe(false);
    expect(client.counts()).toEqual({ logged: 3, delivered: 2, dropped: 0, refused: 1, waiting: 0 });
    expect([client.reasons(), lost]).toEqual([{ unknown_model: 1 }, ['unknown unknown_model']]);
    expect(await client.flush(WITHIN)).toBe(true);
    await client.close();
  });

  it('halves what is too large, gives up a wrong token, follows no redirect', async () => {
    const large = await startStandIn(413, 202);
    const halving = new Client({ url: large.url, lingerMs: 60_000 });
    for (let at = 0; at < 4; at += 1) halving.logPrediction({ model: 'm', prediction: at });
    expect(await halving.flush(WITHIN)).toBe(true);
    expect(large.batches.map(({ length }) => length)).toEqual([4, 2, 2]);
    await halving.close();

    const elsewhere = await startStandIn();
    for (const answer of [401, [307, { location: elsewhere.url }]] as const) {
      const { url } = await startStandIn(answer);
      const client = new Client({ url, token: 'secret' });
      client.logPrediction({ model: 'm', prediction: 1 });
      expect(await client.flush(WITHIN)).toBe(false);
      expect(client.counts().refused).toBe(1);
      await client.close();
    }
    expect(elsewhere.batches).toEqual([]);
  });

  it('holds no more than it may, and drops and counts the rest', async () => {
    const lost = new Set<string>();
    const client = new Client({ url: AWAY, maxQueueBytes: 20_000, onDrop: (_event, why) => lost.add(why) });
    for (let at = 0; at < 1_000; at += 1) client.logPrediction({ model: 'm', prediction: 'x'.repeat(100) });
    const { logged, waiting, dropped } = client.counts();
    expect([logged, waiting + dropped]).toEqual([1_000, 1_000]);
    expect(dropped).toBeGreaterThan(800);
    expect([...lost]).toEqual(['queue_full']);
    await client.close({ timeoutMs: 50 });
    expect(client.counts()).toEqual({ logged: 1_000, delivered: 0, dropped: 1_000, refused: 0, waiting: 0 });
    client.logPrediction({ model: 'm', prediction: 1 });
    expect(client.reasons()['closed']).toBeGreaterThan(0);
  });

  it('says at the call what cannot be an event', () => {
    const client = new Client({ url: AWAY });
    expect(() => client.logPrediction({ model: 'm', prediction: [1] })).toThrow(/^prediction: a list of 1/);
    expect(() => client.logPrediction({ model: 'm', prediction: 1, features: { x: {} } })).toThrow(
      /^features\.x: /,
    );
    expect(() => client.logPrediction({ model: 'm', prediction: Number.NaN })).toThrow(/^prediction: /);
    expect(() => client.logPrediction({ model: 'm', prediction: 1, timestamp: new Date('never') })).toThrow(
      /^timestamp: /,
    );
    expect(() => new Client({})).toThrow('needs the url of a service');
    expect(client.counts().logged).toBe(0);
  });
});

describe('a program', () => {
  const run = async (text: string, url: string): Promise<void> => {
    const entry = join(import.meta.dirname, '../../src/client/index.ts');
    const program = `const { Client } = await import(${JSON.stringify(entry)}); const url = ${JSON.stringify(url)};${text}`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
  };

  it('that just ends has sent', async () => {
    const { url, batches } = await startStandIn();
    await run(`new Client({ url, lingerMs: 60_000 }).logPrediction({ model: 'm', prediction: 1 })`, url);
    expect(batches.flat()).toHaveLength(1);
  });

  it('is not held by a service that is away', async () => {
    await run(`new Client({ url }).logPrediction({ model: 'm', prediction: 1 })`, AWAY);
  });
});
