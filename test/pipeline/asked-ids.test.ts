import { expect, test } from 'vitest';
import type { CountingKernel } from '../../src/kernel/kernel.ts';
import { loadedKernel } from '../../src/kernel/load-kernel.ts';
import { askedIds } from '../../src/pipeline/predictions/asked-ids.ts';
import { createRandom } from '../../src/stats/random.ts';
import { IdFilter } from '../../src/window/id-filter.ts';

const random = createRandom(3);
const half = (): number => Math.floor(random() * 2 ** 32) | 0;
const ids = (n: number) => Array.from({ length: n }, () => ({ high: half(), low: half() }));

test.each([
  { by: 'the kernel', kernel: loadedKernel() },
  { by: 'plain words', kernel: null },
])('asked for many ids at once by $by, filters name those that they may have', ({ by, kernel }) => {
  expect(kernel !== null).toBe(by === 'the kernel');
  const given = [...ids(20_000), { high: -1, low: -1 }, { high: 0, low: 0 }, { high: 2 ** 31 - 1, low: 1 }];
  // The last is larger than is copied for so few ids.
  const filters = [0, 7, 5_000, 600_000].map((size) => {
    const filter = IdFilter.for(size);
    for (const { high, low } of given.slice(0, size)) filter.add(high, low);
    for (const { high, low } of ids(Math.max(0, size - given.length))) filter.add(high, low);
    return { filter, size };
  });
  const asked = askedIds(
    kernel,
    Int32Array.from(given, ({ high }) => high),
    Int32Array.from(given, ({ low }) => low),
  );
  // One after another: an answer does not change when the next filter is asked.
  const answers = filters.map(({ filter }) => asked.passing(filter));
  asked.release();
  for (const [i, { filter, size }] of filters.entries()) {
    const expected = given.flatMap(({ high, low }, at) => (filter.mayHave(high, low) ? at : []));
    expect(Array.from(answers[i] ?? [])).toEqual(expected);
    expect(expected.length).toBeGreaterThanOrEqual(Math.min(size, given.length));
  }
});

test('what asking takes of the kernel is given back', () => {
  const kernel = loadedKernel();
  if (kernel === null) throw new Error('there is no kernel: npm test compiles it');
  const some = ids(2_000);
  const highs = Int32Array.from(some, ({ high }) => high);
  const lows = Int32Array.from(some, ({ low }) => low);
  askedIds(kernel, highs, lows).release();
  const before = largestIn(kernel);
  for (let i = 0; i < 100; i++) askedIds(kernel, highs, lows).release();
  expect(largestIn(kernel)).toBe(before);
});

/** MB of the largest piece that can be had: other tests of this process may have taken some. */
function largestIn(kernel: CountingKernel): number {
  let most = 0;
  while (kernel.hasRoom((most + 1) * 2 ** 20)) most += 1;
  return most;
}
