/** Another unit in another season: the shape is no longer that of the reference. */
import { describe, expect, test } from 'vitest';
import { partBeyond } from '../../../../src/diagnose/faults/units/part-beyond.ts';
import { unitBeyond } from '../../../../src/diagnose/faults/units/unit-beyond.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { sample, sortedPair } from '../../samples-of-columns.ts';

const celsius =
  (mean: number, deviation: number) =>
  (d: Draws): number =>
    Math.round(10 * (mean + deviation * d.normal())) / 10;
const september = sample(1, 4_000, celsius(17, 3));
const october = sample(2, 1_500, celsius(12, 2.5));

describe('beyond all there ever was', () => {
  test('°F in a colder month', () => {
    const found = unitBeyond(
      sortedPair(
        september,
        october.map((value) => 1.8 * value + 32),
      ),
    );
    expect(found?.finding).toMatchObject({ fault: 'unit_change', feature: 'x' });
    expect(found?.finding.detail).toContain('°C → °F');
    expect(found?.otherwise).toBeUndefined();
  });

  test('with its sign lost, within a few hours of another season', () => {
    const found = unitBeyond(
      sortedPair(
        september,
        sample(11, 800, (d) => -Math.abs(24 + d.normal())),
      ),
    );
    expect(found?.finding.fault).toBe('sign_flip');
    expect(found?.otherwise).toBeUndefined();
  });

  test('by a factor it may have grown', () => {
    const metres = sample(3, 3_000, (d) => 1_000 + 80 * d.normal());
    const feet = sample(4, 1_000, (d) => (1_020 + 60 * d.normal()) * 3.280_84);
    expect(unitBeyond(sortedPair(metres, feet))?.otherwise).toBe('x is of another size now');
  });

  test.each<[string, Float64Array]>([
    ['a colder month', october],
    ['winter', sample(5, 1_500, celsius(-2, 4))],
    ['a tenth of the rows in °F', october.map((value, row) => (row % 10 === 0 ? 1.8 * value + 32 : value))],
    ['what no unit takes back', sample(6, 1_500, (d) => 700 + 200 * d.normal())],
  ])('not %s', (_, current) => {
    expect(unitBeyond(sortedPair(september, current))).toBeNull();
  });
});

describe('some of the rows beyond it, in a season that moved all', () => {
  const fahrenheit = (value: number, row: number): number => (row % 3 === 0 ? 1.8 * value + 32 : value);
  const narrow = sample(7, 4_000, celsius(38.5, 0.2));
  const warmer = sample(8, 1_500, celsius(38.6, 0.25));

  test('in °F', () => {
    const found = partBeyond(sortedPair(narrow, warmer.map(fahrenheit)), () => null);
    expect(found?.finding).toMatchObject({ fault: 'unit_change', feature: 'x' });
    expect(found?.finding.share).toBeCloseTo(1 / 3, 2);
    expect(found?.otherwise).toBeUndefined();
  });

  test('in cents, and as a reading where they are of a country that is new', () => {
    const rates = sample(10, 4_000, (d) => Math.round(100 * (60 + 180 * d.uniform())) / 100);
    const dearer = rates.slice(0, 1_500).map((value, row) => (row % 5 === 0 ? 117 * value : 1.17 * value));
    const pair = sortedPair(rates, dearer);
    expect(partBeyond(pair, () => null)?.finding.detail).toContain('× 100');
    expect(partBeyond(pair, () => ({ column: 'country', level: 'JP' }))?.otherwise).toContain('country JP');
  });

  test.each<[string, Float64Array]>([
    ['a warmer season', warmer],
    ['a tail', sample(9, 1_500, (d) => 38.5 + Math.exp(2 * d.normal()))],
    ['another kind of rows, somewhere', warmer.map((value, row) => (row % 3 === 0 ? value + 20 : value))],
    [
      'others about there, who spread more',
      warmer.map((v, row) => (row % 3 === 0 ? 101 + 20 * (v - 38.6) : v)),
    ],
  ])('not %s', (_, current) => {
    expect(partBeyond(sortedPair(narrow, current), () => null)).toBeNull();
  });
});
