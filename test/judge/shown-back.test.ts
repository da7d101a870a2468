import { expect, test } from 'vitest';
import { isShownBack } from '../../src/judge/shown-back.ts';

const REFERENCE = [5_000, 5_000];
const back = (windows: readonly (readonly number[])[], clean: number, spread = 1): boolean =>
  isShownBack({ kind: 'numeric', reference: REFERENCE, windows, spread }, clean);

test('a window too small to have seen the change does not end it, and several do', () => {
  const small = [26, 24];
  const away = [290, 210];
  expect(back([away, away, small], 1)).toBe(false);
  expect(back([away, away, [500, 500]], 1)).toBe(true);
  expect(back([away, away, ...Array.from({ length: 12 }, () => small)], 12)).toBe(true);
});

test('half of what was away is still away', () => {
  expect(
    back(
      [
        [800, 200],
        [650, 350],
      ],
      1,
    ),
  ).toBe(false);
  expect(
    back(
      [
        [800, 200],
        [540, 460],
      ],
      1,
    ),
  ).toBe(true);
});

test('windows that spread by themselves say less', () => {
  expect(
    back(
      [
        [800, 200],
        [580, 420],
      ],
      1,
    ),
  ).toBe(true);
  expect(
    back(
      [
        [800, 200],
        [580, 420],
      ],
      1,
      12,
    ),
  ).toBe(false);
});

test('what was never away in its cells is not waited for', () => {
  expect(
    back(
      [
        [251, 249],
        [12, 13],
      ],
      1,
    ),
  ).toBe(true);
  expect(back([[12, 13]], 1)).toBe(true);
});
