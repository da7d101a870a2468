/** Series with a known change: real ones, and drawn ones. Public data; see docs/records/detectors.md. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../../../src/stats/random.ts';

export interface KnownStream {
  readonly name: string;
  readonly values: Float64Array;
  /** 0-based index of the first value of each new regime. */
  readonly changes: readonly number[];
}

function textOf(name: string): string {
  const url = new URL(`./streams/${name}.txt.gz`, import.meta.url);
  return gunzipSync(readFileSync(url)).toString('utf8').trim();
}

/** Errors of a naive Bayes model trained on the first 2,000 rows and frozen. */
export function errorStream(name: 'sea_street_kim' | 'tornado_sine1'): KnownStream {
  const values = Float64Array.from(textOf(name), Number);
  const changes = name === 'sea_street_kim' ? [10_500, 23_000, 35_500] : [18_000, 38_000, 58_000, 78_000];
  return { name, values, changes };
}

/** `vicprice` of ELEC2, rows 15,000 to 19,999: one value up to row 17,423, a price from there on. */
export function electricityPrices(): KnownStream {
  const values = Float64Array.from(textOf('elec2_vicprice_15000').split('\n'), Number);
  return { name: 'vicprice', values, changes: [2_424] };
}

/** Errors with one rate, then another. */
export function errorsWithChange(
  seed: number,
  before: readonly [number, number],
  after: readonly [number, number],
): Float64Array {
  const random = createRandom(seed);
  const draw = ([count, rate]: readonly [number, number]): number[] =>
    Array.from({ length: count }, () => (random() < rate ? 1 : 0));
  return Float64Array.from([...draw(before), ...draw(after)]);
}

/** Normal values around 50 with standard deviation 5, moved by `shift` deviations after `before` values. */
export function numbersWithChange(seed: number, before: number, after: number, shift: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: before + after }, (_, index) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 50 + 5 * (normal + (index < before ? 0 : shift));
  });
}
