import { describe, expect, test } from 'vitest';
import type { FeatureComparison } from '../../../src/core/findings.ts';
import type { NumericCells } from '../../../src/diagnose/samples/row-samples.ts';
import { outOfRange } from '../../../src/diagnose/faults/out-of-range.ts';
import { decimalStep, distanceWithin } from '../../../src/diagnose/faults/resolution.ts';
import { codedPair } from '../../../src/diagnose/faults/coded-pair.ts';
import { filledValue } from '../../../src/diagnose/faults/filled-value.ts';
import { sortColumns } from '../../../src/diagnose/faults/sorted-pair.ts';
import { stuckRun } from '../../../src/diagnose/faults/stuck-run.ts';
import { columnHabits } from '../../../src/stats/habits/column-habits.ts';
import type { Suspicion } from '../../../src/diagnose/faults/suspicion.ts';
import { gapsOf, missingSpike, typeChange } from '../../../src/diagnose/faults/value-shares.ts';
import { draws } from '../../../src/simulate/draws.ts';

const FEATURES = 10;

function sample(seed: number, rows: number, draw: (d: ReturnType<typeof draws>) => number): Float64Array {
  const d = draws(seed);
  return Float64Array.from({ length: rows }, () => draw(d));
}

function shares(missing: [number, number], invalid: [number, number], rows = 1000): FeatureComparison {
  return {
    name: 'x',
    kind: 'numeric',
    status: 'ok',
    rows: { reference: 5 * rows, current: rows },
    missing: { reference: missing[0], current: missing[1] },
    invalid: { reference: invalid[0], current: invalid[1] },
    metrics: {},
    threshold: { psi: null },
    p_value: null,
    q_value: null,
    severity: 'none',
    drifted: false,
    faults: [],
    reason: 'not_significant',
  };
}

const numbers = (reference: Float64Array, current: Float64Array): NumericCells => ({
  kind: 'numeric',
  name: 'x',
  reference,
  current,
});

