import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import { type Duty, repeat, type Repeating, type RepeatOptions } from '../../src/pipeline/serve/duty.ts';
import { until } from '../harness/wait.ts';

const loops: Repeating[] = [];
afterEach(async () => void (await Promise.all(loops.splice(0).map((loop) => loop.stop()))));

const said: [string, object][] = [];
const note = (fields: object, message: string): void => void said.push([message, fields]);
const log: Log = { ...silentLog, warn: note, info: note };

function start(run: Duty['run'], everyMs: number, rest: Partial<RepeatOptions> = {}): Repeating {
  said.length = 0;
  const loop = repeat(
    { name: 'sweeping', role: 'evaluate', everyMs, run },
    { clock: systemClock, log, random: () => 0, ...rest },
  );
  loops.push(loop);
  return loop;
}

it('tells how it goes: a failure with its words, their number, and a success after them', async () => {
  let turns = 0;
  const changes: number[] = [];
  const loop = start(
    async () => {
      turns += 1;
      if (turns <= 3)
        throw new Error(`no answer from postgres://me:hush@db:5432/x?sslmode=off\n(try ${turns})`);
    },
    60_000,
    { onChange: () => changes.push(turns) },
  );
  await until(() => loop.status().lastSuccessMs !== null);
  expect(loop.status()).toMatchObject({
    failures: 0,
    lastError: 'no answer from postgres://db:5432 (try 3)',
    lastFailureMs: expect.any(Number),
  });
  expect(turns).toBe(4);
  // It began to fail, and it went well again.
  expect(changes).toEqual([1, 4]);
  expect(said.at(-1)).toEqual([
    'sweeping failed and will be tried again',
    { duty: 'sweeping', error: 'no answer from postgres://db:5432 (try 3)', failures: 3 },
  ]);
});

it('pauses with jitter, after a turn and after a failure', async () => {
  const draws: number[] = [];
  const random = (): number => {
    draws.push(0);
    return 0;
  };
  let turns = 0;
  start(async () => void (turns += 1), 10, { random });
  await until(() => turns >= 3);
  expect(draws.length).toBeGreaterThanOrEqual(2);
  const before = draws.length;
  let failures = 0;
  start(
    async () => {
      failures += 1;
      throw new Error('away');
    },
    60_000,
    { random },
  );
  await until(() => failures >= 5);
  expect(draws.length - before).toBeGreaterThanOrEqual(4);
});

it('goes on at once when there is more, and when it is woken', async () => {
  let turns = 0;
  const loop = start(async () => (turns += 1) < 5, 600_000);
  await until(() => turns === 5);
  loop.wake();
  await until(() => turns === 6);
});

it('waits until it leads, and forgets its failures when it does not any more', async () => {
  let leading = false;
  let turns = 0;
  const loop = start(
    async () => {
      turns += 1;
      throw new Error('away');
    },
    5,
    { leads: () => leading },
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(turns).toBe(0);
  leading = true;
  await until(() => loop.status().failures > 0);
  leading = false;
  await until(() => loop.status().failures === 0);
});

it('is not counted in lines of the log while it fails', async () => {
  let turns = 0;
  start(async () => {
    turns += 1;
    throw new Error('connection refused');
  }, 60_000);
  await until(() => turns >= 50);
  expect(said).toEqual([
    [
      'sweeping failed and will be tried again',
      { error: 'connection refused', duty: 'sweeping', failures: 1 },
    ],
  ]);
});
