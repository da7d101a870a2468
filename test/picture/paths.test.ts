import { expect, it } from 'vitest';
import { dotsPath, firmAndOpen, linePath, withHoles } from '../../src/picture/paths.ts';

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

it('what is provisional is a curve of its own, with the way to what is known beside it', () => {
  const points = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, null],
    [4, 5],
  ] as const;
  const { firm, open } = firmAndOpen(points, [false, false, true, false, true]);
  expect([linePath(firm), linePath(open)]).toEqual(['M0 1L1 2', 'M1 2L2 3M4 5h0']);
  expect(linePath(firmAndOpen(points, []).open)).toBe('');
});
