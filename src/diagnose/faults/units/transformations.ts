import type { Fault } from '../../../core/faults.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { decimalStep } from '../resolution.ts';

/** value → factor · value + offset. */
export interface UnitLine {
  readonly factor: number;
  readonly offset: number;
}

/** A way in which a pipeline rewrites every value of a column, by mistake. */
export interface Transformation {
  readonly name: string;
  readonly fault: Fault;
  readonly apply: (value: number) => number;
  readonly undo: (value: number) => number;
  /** Order of the values is kept (true) or reversed. */
  readonly rising: boolean;
  /** Of units, which are straight lines; a logarithm or a sign is none. */
  readonly line?: UnitLine;
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
  ['miles', 'km', 1.609_344],
  ['knots', 'km/h', 1.852],
  ['kg', 'lb', 2.204_622_622],
  ['in', 'cm', 2.54],
  ['in', 'mm', 25.4],
  ['m', 'ft', 3.280_839_895],
  ['m/s', 'km/h', 3.6],
  ['gal', 'l', 3.785_411_784],
  ['kcal', 'kJ', 4.184],
  ['psi', 'kPa', 6.894_757],
  ['bar', 'psi', 14.503_774],
  ['inHg', 'hPa', 33.863_886],
  ['m²', 'ft²', 10.763_910_4],
  ['lb', 'oz', 16],
  ['mmol/l', 'mg/dl', 18.0156],
  ['oz', 'g', 28.349_523],
  ['KiB', 'B', 1024],
];

const positive = (value: number): boolean => value > 0;
/** A few values outside the domain become missing on the way; more, and nobody would have used the transformation. */
const MIN_IN_DOMAIN = 0.99;
const KELVIN = 273.15;

/** The named transformations. What it takes to claim one is said in `unit-change.ts`: that one fits proves little. */
export const TRANSFORMATIONS: readonly Transformation[] = [
  ...SCALES.flatMap(([from, to, factor]): Transformation[] => [
    straight(from === '1' ? `× ${to}` : `${from} → ${to} (× ${factor})`, factor, 0),
    straight(from === '1' ? `÷ ${to}` : `${to} → ${from} (÷ ${factor})`, 1 / factor, 0),
  ]),
  straight('°C → °F', 1.8, 32),
  straight('°F → °C', 1 / 1.8, -32 / 1.8),
  straight('°C → K', 1, KELVIN),
  straight('K → °C', 1, -KELVIN),
  straight('°F → K', 1 / 1.8, KELVIN - 32 / 1.8),
  straight('K → °F', 1.8, 32 - 1.8 * KELVIN),
  curve('natural logarithm', Math.log, Math.exp, positive),
  curve('decimal logarithm', Math.log10, (value) => 10 ** value, positive),
  curve('logarithm of 1 + x', Math.log1p, Math.expm1, (value) => value > -1),
  curve('exponential', Math.exp, Math.log),
  curve('exponential minus 1', Math.expm1, Math.log1p),
  {
    name: 'sign reversed',
    fault: 'sign_flip',
    apply: (value) => -value,
    undo: (value) => -value,
    rising: false,
  },
];

/** Multiplied by a factor below one, 0.1 · 3 is not 0.3: what was divided is divided here. */
function straight(name: string, factor: number, offset: number): Transformation {
  const divisor = factor < 1 ? Number((1 / factor).toPrecision(12)) : null;
  const scaled = (value: number): number => (divisor === null ? value * factor : value / divisor);
  return {
    name,
    fault: 'unit_change',
    apply: (value) => scaled(value) + offset,
    undo: (value) => (value - offset) / factor,
    rising: true,
    line: { factor, offset },
  };
}

function curve(
  name: string,
  apply: (value: number) => number,
  undo: (value: number) => number,
  domain?: (value: number) => boolean,
): Transformation {
  return { name, fault: 'unit_change', apply, undo, rising: true, ...(domain && { domain }) };
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

/** A logarithm, an exponential. */
export const isCurve = ({ line, fault }: Transformation): boolean =>
  line === undefined && fault !== 'sign_flip';

/** A logarithm changes the size of most values at least by this factor, or it is hardly one. */
const MIN_CURVE_FACTOR = 2;

export function bendsMost({ apply }: Transformation, reference: Float64Array): boolean {
  const bends = reference.map((value) => {
    const after = apply(value);
    return after * value <= 0 ? Infinity : Math.abs(Math.log(Math.abs(after / value)));
  });
  return quantileReached(bends.sort(), 0.5) >= Math.log(MIN_CURVE_FACTOR);
}

/** Logarithms of whole numbers have digits: short texts among long ones have none. */
export function lacksDigits(
  transformation: Transformation,
  reference: Float64Array,
  seen: Float64Array,
): boolean {
  return isCurve(transformation) && decimalStep(reference) >= 1 && decimalStep(seen) >= 1;
}
