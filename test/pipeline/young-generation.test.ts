import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MIB = 2 ** 20;
const SCRIPT = fileURLToPath(new URL('grow-young.ts', import.meta.url));

/** Of a process of its own: ours has grown long ago. */
function largestYoung(grownBytes: number): number {
  const { stdout } = spawnSync(process.execPath, [SCRIPT, String(grownBytes)], { encoding: 'utf8' });
  return Number(stdout);
}

test('the young generation stops growing soon after it has grown enough', () => {
  const bounded = largestYoung(4 * MIB);
  expect(bounded).toBeGreaterThan(MIB);
  expect(bounded).toBeLessThan(32 * MIB);
  expect(largestYoung(1_000 * MIB)).toBeGreaterThan(bounded);
});
