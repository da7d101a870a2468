import { describe, expect, test } from 'vitest';
import { combGain, tallyOf } from '../../../../src/diagnose/faults/units/comb.ts';
import { growthOf } from '../../../../src/diagnose/faults/units/growth.ts';
import { TRANSFORMATIONS, transformSorted } from '../../../../src/diagnose/faults/units/transformations.ts';
import { distanceWithin, gridStep } from '../../../../src/diagnose/faults/resolution.ts';
import { chanceCover, fittingUnits, unitFacts } from '../../../../src/diagnose/faults/units/unit-change.ts';
import { sameDistance } from '../../../../src/diagnose/thresholds.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import {
  amount,
  celsius,
  cents,
  partOf,
  sample,
  sinceOf,
  sortedPair,
  unitOf,
} from '../../samples-of-columns.ts';

const income = (d: Draws): number => Math.exp(10.3 + 0.5 * d.normal());

describe('a comb', () => {
  test('is where images of rounded values lie, and not between', () => {
    const inches = { factor: 2.54, offset: 0 };
    expect(combGain(tallyOf(Float64Array.of(2.54, 5.08, 7.62)), inches, 1).toFixed(1)).toBe('6.9');
    expect(combGain(tallyOf(Float64Array.of(3, 4, 6)), inches, 1)).toBeLessThan(0);
    // Halves of whole numbers, rounded: each whole number has two, so nothing is learned.
    expect(combGain(tallyOf(Float64Array.of(1, 2, 3)), { factor: 0.5, offset: 0 }, 1)).toBeCloseTo(0, 12);
  });
});

describe('growth', () => {
  test('is the free factor between the means of logarithms', () => {
    const before = Float64Array.from({ length: 40 }, (_, i) => i + 1);
    const growth = growthOf(
      before,
      before.map((value) => 3 * value),
      0,
    );
    expect(growth?.log.toFixed(4)).toBe('1.0986');
    expect(growth?.distance).toBe(0);
    expect(growthOf(before.slice(0, 20), before, 0)).toBeNull();
  });

  test('meets a named factor by chance the more often the less is known of it', () => {
    expect(chanceCover(0.001)).toBeLessThan(0.05);
    expect(chanceCover(0.02)).toBeGreaterThan(0.3);
    expect(chanceCover(1)).toBe(1);
  });
});

