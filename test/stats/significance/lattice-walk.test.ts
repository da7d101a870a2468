import { expect, test } from 'vitest';
import { exitProbability } from '../../../src/stats/significance/lattice-walk.ts';

/** One row after the other. */
function rowByRow(long: number, short: number, limit: number): number {
  const inside = new Float64Array(short + 1);
  inside[0] = 1;
  let exits = 0;
  let below = 0;
  for (let i = 0; i <= long; i++) {
    const first = Math.max(0, Math.floor((i * short - limit) / long) + 1);
    const last = Math.min(short, Math.ceil((i * short + limit) / long) - 1);
    for (let j = below; j < first; j++) {
      exits += inside[j]!;
      inside[j] = 0;
    }
    below = first;
    for (let j = first; j <= last; j++) {
      const here = inside[j]!;
      const left = long - i + (short - j);
      if (left === 0) continue;
      const up = (here * (short - j)) / left;
      inside[j] = (here * (long - i)) / left;
      if (j < last) inside[j + 1] = inside[j + 1]! + up;
      else exits += up;
    }
  }
  return exits;
}

test('two rows at once give the sum of one after the other, to the last bit: all small lattices', () => {
  const others: string[] = [];
  for (let long = 1; long <= 14; long++) {
    for (let short = 1; short <= long; short++) {
      for (let limit = 1; limit <= long * short; limit++) {
        if (!Object.is(exitProbability(long, short, limit), rowByRow(long, short, limit)))
          others.push(`${long}, ${short}, ${limit}`);
      }
    }
  }
  expect(others).toEqual([]);
});

test.each([
  [2_000, 1_999],
  [2_000, 500],
  [1_501, 7],
  [1_200, 1_200],
])('and of %i by %i steps', (long, short) => {
  for (const d of [0.002, 0.013, 0.04, 0.3, 0.9]) {
    const limit = Math.ceil(d * long * short);
    expect(exitProbability(long, short, limit)).toBe(rowByRow(long, short, limit));
  }
});

test('of all orders of three and three rows two are wholly apart', () => {
  expect(exitProbability(3, 3, 9)).toBe(0.1);
});
