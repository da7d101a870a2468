import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Of both halves together: from here on it must not double again. Larger, and it hardly saves collections any more. */
const GROWN_BYTES = 8 * 2 ** 20;

/**
 * Keeps the main thread's young generation at about 16 MB. V8 allows it 128 on a large machine, and doubles it whenever much
 * survives: ordinary load had 90 MB of JavaScript heap in use and 200 taken from the system. Its limit
 * (`--max-semi-space-size`) is read once, before any of our code runs; the factor it grows by is read each time. So that is
 * set after each collection: 2 below the limit, 1 from there on.
 *
 * @returns what ends it
 */
export function boundYoungGeneration(grownBytes: number = GROWN_BYTES): () => void {
  let factor = 2;
  const observer = new PerformanceObserver(() => {
    const wanted = youngBytes() >= grownBytes ? 1 : 2;
    if (wanted === factor) return;
    factor = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

/** It has doubled before anybody looked. A collection by last resort makes it small again. */
export const isOvergrown = (): boolean => youngBytes() > 2 * GROWN_BYTES;

export function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
