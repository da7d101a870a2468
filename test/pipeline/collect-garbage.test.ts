import { expect, test } from 'vitest';
import { garbageDuty } from '../../src/pipeline/collect-garbage.ts';

const MIB = 2 ** 20;

test('garbage is collected when the process has grown by what is worth it, and not again until it has grown anew', async () => {
  const collectedAt: number[] = [];
  let mib = 300;
  const duty = garbageDuty('ingest', {
    residentBytes: () => mib * MIB,
    collect: () => {
      collectedAt.push(mib);
      mib -= 50;
    },
  });
  for (const now of [300, 319, 450, 410, 439, 441, 430, 900, 860, 880, 905]) {
    mib = now;
    await duty.run();
  }
  expect(collectedAt).toEqual([450, 441, 900, 905]);
});

test('what lies around is given back', async () => {
  const resident = () => process.memoryUsage.rss();
  let kept: Uint8Array[] = Array.from({ length: 450 }, () => new Uint8Array(MIB).fill(1));
  const before = resident();
  expect(kept).toHaveLength(450);
  kept = [];
  await garbageDuty('ingest').run();
  expect(before - resident()).toBeGreaterThan(300 * MIB);
});
