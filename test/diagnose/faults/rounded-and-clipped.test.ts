import { describe, expect, test } from 'vitest';
import { companyOfEnd } from '../../../src/diagnose/faults/company-of-run.ts';
import { clippedEnds } from '../../../src/diagnose/faults/clipped-ends.ts';
import { roundedValues } from '../../../src/diagnose/faults/rounded.ts';
import type { Suspicion } from '../../../src/diagnose/faults/suspicion.ts';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { columnHabits } from '../../../src/stats/habits/column-habits.ts';
import { FEATURES, amount, celsius, sample, sortedPair } from '../samples-of-columns.ts';

describe('cut off', () => {
  const normal = sample(1, 5000, (d) => d.normal());
  const clipped = (current: Float64Array, reference = normal): Suspicion | null =>
    clippedEnds(sortedPair(reference, current), undefined, FEATURES);
  const cut = (low: number, high: number, rows = 2000): Float64Array =>
    sample(2, rows, (d) => Math.max(low, Math.min(high, d.normal())));

  test('at one end or both, in a small window, too', () => {
    expect(clipped(cut(-9, 1.28))?.finding).toMatchObject({ fault: 'clipped' });
    const both = clipped(cut(-1.64, 1.64));
    expect(both?.finding.detail).toContain('none lies below');
    expect(both?.finding.detail).toContain('none lies above');
    expect(Math.abs((both?.finding.share ?? 0) - 0.1)).toBeLessThan(0.02);
    expect(clipped(cut(-1.28, 1.28, 200))?.finding.fault).toBe('clipped');
  });

  test('also where a little less lay beyond by then', () => {
    const calmer = sample(8, 4000, (d) => Math.min(0.4, 0.96 * d.normal() - 0.05));
    expect(clipped(calmer)?.finding.fault).toBe('clipped');
  });

  test('not: extremes that did not come, an end that is popular, values that moved, a habit', () => {
    expect(clipped(cut(-9, 9))).toBeNull();
    expect(clipped(normal.filter((value) => Math.abs(value) < 1.28))).toBeNull();
    expect(clipped(cut(-9, 1.28).map((value) => value - 0.4))).toBeNull();
    const crowded = sample(3, 2000, (d) => (d.uniform() < 0.3 ? 1.28 : Math.min(1.28, d.normal())));
    expect(clipped(crowded)).toBeNull();
    const stars = (seed: number): Float64Array => sample(seed, 3000, (d) => Math.min(10, d.poisson(6)));
    expect(clipped(stars(5), stars(4))).toBeNull();
    // A heater that stands at its limit for days in each winter does so again.
    const winters = sample(6, 8000, (d, row) => Math.min(row % 4000 < 1000 ? 1 : 9, d.normal()));
    const order = Int32Array.from(winters.keys());
    const habits = columnHabits({ name: 'x', kind: 'numeric', values: winters, invalid: 0 }, order);
    const now = sample(7, 1000, (d) => Math.min(1, d.normal()));
    expect(clippedEnds(sortedPair(winters, now), undefined, FEATURES)?.finding.fault ?? 'clipped').toBe(
      'clipped',
    );
    expect(clippedEnds(sortedPair(winters, now), habits, FEATURES)).toBeNull();
  });
});

describe('cut off while everything moves', () => {
  const walks = (
    seed: number,
    rows: number,
    [longer, most]: readonly [number, number],
  ): { readonly metres: Float64Array; readonly seconds: Float64Array } => {
    const d = draws(seed);
    const metres = Float64Array.from({ length: rows }, () => longer * (30 + 12 * d.normal()));
    const seconds = metres.map((value) => 0.8 * value + 2 * d.normal());
    return { metres: metres.map((value) => Math.min(most, value)), seconds };
  };
  const said = (longer: number, most: number, isCutWithIt = false): Suspicion | null => {
    const [before, now] = [walks(31, 4_000, [1, Infinity]), walks(32, 1_500, [longer, most])];
    const columns: NumericCells[] = [
      { kind: 'numeric', name: 'x', reference: before.metres, current: now.metres },
      {
        kind: 'numeric',
        name: 'seconds',
        reference: before.seconds,
        current: isCutWithIt ? now.metres.map((value) => 0.8 * value) : now.seconds,
      },
    ];
    const company = companyOfEnd(columns[0]!, columns);
    return clippedEnds(sortedPair(before.metres, now.metres), undefined, FEATURES, company);
  };

  test('is told by what goes with it, and by nothing else', () => {
    const found = said(1.15, 40);
    expect(found?.finding).toMatchObject({ fault: 'clipped' });
    expect(found?.finding.detail).toContain('by seconds');
    expect(said(1.15, Infinity)).toBeNull();
    // Nobody walks further than that any more.
    expect(said(1.15, 40, true)).toBeNull();
  });
});

describe('rounded', () => {
  const rounded = (
    reference: Float64Array,
    current: Float64Array,
    inTime: Int32Array | null = null,
  ): Suspicion | null =>
    roundedValues(
      sortedPair(reference, current),
      { kind: 'numeric', name: 'x', reference, current },
      inTime,
      FEATURES,
    );

  test('claimed: a coarser step in every row, the rest as it was', () => {
    for (const [before, now] of [
      [sample(10, 5000, amount(0.8)), sample(11, 2000, amount(0.8)).map(Math.round)],
      [sample(12, 5000, celsius), sample(13, 300, celsius).map(Math.trunc)],
      [
        sample(14, 5000, amount(0.8)),
        sample(15, 2000, amount(0.8)).map((value) => 30 * Math.round(value / 30)),
      ],
      [sample(14, 5000, (d) => d.normal()), sample(15, 500, (d) => Math.round(10 * d.normal()) / 10)],
    ] as const) {
      const found = rounded(before, now);
      expect(found?.finding.fault).toBe('rounded');
      expect(found?.otherwise).toBeUndefined();
    }
  });

  test('a reading where the values moved as well, or many were rounded before', () => {
    const moved = rounded(
      sample(16, 5000, celsius),
      sample(17, 1000, (d) => Math.round(celsius(d) + 5)),
    );
    expect(moved?.otherwise).toContain('by agreement');
    const half = rounded(
      sample(18, 5000, (d) => (d.uniform() < 0.3 ? Math.round(celsius(d)) : celsius(d))),
      sample(19, 2000, (d) => Math.round(celsius(d))),
    );
    expect(half?.otherwise).toContain('round numbers');
  });

  test('not: the same digits, a part of the rows, a stretch of the reference that was like it', () => {
    expect(rounded(sample(20, 5000, celsius), sample(21, 200, celsius))).toBeNull();
    const part = sample(22, 2000, (d) => (d.uniform() < 0.5 ? Math.round(celsius(d)) : celsius(d)));
    expect(rounded(sample(20, 5000, celsius), part)).toBeNull();
    const once = sample(23, 5000, (d, row) => (row < 200 ? Math.round(celsius(d)) : celsius(d)));
    const now = sample(24, 200, (d) => Math.round(celsius(d)));
    expect(rounded(once, now, Int32Array.from(once.keys()))).toBeNull();
  });
});
