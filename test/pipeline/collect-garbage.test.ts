import { expect, test } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { collectingGarbage, collectWhenGrown } from '../../src/pipeline/serve/collect-garbage.ts';

const MIB = 2 ** 20;
/** Half of the 400 MiB and more that lie around: the system decides how much of them is resident to begin with. */
const MOST = 200 * MIB;

test('garbage is collected when the process has grown by what is worth it, not again until it has grown anew, and without need not twice in half a minute', async () => {
  const collectedAt: number[] = [];
  let mib = 300;
  const turn = collectWhenGrown({
    residentBytes: () => mib * MIB,
    collect: () => {
      collectedAt.push(mib);
      mib -= 50;
    },
  });
  let seconds = 0;
  const see = async (at: number, values: readonly number[]): Promise<number[]> => {
    seconds += at;
    for (const now of values) {
      mib = now;
      await turn(seconds * 1_000);
    }
    return collectedAt.splice(0);
  };
  expect(await see(0, [300, 319, 430, 390, 419, 421])).toEqual([430]);
  expect(await see(29, [421])).toEqual([]);
  expect(await see(1, [419, 421])).toEqual([421]);
  expect(await see(1, [449, 451, 440, 900, 889, 891])).toEqual([451, 900, 891]);
});

test('what lies around is given back', async () => {
  const resident = () => process.memoryUsage.rss();
  let kept: Uint8Array[] = Array.from({ length: 450 }, () => new Uint8Array(MIB).fill(1));
  const before = resident();
  expect(kept).toHaveLength(450);
  kept = [];
  await (
    await collectingGarbage({ log: silentLog })
  )(0);
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
    await (
      await collectingGarbage({ log: silentLog })
    )(0);
    expect(before - process.memoryUsage.rss()).toBeGreaterThan(MOST);
    expect(inUse).toHaveLength(210);
  },
);
