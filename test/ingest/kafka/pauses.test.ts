import { expect, it } from 'vitest';
import { pauseMs, paused } from '../../../src/ingest/kafka/pauses.ts';

it('has a ceiling that doubles up to thirty times the first, and is drawn from below it', () => {
  expect([1, 2, 3, 5, 6, 1_000].map((failures) => pauseMs(failures, 1_000, () => 1))).toEqual([
    1_000, 2_000, 4_000, 16_000, 30_000, 30_000,
  ]);
  expect(pauseMs(3, 1_000, () => 0.5)).toBe(2_000);
});

it('ends early when stopped, and says so', async () => {
  const stop = new AbortController();
  const waiting = paused(60_000, stop.signal);
  stop.abort();
  expect(await waiting).toBe(false);
  expect(await paused(0, new AbortController().signal)).toBe(true);
});
