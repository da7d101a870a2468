/** kW that became W, and degrees, on a day of its own weather. */
import { expect, test } from 'vitest';
import { sample, sinceOf, unitOf } from '../../samples-of-columns.ts';

/** Of a turbine, to a tenth of a kilowatt; a day has a wind of its own. */
const power = (seed: number, rows: number, wind: number, factor = 1): Float64Array =>
  sample(seed, rows, (d) => Math.round(10 * 300 * Math.exp(wind + 0.8 * d.normal())) * (factor / 10));

const usual = power(1, 4_000, 0);

test('a factor that no world grows by is told by its comb, whatever the day was like', () => {
  for (const wind of [-0.5, 0.6]) {
    expect(unitOf(usual, power(2, 600, wind, 1000))).toMatchObject({ finding: { fault: 'unit_change' } });
    expect(unitOf(usual, power(2, 600, wind))?.finding.fault).toBeUndefined();
  }
  // Written to a tenth of a watt it has no comb: nobody knows that it was kilowatts.
  const fine = power(3, 600, 0.6, 1000).map((value, row) => Math.round(10 * value + (row % 997)) / 10);
  expect(unitOf(usual, fine)?.finding.detail ?? '').not.toMatch(/rounded one/u);
});

test('from a moment on, too, though the morning had a wind of its own', () => {
  const day = Float64Array.of(...power(4, 300, 0.4), ...power(5, 350, 0.4, 1000));
  const found = sinceOf(usual, day);
  expect(found).toMatchObject({ finding: { fault: 'unit_change' } });
  expect(new Date(found!.finding.since!).getTime()).toBe(300_000);
  expect(sinceOf(usual, Float64Array.of(...power(4, 300, 0.4), ...power(5, 350, -0.4)))).toBeNull();
});

test('degrees Fahrenheit on a cold day, some of them among those that were', () => {
  const degrees = (seed: number, rows: number, mean: number, change = (c: number): number => c) =>
    sample(seed, rows, (d) => change(Math.round(10 * (mean + 4 * d.normal())) / 10));
  const fahrenheit = (c: number): number => Math.round(10 * (32 + 1.8 * c)) / 10;
  const reference = degrees(6, 4_000, 3);
  expect(unitOf(reference, degrees(7, 700, -2, fahrenheit))).toMatchObject({
    finding: { fault: 'unit_change' },
  });
  expect(unitOf(reference, degrees(8, 700, 24))).toBeNull();
});