describe('shares of a column', () => {
  test('a spike of missing values needs two points and more than chance', () => {
    expect(missingSpike(shares([0.01, 0.1], [0, 0]), undefined, FEATURES)?.finding).toMatchObject({
      fault: 'missing_spike',
      share: 0.1,
    });
    expect(missingSpike(shares([0.01, 0.025], [0, 0], 100_000), undefined, FEATURES)).toBeNull();
    expect(missingSpike(shares([0.01, 0.05], [0, 0], 100), undefined, FEATURES)).toBeNull();
    expect(missingSpike(shares([0.3, 0], [0, 0]), undefined, FEATURES)).toBeNull();
  });

  test('what was always missing somewhere may be measured less often, unless nothing comes for long', () => {
    const lessOften = shares([0.6, 0.78], [0, 0]);
    expect(missingSpike(shares([0.6, 0.7], [0, 0]), undefined, FEATURES)).toBeNull();
    expect(missingSpike(lessOften, undefined, FEATURES)?.otherwise).toBe(
      'x is measured less often than before',
    );
    expect(
      missingSpike(lessOften, undefined, FEATURES, { longest: 60, clumps: 1 })?.otherwise,
    ).toBeUndefined();
    expect(missingSpike(shares([0.1, 0.6], [0, 0]), undefined, FEATURES)?.otherwise).toBeUndefined();
  });

  test('ten of 206 rows where two or three are expected come once in some thousand windows', () => {
    const few = {
      ...shares([120 / 10_000, 10 / 206], [0, 0]),
      rows: { reference: 10_000, current: 206 },
    };
    expect(missingSpike(few, undefined, FEATURES)).toBeNull();
    const more = { ...few, missing: { reference: 0.012, current: 20 / 206 } };
    expect(missingSpike(more, undefined, FEATURES)?.finding.fault).toBe('missing_spike');
  });

  test('rows of one person who was not asked are one occasion, beside a table in no order', () => {
    const rows = 1000;
    const feature = shares([0.06, 0.12], [0, 0]);
    const inTime = Int32Array.from({ length: rows }, (_, row) => row);
    const found = (isMissing: (row: number) => boolean): Suspicion | null => {
      const cells = Float64Array.from({ length: rows }, (_, row) => (isMissing(row) ? NaN : 1));
      const gaps = gapsOf(numbers(new Float64Array(5000), cells), inTime);
      return missingSpike(feature, undefined, FEATURES, gaps);
    };
    const d = draws(44);
    const persons = Float64Array.from({ length: rows / 10 }, () => d.uniform());
    expect(found((row) => persons[Math.floor(row / 10)]! < 0.12)).toBeNull();
    const alone = sample(45, rows, (own) => own.uniform());
    expect(found((row) => alone[row]! < 0.12)?.finding.fault).toBe('missing_spike');
    expect(found((row) => row > 600 && alone[row]! < 0.3)?.finding.fault).toBe('missing_spike');
  });

  test('a test that came with the comparison is used', () => {
    const feature = { ...shares([0, 0.03], [0, 0]), missing_test: { statistic: 1, p_value: 0.3 } };
    expect(missingSpike(feature, undefined, FEATURES)).toBeNull();
  });

  test('unreadable values beyond two percent are a change of type', () => {
    expect(typeChange(shares([0, 0], [0, 0.05]), FEATURES)?.finding.fault).toBe('type_change');
    expect(typeChange(shares([0, 0], [0.05, 0.06]), FEATURES)).toBeNull();
    // Of a column that was empty nobody knows what it is.
    expect(typeChange(shares([1, 0.2], [0, 0.8]), FEATURES)).toBeNull();
  });

  test('constant: one value where there were many, but not where there was one before', () => {
    const varied = sample(1, 2000, (d) => d.normal());
    const constant = (reference: Float64Array, current: Float64Array): Suspicion | null =>
      stuckRun(
        codedPair(numbers(reference, current)),
        { inTime: null, currentMs: null, rowsEach: 1, referenceSpanMs: null },
        undefined,
        FEATURES,
      );
    const stuck = new Float64Array(60).fill(0.5);
    expect(constant(varied, stuck)?.finding.fault).toBe('constant_value');
    expect(constant(varied, stuck.slice(0, 40))).toBeNull();
    expect(constant(new Float64Array(2000).fill(0.5), stuck)).toBeNull();
    // 94 % of the reference: sixty rows in a row happen once in forty windows.
    const nearly = Float64Array.from({ length: 2000 }, (_, i) => (i % 100 < 94 ? 0.5 : i));
    expect(constant(nearly, stuck)).toBeNull();
  });

  test('stuck: a value that stays longer than it ever did, of what nearly always stays much longer', () => {
    const runs = (each: number, rows: number): Float64Array =>
      Float64Array.from({ length: rows }, (_, row) => Math.floor(row / each) % 3);
    const stuckFor = (rows: number, each: number): Suspicion | null => {
      const reference = runs(each, 6000);
      const column = { kind: 'numeric', name: 'x', values: reference, invalid: 0 } as const;
      const habits = columnHabits(column, Int32Array.from(reference.keys()));
      const current = Float64Array.from({ length: 3000 }, (_, row) => (row < rows ? 1 : reference[row]!));
      const inTime = Int32Array.from(current.keys());
      return stuckRun(
        codedPair(numbers(reference, current)),
        { inTime, currentMs: null, rowsEach: 1, referenceSpanMs: null },
        habits,
        FEATURES,
      );
    };
    expect(stuckFor(190, 100)).toBeNull();
    expect(stuckFor(350, 100)?.otherwise).toBe(
      'x stays at one value for long by itself, and may have stayed longer',
    );
    expect(stuckFor(900, 100)?.finding.fault).toBe('constant_value');
    expect(stuckFor(900, 100)?.otherwise).toBeUndefined();
    // Two rows of each value: it changes half of the time.
    expect(stuckFor(350, 2)?.otherwise).toBeUndefined();
  });

  test('stuck: tenths that hardly come twice in a row, of a course whose times put it in order', () => {
    const HOUR_MS = 3_600_000;
    // A day's course and what the sensor adds to it.
    const degrees = (d: ReturnType<typeof draws>, rows: number): Float64Array =>
      Float64Array.from({ length: rows }, (_, row) => {
        return Math.round(10 * (13 + 3 * Math.sin(row / 40) + 0.8 * d.normal())) / 10;
      });
    const reference = degrees(draws(46), 10_000);
    const column = { kind: 'numeric', name: 'x', values: reference, invalid: 0 } as const;
    const known = columnHabits(column, Int32Array.from(reference.keys()));
    const habits = { ...known, persistence: 4 / Math.sqrt(reference.length) };
    const current = degrees(draws(47), 4_000).fill(reference[500]!, 2_700);
    const stuck = (referenceSpanMs: number | null): Suspicion | null =>
      stuckRun(
        codedPair(numbers(reference, current)),
        {
          inTime: Int32Array.from(current.keys()),
          currentMs: Float64Array.from(current.keys(), (row) => row * HOUR_MS),
          rowsEach: 1,
          referenceSpanMs,
        },
        habits,
        FEATURES,
      );
    expect(stuck(reference.length * HOUR_MS)?.finding.fault).toBe('constant_value');
    expect(stuck(reference.length * HOUR_MS)?.otherwise).toBeUndefined();
    const told = stuck(null);
    expect(told === null || told.otherwise !== undefined).toBe(true);
  });
});

