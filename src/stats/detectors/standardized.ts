import { LARGEST_VALUE } from './detector.ts';
import type { DetectorSignal, Kernel } from './detector.ts';
import type { StateReader } from './state-reader.ts';

/**
 * Puts any series on the scale detectors are made for: the first `learnFrom` values only give mean and standard
 * deviation (ddof 1), later ones are handed on as distances to that mean in deviations. After a drift the
 * new level is learnt again.
 *
 * While all values are equal the learning goes on, so a constant never alarms, and its first other value is learnt
 * too. Deviations taken from few values are rough: the rate of false alarms grows as `learnFrom` shrinks.
 */
export function standardized(inner: Kernel, learnFrom: number): Kernel {
  let count = 0;
  let mean = 0;
  let spread = 0;
  const learning = (): boolean => count < learnFrom || spread === 0;
  const learn = (value: number): void => {
    count += 1;
    const before = value - mean;
    mean += before / count;
    spread += before * (value - mean);
  };
  return {
    step(value): DetectorSignal {
      if (learning()) {
        learn(value);
        return 'in_control';
      }
      const distance = (value - mean) / Math.sqrt(spread / (count - 1));
      return inner.step(Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, distance)));
    },
    ...(inner.changeAge !== undefined && { changeAge: () => inner.changeAge?.() ?? 0 }),
    ...(inner.keepsGoing === true && { keepsGoing: true }),
    clear() {
      count = 0;
      mean = 0;
      spread = 0;
      inner.clear();
    },
    save(into) {
      into.push(count, mean, spread);
      inner.save(into);
    },
    load(from: StateReader) {
      count = from.count();
      mean = from.real();
      spread = from.real(0);
      return inner.load(from);
    },
  };
}
