import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import { bytesInWords, growthOfKept, keptLine } from '../../src/words/kept.ts';

const NOW_MS = Date.UTC(2026, 2, 11);
const kept = (days: number | null, bytes: number, keptDays: number) => ({
  since: days === null ? null : new Date(NOW_MS - days * DAY_MS).toISOString(),
  bytes,
  kept_ms: keptDays * DAY_MS,
});

test('what is younger than it is kept grows by what came so far a day, the rest stays as it is', () => {
  const all = [kept(10, 10e6, 90), kept(30, 60e6, 30), kept(null, 8_000, 7)];
  expect(growthOfKept(all, NOW_MS)).toEqual({
    bytes: 70_008_000,
    bytes_a_day: 1e6,
    bytes_in_the_end: 150_008_000,
  });
  expect(keptLine(all, NOW_MS)).toBe(
    'History: 70 MB kept since 2026-02-09, 1.0 MB more a day; some 150 MB once all of it is as old as it gets (shiftwatch retention)',
  );
  expect(growthOfKept([kept(0.5, 5_000, 30)], NOW_MS).bytes_a_day).toBeNull();
  expect(keptLine([kept(0.5, 5_000, 30)], NOW_MS)).toBe(
    'History: 5.0 kB kept since 2026-03-10, too young to say how fast it grows (shiftwatch retention)',
  );
  // What is off and was on before goes.
  expect(growthOfKept([kept(10, 10e6, 90), { ...kept(20, 9_000, 0), kept_ms: null }], NOW_MS)).toEqual({
    bytes: 10_009_000,
    bytes_a_day: 1e6,
    bytes_in_the_end: 90_009_000,
  });
  expect(keptLine([kept(null, 8_000, 7)], NOW_MS)).toBe('History: nothing kept yet (shiftwatch retention)');
});

test('sizes are said in two figures or three', () => {
  expect([8_192, 1_234_567, 45.6e9, 5.1e12, 5e15].map(bytesInWords)).toEqual([
    '8.2 kB',
    '1.2 MB',
    '46 GB',
    '5.1 TB',
    '5000 TB',
  ]);
});
