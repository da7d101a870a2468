import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fullJitterMs, spreadMs } from '../../src/core/backoff.ts';

const drawn = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

it('pauses lie below a ceiling that doubles up to the longest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), drawn, (failures, draw) => {
      const ms = fullJitterMs(failures, 250, 30_000, () => draw);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(30_000, 250 * 2 ** (failures - 1)));
    }),
  );
  expect([1, 2, 3, 30].map((failures) => fullJitterMs(failures, 250, 30_000, () => 1))).toEqual([
    250, 500, 1_000, 30_000,
  ]);
});

it('a period is kept on average and never to a tenth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 3_600_000 }), drawn, (periodMs, draw) => {
      const ms = spreadMs(periodMs, () => draw);
      expect(Math.abs(ms - periodMs)).toBeLessThanOrEqual(periodMs / 10 + 1);
    }),
  );
  expect([0, 0.5, 1].map((draw) => spreadMs(1_000, () => draw))).toEqual([900, 1_000, 1_100]);
});
