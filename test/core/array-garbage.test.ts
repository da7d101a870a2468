import { expect, test } from 'vitest';
import { ArrayGarbage } from '../../src/core/memory/array-garbage.ts';

const WORTH_BYTES = 2 ** 23;

/** In a function of its own: nobody refers to it afterwards. */
function leaveBehind(bytes: number): void {
  new Uint8Array(bytes).fill(1);
}

test('what is left behind goes once it is worth it, and only then', async () => {
  const garbage = new ArrayGarbage();
  garbage.collectFrom(0);
  leaveBehind(WORTH_BYTES / 4);
  expect(garbage.collectFrom(WORTH_BYTES)).toBe(false);
  leaveBehind(2 * WORTH_BYTES);
  const before = process.memoryUsage().external;
  expect(garbage.collectFrom(WORTH_BYTES)).toBe(true);
  expect(garbage.collectFrom(WORTH_BYTES)).toBe(false);
  // V8 lets go of the memory itself in a thread of its own.
  await expect.poll(() => process.memoryUsage().external).toBeLessThan(before - WORTH_BYTES);
});

test('what was in use then, and is not any more, does not hide what came since', () => {
  let held: Uint8Array | null = new Uint8Array(4 * WORTH_BYTES).fill(1);
  const garbage = new ArrayGarbage();
  garbage.collectFrom(0);
  expect(held.length).toBe(4 * WORTH_BYTES);
  held = null;
  garbage.expectAll();
  expect(garbage.collectFrom(WORTH_BYTES)).toBe(true);
});
