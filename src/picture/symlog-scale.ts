import { linearScale, type Scale } from './scale.ts';

/**
 * Straight up to about `unit`, in powers of ten beyond, on both sides of zero: values of which some are a hundred times
 * the others are all seen on one axis. `unit` must be above 0.
 */
export function symlogScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  unit: number,
): Scale {
  const bent = (value: number): number => Math.asinh(value / unit);
  const line = linearScale([bent(domain[0]), bent(domain[1])], range);
  return {
    domain,
    range,
    at: (value) => line.at(bent(value)),
    from: (place) => Math.sinh(line.from(place)) * unit,
  };
}

/**
 * Round values for such an axis: zero, and powers of ten from about the unit on, within the domain; every second or third
 * of them where they are more than `wanted`.
 *
 * @example symlogTicks([-5, 2_000], 1, 6) // [-1, 0, 1, 10, 100, 1000]
 */
export function symlogTicks([low, high]: readonly [number, number], unit: number, wanted: number): number[] {
  const first = Math.floor(Math.log10(unit));
  const last = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), unit)));
  const powers = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const isShown = (value: number): boolean => value >= low && value <= high;
  const all = (step: number): number[] => {
    const kept = powers.filter((_, n) => (powers.length - 1 - n) % step === 0).map((power) => 10 ** power);
    return [...kept.map((value) => -value).reverse(), 0, ...kept].filter(isShown);
  };
  for (let step = 1; ; step += 1) if (all(step).length <= wanted || step >= powers.length) return all(step);
}