describe('resolution', () => {
  test('finds the decimal grid', () => {
    expect(decimalStep(Float64Array.of(1.25, 3.5))).toBeCloseTo(0.01, 12);
    expect(decimalStep(Float64Array.of(100, 1200))).toBe(100);
    expect(decimalStep(Float64Array.of(Math.PI, Math.E))).toBe(0);
  });

  test('forgives half a step, and without tolerance is the KS distance', () => {
    const a = Float64Array.of(1, 2);
    expect(distanceWithin(a, Float64Array.of(1.4, 1.6), 0.5)).toBe(0);
    expect(distanceWithin(a, Float64Array.of(1.4, 1.6), 0)).toBe(0.5);
    expect(distanceWithin(a, Float64Array.of(1e300, 1e301), 0)).toBe(1);
  });
});

describe('sentinels', () => {
  const fill = (reference: Float64Array, current: Float64Array): Suspicion | null => {
    const pair = numbers(reference, current);
    return filledValue(codedPair(pair), sortColumns([pair])[0], undefined, FEATURES);
  };
  const normal = sample(20, 5000, (d) => d.normal());

  test('one value fills a part, the rest unmoved', () => {
    const filled = sample(21, 2000, (d) => (d.uniform() < 0.08 ? -999 : d.normal()));
    const found = fill(normal, filled);
    expect(found?.finding.fault).toBe('sentinel_fill');
    expect(found?.finding.detail).toContain('-999');
    expect(Math.abs((found?.finding.share ?? 0) - 0.08)).toBeLessThan(0.02);
  });

  test('two sentinels are added up', () => {
    const filled = sample(22, 2000, (d) => {
      const u = d.uniform();
      return u < 0.08 ? -999 : u < 0.14 ? -1000 : d.normal();
    });
    expect(fill(normal, filled)?.finding.share).toBeGreaterThan(0.1);
  });

  test('no certain sentinel: the rest moved too, or the value was common before', () => {
    const moved = sample(23, 2000, (d) => (d.uniform() < 0.08 ? -999 : d.normal() + 0.5));
    expect(fill(normal, moved)?.otherwise).toBe('for rows of that kind x is -999 now');
    const zeros = (share: number, seed: number): Float64Array =>
      sample(seed, 3000, (d) => (d.uniform() < share ? 0 : d.normal()));
    expect(fill(zeros(0.3, 24), zeros(0.5, 25))).toBeNull();
    const counts = (mean: number, seed: number): Float64Array => sample(seed, 3000, (d) => d.poisson(mean));
    expect(fill(counts(3, 26), counts(1.5, 27))).toBeNull();
  });

  test('a placeholder level, but not a new country', () => {
    const levels = (names: readonly string[], current: readonly number[]): Suspicion | null => {
      const codes = (counts: readonly number[]): Int32Array =>
        Int32Array.from(counts.flatMap((count, code) => Array.from({ length: count }, () => code)));
      const pair = { kind: 'levels', name: 'c', levels: names } as const;
      const coded = codedPair({ ...pair, reference: codes([500, 300, 200, 0]), current: codes(current) });
      return filledValue(coded, undefined, undefined, FEATURES);
    };
    const known = ['DE', 'FR', 'IT', 'unknown'];
    expect(levels(known, [450, 270, 180, 100])?.finding.fault).toBe('sentinel_fill');
    expect(levels(['DE', 'FR', 'IT', 'PT'], [450, 270, 180, 100])).toBeNull();
    expect(levels(known, [100, 270, 530, 100])?.otherwise).toBeDefined();
  });
});