describe('claimed of a whole column', () => {
  test.each([2.204_622_622, 3.785_411_784, 3.280_839_895, 1 / 2.54, 1.609_344, 1 / 1.609_344, 60])(
    'a comb of amounts in cents: × %d',
    (factor) => {
      const found = unitOf(
        sample(1, 5000, amount(1)),
        sample(2, 2000, (d) => cents(factor * amount(1)(d))),
      );
      expect(found?.otherwise).toBeUndefined();
      const named = TRANSFORMATIONS.find(
        ({ line }) => line?.factor === factor || line?.factor === 1 / (1 / factor),
      );
      expect(found?.finding.detail).toContain(named?.name);
      expect(found?.finding.detail).toContain('as likely as by chance');
    },
  );

  test('a comb of steps that a scale weighs in, which growth keeps and a unit does not', () => {
    const steps = (value: number): number => 5 * Math.round(value / 5);
    const kilograms = (d: Draws): number => steps(600 + 180 * d.normal());
    const found = unitOf(
      sample(5, 6_000, kilograms),
      sample(6, 2_000, (d) => Math.round(10 * 2.204_622_622 * kilograms(d)) / 10),
    );
    expect(found?.otherwise).toBeUndefined();
    expect(found?.finding.detail).toContain('kg → lb');
    for (const factor of [2.2, 1.08, 0.5]) {
      const grown = unitOf(
        sample(5, 6_000, kilograms),
        sample(6, 2_000, (d) => steps(factor * (600 + 180 * d.normal()))),
      );
      expect(grown === null || grown.otherwise !== undefined).toBe(true);
    }
  });

  test('a factor beyond any growth, without a comb', () => {
    for (const [factor, name] of [
      [1000, '× 1000'],
      [100, 'fraction → percent'],
      [60, 'minutes → seconds'],
      [1 / 3600, 'seconds → hours'],
    ] as const) {
      const found = unitOf(
        sample(3, 5000, income),
        sample(4, 2000, (d) => factor * income(d)),
      );
      expect(found).toMatchObject({ finding: { fault: 'unit_change', share: 1 } });
      expect(found?.finding.detail).toContain(name);
      expect(found?.otherwise).toBeUndefined();
    }
  });

  test('a tenth, where it brought digits no value had', () => {
    const whole = (d: Draws): number => Math.round(income(d));
    const found = unitOf(
      sample(5, 5000, whole),
      sample(6, 2000, (d) => whole(d) / 10),
    );
    expect(found?.finding.detail).toContain('÷ 10');
    expect(found?.otherwise).toBeUndefined();
  });

  test('degrees, rounded or not, also of two hundred rows', () => {
    const reference = sample(7, 5000, celsius);
    for (const [seed, rows, name, convert] of [
      [8, 1500, '°C → °F', (value: number) => Math.round(value * 1.8 + 32)],
      [9, 200, '°C → °F', (value: number) => Math.round(10 * (value * 1.8 + 32)) / 10],
      [10, 1500, '°C → K', (value: number) => value + 273.15],
    ] as const) {
      const found = unitOf(
        reference,
        sample(seed, rows, (d) => convert(celsius(d))),
      );
      expect(found?.finding.detail).toContain(name);
      expect(found?.otherwise).toBeUndefined();
    }
  });

  test('logarithms, but not where they hardly change a value', () => {
    const of = (scale: number, apply: (value: number) => number) =>
      unitOf(
        sample(11, 5000, (d) => scale * Math.exp(d.normal())),
        sample(12, 2000, (d) => apply(scale * Math.exp(d.normal()))),
      );
    expect(of(20, Math.log)?.finding.detail).toContain('natural logarithm');
    expect(of(20, Math.log10)?.finding.detail).toContain('decimal logarithm');
    expect(of(2, Math.exp)?.finding.detail).toContain('exponential');
    for (const apply of [Math.log1p, Math.expm1]) expect(of(0.05, apply)).toBeNull();
  });

  test('a reversed sign', () => {
    const found = unitOf(
      sample(13, 5000, income),
      sample(14, 2000, (d) => -income(d)),
    );
    expect(found?.finding.fault).toBe('sign_flip');
    // Negating a symmetric column around 0.4 equals moving its mean by 0.8: not told apart.
    const symmetric = sample(15, 5000, (d) => d.normal() + 0.4);
    expect(
      unitOf(
        symmetric,
        sample(16, 2000, (d) => d.normal() - 0.4),
      ),
    ).toBeNull();
  });

  test('clock hours moved by a time zone, either way', () => {
    const hour = (d: Draws): number => Math.floor((12 + 4 * d.normal() + 240) % 24);
    for (const shift of [5, -5]) {
      const moved = sample(17, 2000, (d) => (hour(d) + shift + 24) % 24);
      expect(unitOf(sample(18, 5000, hour), moved)?.finding).toMatchObject({ fault: 'clock_shift' });
      expect(unitOf(sample(18, 5000, hour), moved)?.finding.detail).toContain(`moved by ${shift} h`);
    }
  });
});

describe('only a reading', () => {
  test('a factor without a name that left a comb: tax, currency or a price rise', () => {
    for (const factor of [1.08, 1.19]) {
      const found = unitOf(
        sample(20, 5000, amount(0.8)),
        sample(21, 2000, (d) => cents(factor * amount(0.8)(d))),
      );
      expect(found?.finding.detail).toContain(`every value is an old one × ${factor}:`);
      expect(found?.otherwise).toContain('put up or down');
    }
  });

  test('a named factor of a measure known so well that a growth would hardly have met it', () => {
    const height = (d: Draws): number => 68 + 3 * d.normal();
    const found = unitOf(
      sample(22, 5000, height),
      sample(23, 2000, (d) => 2.54 * height(d)),
    );
    expect(found?.finding.detail).toContain('in → cm');
    expect(found?.otherwise).toContain('grew by a factor of 2.54');
  });
});

