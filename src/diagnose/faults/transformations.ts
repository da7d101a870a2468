import type { Fault } from '../../core/findings.ts';

/** A way in which a pipeline rewrites every value of a column, by mistake. */
export interface Transformation {
  readonly name: string;
  readonly fault: Fault;
  readonly apply: (value: number) => number;
  /** Order of the values is kept (true) or reversed. */
  readonly rising: boolean;
  /** Values the transformation is defined for; absent: all. */
  readonly domain?: (value: number) => boolean;
}

const SCALES: readonly (readonly [string, string, number])[] = [
  ['1', '10', 10],
  ['fraction', 'percent', 100],
  ['1', '1000', 1000],
  ['1', '1,000,000', 1e6],
  ['1', '1,000,000,000', 1e9],
  ['minutes', 'seconds', 60],
  ['hours', 'seconds', 3600],
  ['days', 'seconds', 86_400],
  ['days', 'hours', 24],
  ['years', 'months', 12],
  ['kg', 'lb', 2.204_622_622],
  ['lb', 'oz', 16],
  ['oz', 'g', 28.349_523],
  ['in', 'cm', 2.54],
  ['m', 'ft', 3.280_839_895],
  ['gal', 'l', 3.785_411_784],
  ['psi', 'kPa', 6.894_757],
  ['KiB', 'B', 1024],
];

const positive = (value: number): boolean => value > 0;
/** A few values outside the domain become missing on the way; more, and nobody would have used the transformation. */
const MIN_IN_DOMAIN = 0.99;
const fahrenheit = (celsius: number): number => celsius * 1.8 + 32;
const celsius = (degrees: number): number => (degrees - 32) / 1.8;

/**
 * The named transformations. Scale factors below 2 are left out on purpose (a mile/kilometre fit is no proof),
 * and so are free offsets, which nothing tells from a shifted mean.
 */
export const TRANSFORMATIONS: readonly Transformation[] = [
  ...SCALES.flatMap(([from, to, factor]): Transformation[] => [
    unit(from === '1' ? `× ${to}` : `${from} → ${to} (× ${factor})`, (value) => value * factor),
    unit(from === '1' ? `÷ ${to}` : `${to} → ${from} (÷ ${factor})`, (value) => value / factor),
  ]),
  unit('°C → °F', fahrenheit),
  unit('°F → °C', celsius),
  unit('°C → K', (value) => value + 273.15),
  unit('K → °C', (value) => value - 273.15),
  unit('°F → K', (value) => celsius(value) + 273.15),
  unit('K → °F', (value) => fahrenheit(value - 273.15)),
  unit('natural logarithm', Math.log, positive),
  unit('decimal logarithm', Math.log10, positive),
  unit('logarithm of 1 + x', Math.log1p, (value) => value > -1),
  unit('exponential', Math.exp),
  unit('exponential minus 1', Math.expm1),
  { name: 'sign reversed', fault: 'sign_flip', apply: (value) => -value, rising: false },
];

function unit(
  name: string,
  apply: (value: number) => number,
  domain?: (value: number) => boolean,
): Transformation {
  return { name, fault: 'unit_change', apply, rising: true, ...(domain && { domain }) };
}

/** Sorted values transformed, sorted again; null where the transformation is not defined or runs out of range. */
export function transformSorted(sorted: Float64Array, transformation: Transformation): Float64Array | null {
  const { domain } = transformation;
  const inside = domain === undefined ? sorted : sorted.filter(domain);
  if (inside.length === 0 || inside.length < MIN_IN_DOMAIN * sorted.length) return null;
  const values = inside.map(transformation.apply);
  if (!transformation.rising) values.reverse();
  return Number.isFinite(values[0]) && Number.isFinite(values.at(-1)) ? values : null;
}

/** Hours of the day moved by a time zone: h → (h + shift) mod 24. */
export function shiftHours(sorted: Float64Array, shift: number): Float64Array {
  return sorted.map((hour) => (hour + shift) % 24).sort();
}

export function isHourOfDay(sorted: Float64Array): boolean {
  const distinct = new Set(sorted);
  return (
    distinct.size >= 12 && [...distinct].every((hour) => Number.isInteger(hour) && hour >= 0 && hour < 24)
  );
}
