import { expect, test } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { createGarbage, type Garbage, ownGarbage } from '../../src/pipeline/serve/collect-garbage.ts';

const MIB = 2 ** 20;
/** Half of the 400 MiB and more that lie around: the system decides how much of them is resident to begin with. */
const MOST = 200 * MIB;

test('garbage is collected when the process has grown by what is worth it, or holds much, and not all the time', async () => {
  const collectedAt: number[] = [];
  let trimmed = 0;
  let [mib, garbage] = [300, 50];
  const { turn, during } = createGarbage({
    residentBytes: () => mib * MIB,
    trim: () => {
      trimmed += 1;
      mib -= 10;
    },
    collect: () => {
      collectedAt.push(mib);
      mib -= garbage;
    },
  });
  let seconds = 0;
  /** What it holds each second; where that was collected, trimmed by 10. */
  const see = async (after: number, values: readonly number[]): Promise<number[]> => {
    seconds += after;
    for (const now of values) {
      mib = now;
      await turn(seconds * 1_000);
      seconds += 1;
    }
    return collectedAt.splice(0);
  };
  expect(await see(0, [300, 319])).toEqual([]);
  expect(trimmed).toBe(0);
  expect(await see(0, [325])).toEqual([]);
  expect(trimmed).toBe(1);
  expect(await see(0, [430, 440])).toEqual([420]);
  // 360 were left; half a minute has to pass, and forty more to be held, trimmed or not.
  expect(await see(27, [415])).toEqual([]);
  expect(await see(0, [399, 401])).toEqual([401]);
  // Of much, ten seconds, whatever was left.
  expect(await see(0, [900])).toEqual([]);
  expect(await see(9, [419, 421, 900])).toEqual([421]);
  expect(await see(8, [900])).toEqual([900]);
  expect(await see(9, [845])).toEqual([845]);
  // Of nearly all, two seconds, if collecting helped the last time.
  garbage = 300;
  expect(await see(9, [600, 459, 470, 459, 470])).toEqual([600, 470, 470]);
  garbage = 40;
  expect(await see(1, [499, 499, 499, 499, 499])).toEqual([489]);
  // From 500 on whatever it brought.
  expect(await see(0, [700, 900, 900])).toEqual([690, 900]);
  // Before an evaluation, whatever was left.
  const evaluate = async (): Promise<void> => {};
  await during((seconds + 1) * 1_000, evaluate);
  expect(collectedAt.splice(0)).toEqual([]);
  mib = 319;
  await during((seconds + 9) * 1_000, evaluate);
  expect(collectedAt.splice(0)).toEqual([]);
  mib = 321;
  await during((seconds + 9) * 1_000, evaluate);
  expect(collectedAt).toEqual([321]);
});

test('what reads waits a little while an evaluation needs what is left, and not for ever', async () => {
  let [mib, waits] = [455, 0];
  let whileWaiting = (): void => {};
  const { during, room } = createGarbage({
    residentBytes: () => mib * MIB,
    trim: () => {},
    collect: () => {},
    wait: async () => {
      waits += 1;
      whileWaiting();
      await Promise.resolve();
    },
  });
  const waited = async (nowMs: number): Promise<number> => {
    waits = 0;
    await room(nowMs);
    return waits;
  };
  mib = 440;
  expect(await waited(0)).toBe(0);
  await during(0, async () => {
    mib = 425;
    expect(await waited(10_000)).toBe(0);
    mib = 440;
    whileWaiting = () => (mib -= 5);
    expect(await waited(20_000)).toBe(3);
    whileWaiting = () => {};
    mib = 440;
    expect(await waited(30_000)).toBe(10);
    // Nothing came of it: what is held is needed.
    expect(await waited(34_000)).toBe(0);
    expect(await waited(36_000)).toBe(10);
  });
  expect(await waited(50_000)).toBe(0);
});

/** How often it has collected by the time it holds so many MiB and something is about to begin. */
function collecting(leaves: (mib: number) => number) {
  let [mib, collected] = [0, 0];
  const garbage = createGarbage({
    residentBytes: () => mib * MIB,
    trim: () => {},
    collect: () => {
      collected += 1;
      mib = leaves(mib);
    },
  });
  const timesBefore = async (
    what: (garbage: Garbage, nowMs: number) => void | Promise<void>,
    holds: readonly number[],
  ): Promise<number[]> => {
    const times: number[] = [];
    for (const [nowMs, now] of holds.entries()) {
      mib = now;
      await what(garbage, nowMs);
      times.push(collected);
    }
    return times;
  };
  return { timesBefore };
}

test('before as much again is begun, what was left on the way is collected, where it is worth it', async () => {
  const { timesBefore } = collecting((mib) => mib - 30);
  // Of 400 there are 370 left.
  expect(await timesBefore(({ more }, nowMs) => more(nowMs), [319, 400, 393, 395])).toEqual([0, 1, 1, 2]);
});

test.each([
  { left: 200, next: [379, 381] },
  { left: 300, next: [399, 401] },
  { left: 430, next: [499, 501] },
  { left: 480, next: [519, 521] },
])(
  'what reads collects at once what it has left since $left MB, where that is much',
  async ({ left, next }) => {
    const { timesBefore } = collecting(() => left);
    const times = await timesBefore(async ({ room }, nowMs) => await room(nowMs), [379, 381, ...next]);
    expect(times).toEqual([0, 1, 1, 2]);
  },
);

test('what lies around is given back', async () => {
  const resident = () => process.memoryUsage.rss();
  let kept: Uint8Array[] = Array.from({ length: 450 }, () => new Uint8Array(MIB).fill(1));
  const before = resident();
  expect(kept).toHaveLength(450);
  kept = [];
  await (await ownGarbage(silentLog)).turn(0);
  expect(before - resident()).toBeGreaterThan(MOST);
});

/** Smaller than what the allocator takes from the system one by one, and few of them in use, everywhere among the others. */
const SMALL_BYTES = 20_000;

test.runIf(process.platform === 'linux')(
  'what the allocator of C keeps goes back, though some in between is in use',
  async () => {
    const buffers = Array.from({ length: 21_000 }, (_, i) => Buffer.alloc(SMALL_BYTES, i));
    const inUse = buffers.filter((_, i) => i % 100 === 0);
    const before = process.memoryUsage.rss();
    buffers.length = 0;
    await (await ownGarbage(silentLog)).turn(0);
    expect(before - process.memoryUsage.rss()).toBeGreaterThan(MOST);
    expect(inUse).toHaveLength(210);
  },
);

test.each([
  { holds: 430, at: [0, 10, 20] },
  { holds: 470, at: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20] },
])('what $holds MB hold is collected by the clock at $at s, though nobody reads', async ({ holds, at }) => {
  let mib = holds;
  let second = 0;
  const collectedAt: number[] = [];
  const { turn } = createGarbage({
    residentBytes: () => mib * MIB,
    trim: () => {},
    collect: () => {
      collectedAt.push(second);
      mib = 400;
    },
  });
  for (; second <= 20; second += 1) {
    mib = holds;
    await turn(second * 1_000);
  }
  expect(collectedAt).toEqual(at);
});
