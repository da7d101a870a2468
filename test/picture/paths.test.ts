import { expect, it } from 'vitest';
import { dotsPath, linePath, withHoles } from '../../src/picture/paths.ts';

const POINTS = [
  [0, 1],
  [1, 2],
  [2, null],
  [3, 1],
  [4, null],
] as const;

it('a curve has holes, and what stands alone between them is a dot', () => {
  expect(linePath(POINTS)).toBe('M0 1L1 2M3 1h0');
  expect(dotsPath(POINTS)).toBe('M3 1h0');
  expect(dotsPath([])).toBe('');
});

it('a hole lies where no window does, and nowhere else', () => {
  const hour = (start: number, end = start + 1) => ({
    start: new Date(start * 3_600_000).toISOString(),
    end: new Date(end * 3_600_000).toISOString(),
  });
  const filled = withHoles([hour(0), hour(1), hour(4), hour(4, 6)], (start, end) => ({ start, end }));
  expect(filled).toEqual([hour(0), hour(1), hour(2, 4), hour(4), hour(4, 6)]);
  expect(withHoles([], (start, end) => ({ start, end }))).toEqual([]);
});