describe('out of range', () => {
  test('amounts that grew are not, and of a narrow measure that may have it is a reading', () => {
    const amounts = (seed: number, rows: number, factor: number, spread: number): Float64Array =>
      sample(seed, rows, (d) => factor * Math.exp(3 + spread * d.normal()));
    const judged = (factor: number, spread: number): Suspicion | null =>
      outOfRange(numbers(amounts(32, 2000, 1, spread), amounts(33, 1000, factor, spread)), FEATURES);
    expect(judged(11, 0.3)).toBeNull();
    expect(judged(7, 0.05)?.otherwise).toContain('grew by a factor of 7.0');
    expect(judged(50, 0.3)?.finding).toMatchObject({
      fault: 'unit_change',
      detail: expect.stringContaining('times those of'),
    });
    expect(judged(50, 0.3)?.otherwise).toBeUndefined();
  });

  test('absurdly far, in two percent of the rows', () => {
    const reference = sample(30, 1000, (d) => d.uniform());
    const far = sample(31, 1000, (d) => (d.uniform() < 0.05 ? 50 + d.uniform() : d.uniform()));
    const pair = { kind: 'numeric', name: 'x', reference, current: far } as const;
    expect(outOfRange(pair, FEATURES)?.finding.fault).toBe('out_of_range');
    expect(outOfRange({ ...pair, current: reference.map((value) => value + 2) }, FEATURES)).toBeNull();
    expect(outOfRange({ ...pair, reference: new Float64Array(0) }, FEATURES)).toBeNull();
  });

  test('what was never near zero has negative values, and none in between', () => {
    const reference = sample(37, 1000, (d) => 2_000 + 50_000 * d.uniform());
    const overflown = reference.map((value) => (value > 32_767 ? value - 65_536 : value));
    expect(outOfRange(numbers(reference, overflown), FEATURES)).toMatchObject({
      finding: { fault: 'out_of_range' },
    });
    const summer = sample(38, 1000, (d) => 18 + 3 * d.normal());
    const winter = sample(39, 1000, (d) => 1 + 5 * d.normal());
    expect(outOfRange(numbers(summer, winter), FEATURES)).toBeNull();
  });

  test('a hundredth of what all others are is another unit', () => {
    const grams = (d: ReturnType<typeof draws>): number => Math.round(70 * Math.exp(0.3 * d.normal()));
    const reference = sample(40, 3000, grams);
    const some = (factor: number): Float64Array =>
      sample(41, 1000, grams).map((value, row) => (row % 4 === 0 ? value / factor : value));
    const found = outOfRange(numbers(reference, some(88.4)), FEATURES);
    expect(found).toMatchObject({ finding: { fault: 'unit_change' } });
    expect(found?.otherwise).toBeUndefined();
    expect(found?.finding.detail).toContain('are 1/89.7 of those');
    expect(outOfRange(numbers(reference, some(1.2)), FEATURES)).toBeNull();
  });

  test('a colder week passes zero on its way down', () => {
    const air = (middle: number) => (d: ReturnType<typeof draws>) =>
      Math.round(10 * (middle + 6 * d.normal())) / 10;
    const autumn = sample(42, 3000, air(19)).filter((each) => each > 6);
    expect(outOfRange(numbers(autumn, sample(43, 600, air(11))), FEATURES)).toBeNull();
  });

  test('an hour at the cap of a market is a reading, what no market pays is claimed', () => {
    const price = (d: ReturnType<typeof draws>): number => 0.07 + 0.05 * Math.abs(d.normal());
    const reference = sample(35, 4000, price);
    const week = sample(36, 336, price);
    const some = [0.86, 0.9, 0.95, 1].flatMap((each) => [each, each, each, each]);
    const spike = (factor: number): Suspicion | null => {
      const current = Float64Array.from([...some.map((each) => factor * each), ...week]);
      return outOfRange(numbers(reference, current), FEATURES);
    };
    expect(spike(1)?.otherwise).toContain('a spike');
    expect(spike(1000)?.otherwise).toBeUndefined();
    expect(spike(-1)?.otherwise).toBeUndefined();
    // Some hours cost nothing.
    const current = Float64Array.from([...some, ...week]);
    const free = outOfRange(numbers(Float64Array.from([0, 0, ...reference]), current), FEATURES);
    expect(free?.otherwise).toContain('a spike');
  });
});