describe('nothing', () => {
  test('growth of a skewed amount by 1.5 to 12, written in cents, whole numbers or all digits', () => {
    const written = [cents, Math.round, (value: number) => value];
    const growths = Array.from({ length: 48 }, (_, at) => {
      const [spread, seed] = [[0.25, 0.5, 1, 2][at % 4]!, 1000 + 3 * at];
      const write = written[(at >> 2) % 3]!;
      const factor = (1.5 * 8 ** sample(seed, 1, (d) => d.uniform())[0]!) ** (at % 5 === 4 ? -1 : 1);
      const draw = (d: Draws): number => Math.exp(4 + spread * d.normal());
      const before = sample(seed + 1, 3000, (d) => write(draw(d)));
      const now = sample(seed + 2, 1000, (d) => write(factor * draw(d)));
      const said = [unitOf(before, now), partOf(before, now), sinceOf(before, now)];
      return { factor, spread, said: said.map((found) => found?.finding.detail ?? null) };
    });
    expect(growths.filter(({ said }) => said.some((detail) => detail !== null))).toEqual([]);
  });

  test('a moved mean, a wider spread, a growth that is written on a list of prices', () => {
    const reference = sample(30, 5000, celsius);
    expect(
      unitOf(
        reference,
        sample(31, 2000, (d) => celsius(d) + 6),
      ),
    ).toBeNull();
    expect(
      unitOf(
        reference,
        sample(32, 2000, (d) => Math.round(10 * (18 + 12 * d.normal())) / 10),
      ),
    ).toBeNull();
    // Small numbers are no hours.
    const counts = (mean: number) => (d: Draws) => d.poisson(mean);
    expect(unitOf(sample(37, 5000, counts(3)), sample(38, 500, counts(6)))).toBeNull();
    const price = (mean: number) => (d: Draws) => Math.ceil(Math.exp(mean + 0.3 * d.normal())) - 0.01;
    expect(unitOf(sample(33, 5000, price(3)), sample(34, 2000, price(3.6)))).toBeNull();
  });

  test('too few rows or values', () => {
    const tiny = sample(35, 20, (d) => celsius(d) * 100);
    expect(unitOf(sample(36, 5000, celsius), tiny)).toBeNull();
    const codes = Float64Array.from({ length: 500 }, (_, i) => i % 3);
    expect(unitOf(codes, new Float64Array(500).fill(100))).toBeNull();
  });

  test('logarithms leave a few values outside their domain behind', () => {
    const logarithm = TRANSFORMATIONS.find(({ name }) => name === 'natural logarithm')!;
    const mostly = Float64Array.from({ length: 200 }, (_, i) => i - 1);
    expect(transformSorted(mostly, logarithm)?.length).toBe(198);
    expect(transformSorted(Float64Array.of(-3, -2, 5), logarithm)).toBeNull();
  });
});

describe('a part of the rows', () => {
  test('a factor beyond growth, from two percent on', () => {
    const before = sample(40, 5000, income);
    const mixed = (share: number): Float64Array =>
      sample(41, 3000, (d) => (d.uniform() < share ? 1000 : 1) * income(d));
    const found = partOf(before, mixed(0.1));
    expect(found?.finding.detail).toContain('× 1000');
    expect(found?.otherwise).toBeUndefined();
    expect(Math.abs((found?.finding.share ?? 0) - 0.1)).toBeLessThan(0.02);
    expect(partOf(before, mixed(0.03))?.finding.fault).toBe('unit_change');
    expect(partOf(before, mixed(0.005))).toBeNull();
  });

  test('degrees, though one cold day of the reference lies among them', () => {
    const fahrenheit = (d: Draws): number =>
      d.uniform() < 0.001 ? 13 : Math.round(10 * (64 + 8 * d.normal())) / 10;
    const mixed = sample(42, 2000, (d) => {
      const value = fahrenheit(d);
      return d.uniform() < 0.3 ? Math.round((10 * (value - 32)) / 1.8) / 10 : value;
    });
    const found = partOf(sample(43, 5000, fahrenheit), mixed);
    expect(found?.finding.detail).toContain('°F → °C');
    expect(found?.otherwise).toBeUndefined();
    expect(Math.abs((found?.finding.share ?? 0) - 0.3)).toBeLessThan(0.04);
  });

  test('a factor that growth has, too: claimed with its comb, a reading without', () => {
    const kilos = (d: Draws): number => 75 + 8 * d.normal();
    const mixed = (written: (value: number) => number) =>
      partOf(
        sample(44, 5000, (d) => written(kilos(d))),
        sample(45, 2000, (d) => written(kilos(d)) * (d.uniform() < 0.4 ? 2.204_622_622 : 1)),
      );
    expect(mixed((value) => Math.round(10 * value) / 10)).not.toHaveProperty('otherwise');
    expect(mixed((value) => value)?.otherwise).toContain('some rows are of others');
  });

  test('a tenth of the signs lost on a positive column', () => {
    const flipped = sample(46, 2000, (d) => (d.uniform() < 0.1 ? -1 : 1) * income(d));
    expect(partOf(sample(47, 5000, income), flipped)?.finding.fault).toBe('sign_flip');
  });
});

