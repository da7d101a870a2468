import { expect, test } from 'vitest';
import { windowStart } from '../../src/window/window-range.ts';

test('windows tile time from the epoch, before it too', () => {
  expect(windowStart(Date.UTC(2026, 2, 1, 12, 34), 3_600_000)).toBe(Date.UTC(2026, 2, 1, 12));
  expect(windowStart(Date.UTC(2026, 2, 1, 12), 3_600_000)).toBe(Date.UTC(2026, 2, 1, 12));
  expect(windowStart(-1, 3_600_000)).toBe(-3_600_000);
});
