import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { boundYoungGeneration, youngBytes } from '../../src/pipeline/serve/young-generation.ts';

const MIB = 2 ** 20;

let end: () => void = () => undefined;
afterEach(() => end());

/** Makes objects of which many survive, which is what young generations grow by. */
async function largestYoung(): Promise<number> {
  let [kept, largest]: [object[], number] = [[], 0];
  for (let round = 0; round < 1_000; round++) {
    for (let i = 0; i < 5_000; i++) kept.push({ round, i: [i] });
    if (round % 40 === 39) kept = [];
    largest = Math.max(largest, youngBytes());
    await turn();
  }
  expect(kept).toHaveLength(0);
  return largest;
}

test('the young generation stops growing soon after it has grown enough', async () => {
  end = boundYoungGeneration(4 * MIB);
  const bounded = await largestYoung();
  end();
  expect(bounded).toBeLessThan(32 * MIB);
});
