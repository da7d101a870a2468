import { describe, expect, test } from 'vitest';
import { powerOfTen } from '../../../../src/diagnose/faults/units/power-of-ten.ts';
import { sample, sortedPair } from '../../samples-of-columns.ts';

const found = (reference: Float64Array, current: Float64Array): string | undefined =>
  powerOfTen(sortedPair(reference, current))?.finding.detail;

describe('settings', () => {
  const shares = (seed: number, change = (value: number): number => value): Float64Array =>
    sample(seed, 1_000, (d) => change([0, 25, 50, 95, 100][d.choice([5, 2, 1, 1, 1])] ?? 0));

  test('a share in place of per cent, of all rows or of some', () => {
    expect(
      found(
        shares(1),
        shares(2, (value) => value / 100),
      ),
    ).toContain('every value is an old one ÷ 100');
    const mixed = shares(3).map((value, row) => (row % 4 === 0 ? value / 100 : value));
    expect(found(shares(1), mixed)).toContain('of the values are an old one ÷ 100');
  });

  test('not new settings, nor larger packs beside the old ones', () => {
    expect(found(shares(1), shares(2))).toBeUndefined();
    expect(
      found(
        shares(1),
        shares(2, (value) => value + 5),
      ),
    ).toBeUndefined();
    const packs = sample(4, 1_000, (d) => 1 + Math.floor(5 * d.uniform()));
    const larger = packs.map((value, row) => (row % 3 === 0 ? 10 * value : value));
    expect(found(packs, larger)).toBeUndefined();
  });
});

describe('a mark between thousands', () => {
  const votes = (seed: number): Float64Array =>
    sample(seed, 3_000, (d) => Math.round(Math.exp(4 + 1.8 * d.normal())));

  test('that was read as that before decimals', () => {
    const read = votes(6).map((value) => (value >= 1_000 ? value / 1_000 : value));
    expect(found(votes(5), read)).toContain('a mark between thousands');
  });

  test('is not what became smaller, or is an average now', () => {
    expect(
      found(
        votes(5),
        votes(6).map((value) => Math.round(value / 9)),
      ),
    ).toBeUndefined();
    expect(
      found(
        votes(5),
        votes(6).map((value) => value / 7),
      ),
    ).toBeUndefined();
  });
});

test('of a scale on which nearly all say one of twenty numbers, in another world', () => {
  const said = [0, 15, 30, 40, 50, 60, 70, 85, 97];
  const people = (seed: number, rows: number, lean: number): Float64Array =>
    sample(seed, rows, (draw) => {
      if (draw.uniform() < 0.02) return Math.floor(100 * draw.uniform());
      return said[Math.min(said.length - 1, Math.floor(said.length * draw.uniform() ** lean))]!;
    });
  const reference = people(4, 4_000, 1);
  const others = people(5, 900, 0.7);
  expect(found(reference, others)).toBeUndefined();
  expect(
    found(
      reference,
      others.map((value) => value / 10),
    ),
  ).toContain('÷ 10');
  expect(
    found(
      reference,
      others.map((value) => value * 100),
    ),
  ).toContain('× 100');
  // Some of the rows are another matter.
  expect(
    found(
      reference,
      others.map((value, row) => (row % 2 === 0 ? value : value / 10)),
    ),
  ).toBeUndefined();
});