describe('from a moment on', () => {
  const since = (at: number, draw: (d: Draws) => number, convert: (value: number) => number) =>
    sinceOf(
      sample(50, 5000, draw),
      sample(51, 2000, (d, row) => (row >= at ? convert(draw(d)) : draw(d))),
    );

  test('the rows after it are judged as a column, and it is named', () => {
    const found = since(1200, celsius, (value) => Math.round(10 * (value * 1.8 + 32)) / 10);
    expect(found?.finding.detail).toContain('°C → °F');
    expect(found?.otherwise).toBeUndefined();
    expect(found?.finding.share).toBeCloseTo(0.4, 2);
    expect(Math.abs(Date.parse(found?.finding.since ?? '') - 1_200_000)).toBeLessThan(20_000);
  });

  test('also where old and new values overlap', () => {
    const found = since(800, amount(1), (value) => cents(value * 2.204_622_622));
    expect(found?.finding.detail).toContain('kg → lb');
    expect(Math.abs(Date.parse(found?.finding.since ?? '') - 800_000)).toBeLessThan(60_000);
  });

  test('an amount that grew at a moment is none, nor is one that was growing before', () => {
    expect(since(1200, income, (value) => value * 2.2)).toBeNull();
    expect(since(0, celsius, (value) => value * 1.8 + 32)).toBeNull();
  });
});

test('what a few values rule out is what all of them rule out', () => {
  const conversions = [...TRANSFORMATIONS.map(({ apply }) => apply), (value: number) => 2.9 * value + 4];
  let fitting = 0;
  for (const [seed, convert] of conversions.entries()) {
    for (const draw of [income, celsius, (d: Draws) => Math.round(9 * d.uniform())]) {
      const current = sample(500 + seed, 400, draw).map(convert);
      const facts = unitFacts(sortedPair(sample(seed, 1_500, draw), current));
      if (facts === null) continue;
      const { reference, tolerance, untransformed } = facts;
      const limit = Math.min(untransformed / 3, sameDistance(reference.length, facts.current.length));
      const all = TRANSFORMATIONS.filter((transformation) => {
        const transformed = transformSorted(reference, transformation);
        return transformed !== null && distanceWithin(facts.current, transformed, tolerance) <= limit;
      });
      const found = new Set(fittingUnits(facts, 1).map(({ transformation }) => transformation));
      // Columns that hardly moved are asked about no transformation.
      if (found.size === 0 && untransformed < 0.15) continue;
      expect(found).toEqual(new Set(all));
      fitting += found.size;
    }
  }
  expect(fitting).toBeGreaterThan(200);
});

describe('the step that values are written in', () => {
  test('is that of nearly all of them, whatever a few are filled with', () => {
    const tenths = sample(31, 1_000, celsius);
    expect(gridStep(tenths.toSorted())).toBe(0.1);
    const filled = tenths.map((value, row) => (row % 60 === 0 ? 23.393553 : value)).sort();
    expect(gridStep(filled)).toBe(0.1);
    expect(gridStep(tenths.map((value) => 50 * Math.round(value)).sort())).toBe(50);
  });

  test('means among tenths are no comb of another unit, as many as they are in the window', () => {
    const withMeans = (seed: number, every: number, colder: number): Float64Array =>
      sample(seed, 1_200, (d, row) =>
        row % every === 0 ? 23.393553 : cents(10 * (celsius(d) - colder)) / 10,
      );
    for (const every of [150, 48, 20]) {
      const found = unitOf(withMeans(32, 150, 0), withMeans(33, every, 7).slice(0, 240));
      expect(found).toBeNull();
    }
  });
});
