import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/stats/random.ts';
import { expectedRuns, runTail } from '../../../src/stats/habits/run-tail.ts';

/** Lengths of runs, one after the other, up to so many rows. */
function runsOf(random: () => number, rows: number, lengthOf: (u: number) => number): number[] {
  const lengths: number[] = [];
  for (let left = rows; left > 0;) {
    const length = Math.min(left, lengthOf(random()));
    lengths.push(length);
    left -= length;
  }
  return lengths;
}

const coins = (u: number): number => 1 + Math.floor(Math.log(1 - u) / Math.log(0.8));
/** Dry spells: most are short, and one in a hundred is twenty times as long. */
const spells = (u: number): number => Math.ceil((1 - u) ** -0.7);

describe('how long the longest runs are', () => {
  test.each([
    ['coins', coins],
    ['dry spells', spells],
  ])('%s: a period like the one it is known from is nothing unheard of', (_, lengthOf) => {
    const random = createRandom(7);
    const rows = 8_000;
    let unheard = 0;
    for (let again = 0; again < 400; again++) {
      const tail = runTail(runsOf(random, rows, lengthOf))!;
      const longest = Math.max(...runsOf(random, rows / 10, lengthOf));
      if (expectedRuns(tail, longest, 0.1) < 0.001) unheard += 1;
    }
    expect(unheard).toBeLessThanOrEqual(2);
  });

  test('twice the longest is ordinary where some runs are far longer than most', () => {
    const random = createRandom(8);
    let twice = 0;
    for (let again = 0; again < 400; again++) {
      const known = Math.max(...runsOf(random, 8_000, spells));
      if (Math.max(...runsOf(random, 8_000, spells)) > 2 * known) twice += 1;
    }
    expect(twice).toBeGreaterThan(40);
  });

  test('coins that show one side four times as long as ever do not', () => {
    const lengths = runsOf(createRandom(9), 8_000, coins);
    expect(expectedRuns(runTail(lengths)!, 8 * Math.max(...lengths), 0.05)).toBeLessThan(0.001);
  });

  test('nothing is known of few runs, or where all are equally long', () => {
    expect(runTail([5, 4, 3, 2, 1])).toBeNull();
    expect(runTail(Array.from({ length: 500 }, () => 24))).toBeNull();
  });
});
