import { expect, it } from 'vitest';
import { slope } from '../../bench/ingest/steady-rate.ts';

it('finds the rate of what goes up in steps of several partitions, wherever it begins and ends', () => {
  // Four partitions, 50,000 events a second each, known every five seconds at their own times.
  const looks = [0, 1, 2, 3]
    .flatMap((partition) =>
      Array.from({ length: 8 }, (_, step) => ({ at: 5 * step + 1.1 * partition, partition, step })),
    )
    .toSorted((a, b) => a.at - b.at);
  const known = [0, 0, 0, 0];
  const events = looks.map(({ at, partition }) => {
    known[partition] = 50_000 * at;
    return known.reduce((sum, each) => sum + each, 0);
  });
  const rate = (from: number, to: number) =>
    slope(
      looks.slice(from, to).map(({ at }) => at),
      events.slice(from, to),
    );
  for (const [from, to] of [
    [4, 32],
    [5, 30],
    [6, 27],
    [7, 29],
  ] as const) {
    expect(Math.abs(rate(from, to) / 200_000 - 1)).toBeLessThan(0.03);
  }
});
