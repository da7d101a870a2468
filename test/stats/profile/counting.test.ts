import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INVALID_VALUE } from '../../../src/core/events/events.ts';
import type { FeatureValue } from '../../../src/core/events/events.ts';
import { ByteWriter } from '../../../src/stats/bytes.ts';
import { BoundedCounts, boundedName } from '../../../src/stats/bounded-counts.ts';
import { CategoricalProfile } from '../../../src/stats/profile/categorical-profile.ts';
import { categoricalReference } from '../../../src/stats/profile/categorical-reference.ts';
import { UntypedProfile } from '../../../src/stats/profile/feature-profile.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { MAX_UNTYPED_FEATURES } from '../../../src/stats/profile/untyped-features.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { profileTable } from '../../../src/stats/table/table-profile.ts';
import { countsOf, levelColumn, numericColumn, tableOf } from './rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

const noRows = { rows: 0, missing: 0, invalid: 0, infinite: 0 };

describe('a numeric profile', () => {
  const reference = numericReference('x', Float64Array.of(-1, 0, 2, 2), { ...noRows, rows: 4 });
  const count = (...values: (FeatureValue | undefined)[]): NumericProfile => {
    const profile = new NumericProfile(reference);
    for (const value of values) profile.add(value, 1);
    return profile;
  };

  it('tells missing, invalid and infinite apart', () => {
    const profile = count(
      null,
      undefined,
      Number.NaN,
      '',
      '5',
      'abc',
      true,
      INVALID_VALUE,
      Infinity,
      -Infinity,
      1,
    );
    expect([profile.missing, profile.invalid, profile.infinite, profile.n]).toEqual([4, 4, 2, 1]);
    expect(profile.rows).toBe(11);
  });

  it('says the same of values that it holds as they came as of those it counted at once, bit for bit', () => {
    const grid = Float64Array.from({ length: 40 }, (_, i) => i);
    const of = numericReference('x', grid, { ...noRows, rows: 40 });
    const bytes = (profile: NumericProfile): Uint8Array => {
      const writer = new ByteWriter();
      profile.encode(writer);
      return writer.finish();
    };
    const values = fc.oneof(
      fc.integer({ min: -2, max: 42 }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.constantFrom(Number.NaN, Infinity, 1e308, null, 'text'),
    );
    const steps = fc.array(fc.tuple(values, fc.constantFrom<1 | -1>(1, 1, 1, 1, -1)), { maxLength: 90 });
    fc.assert(
      fc.property(steps, fc.nat(90), (rows, askedAfter) => {
        const atOnce = new NumericProfile(of);
        expect(atOnce.equal).toHaveLength(40);
        const held = new NumericProfile(of);
        for (const [n, [value, sign]] of rows.entries()) {
          atOnce.add(value, sign);
          held.add(value, sign);
          if (n === askedAfter) expect(bytes(held)).toEqual(bytes(atOnce));
        }
        expect(bytes(held)).toEqual(bytes(atOnce));
        expect(held.cells).toBeLessThanOrEqual(atOnce.cells);
        expect([held.n, held.mean, held.standardDeviation]).toEqual([
          atOnce.n,
          atOnce.mean,
          atOnce.standardDeviation,
        ]);
        held.release();
        expect(held.n).toBe(0);
      }),
    );
  });

  it('counts at grid points, between them and beyond both ends', () => {
    const profile = count(-1, -0, 0, 2, 1, 1.5, -7, 3, 4);
    expect([...profile.equal]).toEqual([1, 2, 1]);
    expect([...profile.between]).toEqual([1, 0, 2, 2]);
    expect(profile.betweenSums.get(2)).toBe(2.5);
    expect(profile.betweenSums.get(3)).toBe(7);
  });

  it('knows its mean and spread', () => {
    const profile = count(1, 2, 3, 4, null);
    expect(profile.mean).toBeCloseTo(2.5, 12);
    expect(profile.standardDeviation).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(count(null).mean).toBeNull();
    expect(count(null).standardDeviation).toBeNull();
  });

  it('stays finite on the largest numbers', () => {
    const profile = count(1.7e308, 1.7e308, -1.7e308, 5);
    expect(profile.n).toBe(4);
    expect(Number.isFinite(profile.betweenSums.total())).toBe(true);
    profile.addNumber(1.7e308, -1);
    profile.addNumber(1.7e308, -1);
    profile.addNumber(-1.7e308, -1);
    expect(profile.betweenSums.total()).toBe(5);
  });

  it('refuses to add up counts of different grids', () => {
    const other = new NumericProfile(numericReference('x', Float64Array.of(1), noRows));
    expect(() => count(1).merge(other)).toThrow('different grids');
  });
});

describe('a categorical profile', () => {
  const reference = categoricalReference(
    'c',
    'categorical',
    [
      ['1', 5],
      ['true', 3],
      ['a', 2],
    ],
    { ...noRows, rows: 10 },
  );
  const count = (...values: (FeatureValue | undefined)[]): CategoricalProfile => {
    const profile = new CategoricalProfile(reference);
    for (const value of values) profile.add(value, 1);
    return profile;
  };

  it('takes numbers and booleans as their canonical class, strings as they are', () => {
    const profile = count(1, 1.0, '1', true, 'true', 'a', ' a', 2);
    expect([...profile.counts]).toEqual([3, 2, 1]);
    expect(profile.newLevels.entries()).toEqual([
      [' a', 1],
      ['2', 1],
    ]);
  });

  it('tells missing, invalid and infinite apart; the empty string is a level', () => {
    const profile = count(null, undefined, Number.NaN, INVALID_VALUE, Infinity, '');
    expect([profile.missing, profile.invalid, profile.infinite, profile.n]).toEqual([3, 1, 1, 1]);
  });

  it('keeps new levels bounded, whoever sends them', () => {
    const profile = new CategoricalProfile(reference);
    for (let i = 0; i < 10_000; i++) profile.add(`user ${i}`, 1);
    expect(profile.newLevels.entries()).toHaveLength(256);
    expect(profile.newLevels.overflow).toBe(10_000 - 256);
    expect(profile.n).toBe(10_000);
  });
});

describe('bounded counts', () => {
  it('keep the same names and complete counts in any order and split', () => {
    const names = fc.array(
      fc.nat(40).map((i) => `n${i}`),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(names, fc.nat(200), (list, cut) => {
        const count = (part: readonly string[]): BoundedCounts => {
          const counts = new BoundedCounts(8);
          for (const name of part) counts.add(name, 1);
          return counts;
        };
        const whole = count(list);
        const parts = count(list.slice(cut).reverse());
        parts.merge(count(list.slice(0, cut)), 1);
        expect(parts.entries()).toEqual(whole.entries());
        expect(parts.overflow).toBe(whole.overflow);
        for (const [name, rows] of whole.entries())
          expect(rows).toBe(list.filter((other) => other === name).length);
        expect(whole.total).toBe(list.length);
      }),
    );
  });

  it('shortens long names without mixing them up', () => {
    const a = `${'x'.repeat(400)}a`;
    const b = `${'x'.repeat(400)}b`;
    expect(boundedName(a)).toHaveLength(200);
    expect(boundedName(a)).not.toBe(boundedName(b));
    expect(boundedName('short')).toBe('short');
  });
});

describe('an input profile', () => {
  const table = tableOf([numericColumn('x', [1, 2, 3]), levelColumn('c', ['a', 'b', 'a'])]);
  const reference = buildReference(table, { task: 'classification', positiveClass: null });

  it('counts features the row does not name as missing, and names it does not know', () => {
    const profile = new InputProfile(reference, 'classification');
    profile.addFeatures(
      new Map<string, FeatureValue>([
        ['x', 1],
        ['y', 2],
        ['__proto__', 3],
      ]),
      1,
    );
    expect(profile.features.map((feature) => feature.missing)).toEqual([0, 1]);
    expect(profile.unknownFeatures.entries()).toEqual([
      ['__proto__', 1],
      ['y', 1],
    ]);
    expect([profile.rows, profile.featureRows]).toEqual([0, 1]);
  });

  it('counts predictions apart from features', () => {
    const profile = new InputProfile(reference, 'classification');
    profile.addPrediction({ prediction: 'yes', score: null }, 1);
    profile.addPrediction({ prediction: null, score: 0.5 }, 1);
    expect([profile.rows, profile.featureRows]).toEqual([2, 0]);
    expect([profile.prediction.missing, profile.score.missing]).toEqual([1, 1]);
  });

  it('finds features without a baseline, bounded, the same in any order', () => {
    const names = Array.from({ length: MAX_UNTYPED_FEATURES + 200 }, (_, i) => `f${i}`);
    const count = (list: readonly string[]): InputProfile => {
      const profile = new InputProfile(null, 'classification');
      for (const name of list) profile.addFeatures(new Map([[name, 1]]), 1);
      return profile;
    };
    const profile = count(names);
    expect(profile.untyped?.list()).toHaveLength(MAX_UNTYPED_FEATURES);
    expect(profile.untyped?.overflow).toBe(200);
    expect(countsOf(count(names.toReversed()))).toEqual(countsOf(profile));
  });

  it('reads the kind of an undeclared feature from what came most', () => {
    const profile = new UntypedProfile('f');
    profile.add('a', 1);
    expect(profile.kind).toBe('categorical');
    profile.add(1, 1);
    profile.add(2, 1);
    profile.add(null, 1);
    profile.add(Number.NaN, 1);
    profile.add(INVALID_VALUE, 1);
    expect(profile.kind).toBe('numeric');
    expect([profile.missing, profile.invalid, profile.rows]).toEqual([2, 1, 6]);
  });
});

describe('a table counted by column', () => {
  it('gives the same counts as its rows one by one', () => {
    const x = [1, 2.5, Number.NaN, Infinity, -3, 2];
    const c = ['a', null, 'b', 'zzz', 'a', 'a'];
    const label = ['yes', 'no', null, 'yes', 'no', 'yes'];
    const training = tableOf(
      [numericColumn('x', [1, 2, 3]), levelColumn('c', ['a', 'b', 'a']), numericColumn('gone', [1, 1, 1])],
      {
        prediction: levelColumn('prediction', ['yes', 'no', 'no']),
        label: levelColumn('label', ['yes', 'no', 'yes']),
        score: numericColumn('score', [0.2, 0.4, 0.9]),
      },
    );
    const reference = buildReference(training, { task: 'classification', positiveClass: 'yes' });
    const score = [0.1, 0.2, 0.3, Number.NaN, 0.5, 0.6];
    const current = tableOf([numericColumn('x', x), levelColumn('c', c), numericColumn('more', x)], {
      prediction: levelColumn(
        'prediction',
        label.map((value) => value ?? 'no'),
      ),
      label: levelColumn('label', label),
      score: numericColumn('score', score),
    });
    const byColumn = profileTable(current, reference);
    const input = new InputProfile(reference, 'classification');
    const labels = new LabelProfile(reference, 'classification');
    for (const [i, value] of x.entries()) {
      const features = new Map<string, FeatureValue>([
        ['x', value],
        ['c', c[i] ?? null],
        ['more', value],
      ]);
      input.add({ features, prediction: label[i] ?? 'no', score: score[i] ?? null }, 1);
      const truth = label[i];
      if (truth !== null && truth !== undefined) labels.add(truth, truth, score[i] ?? null, 1);
    }
    // A table without a column of errors does not say that there were none.
    input.operation.rows = 0;
    expect(countsOf(byColumn.input)).toEqual(countsOf(input));
    expect(countsOf(byColumn.labels)).toEqual(countsOf(labels));
    expect(byColumn.labels.performance).toEqual(labels.performance);
  });

  it('shows a changed type', () => {
    const reference = buildReference(
      tableOf([numericColumn('x', [1, 2, 3]), levelColumn('c', ['1', '2', '1'])]),
      { task: 'regression', positiveClass: null },
    );
    const { input } = profileTable(
      tableOf([levelColumn('x', ['1', 'high', null]), numericColumn('c', [1, 2, 9])]),
      reference,
    );
    const [x, c] = input.features;
    expect([x?.missing, x?.invalid, x?.n]).toEqual([1, 2, 0]);
    expect(c?.kind === 'categorical' && [...c.counts, c.newLevels.total]).toEqual([1, 1, 1]);
  });

  it('counts unreadable cells of a file as invalid', () => {
    const reference = buildReference(tableOf([numericColumn('x', [1, Number.NaN, Number.NaN], 1)]), {
      task: 'regression',
      positiveClass: null,
    });
    expect(reference.features[0]).toMatchObject({ rows: 3, missing: 1, invalid: 1 });
    const { input } = profileTable(tableOf([numericColumn('x', [1, Number.NaN, Number.NaN], 2)]), reference);
    expect([input.features[0]?.missing, input.features[0]?.invalid]).toEqual([0, 2]);
  });
});

describe('a label profile', () => {
  const training = tableOf([numericColumn('x', [1, 2])], {
    prediction: levelColumn('prediction', ['yes', 'no']),
    label: levelColumn('label', ['yes', 'no']),
  });
  const reference = buildReference(training, { task: 'classification', positiveClass: 'yes' });

  it('keeps the confusion of known classes and folds the many others', () => {
    const profile = new LabelProfile(reference, 'classification');
    profile.add('yes', 'no', 0.4, 1);
    profile.add('yes', 'yes', 0.9, 1);
    for (let i = 0; i < 100; i++) profile.add(`class ${i}`, `class ${i}`, null, 1);
    const performance = profile.performance;
    if (performance?.task !== 'classification') throw new Error('not a classification');
    expect(performance.n).toBe(102);
    expect(performance.correct).toBe(101);
    expect(performance.classes.slice(0, 2)).toEqual(['no', 'yes']);
    expect(performance.classes).toHaveLength(20);
    expect(performance.confusion[1]?.slice(0, 2)).toEqual([1, 1]);
    expect(performance.confusion.flat().reduce((a, b) => a + b, 0)).toBe(102);
    expect(performance.brier?.n).toBe(2);
    expect(performance.brier?.sum).toBeCloseTo(0.36 + 0.01, 12);
    expect(performance.logLoss?.sum).toBeCloseTo(-Math.log(0.4) - Math.log(0.9), 12);
  });

  it('counts a label without prediction in the distribution only', () => {
    const profile = new LabelProfile(reference, 'classification');
    profile.add('yes', null, null, 1);
    expect(profile.labelled).toBe(1);
    expect(profile.performance).toBeNull();
  });

  it('sums errors of finite pairs only', () => {
    const profile = new LabelProfile(null, 'regression');
    profile.add(1, 3, null, 1);
    profile.add(2, 1, null, 1);
    profile.add(Infinity, 1, null, 1);
    profile.add(1, null, null, 1);
    profile.add('text', 1, null, 1);
    expect(profile.labelled).toBe(5);
    expect(profile.performance).toMatchObject({
      n: 2,
      sumError: 1,
      sumAbsolute: 3,
      sumSquared: 5,
      sumFourth: 17,
    });
  });
});

describe('the number of different names', () => {
  const countsFor = (names: Iterable<string>, capacity: number): BoundedCounts => {
    const counts = new BoundedCounts(capacity);
    for (const name of names) counts.add(name, 1);
    return counts;
  };

  it('is exact while all are kept, and leaves out those taken away', () => {
    const counts = countsFor(['a', 'a', 'a', 'b', 'b'], 2);
    expect(counts.distinct).toEqual({ count: 2, exact: true });
    counts.add('b', -2);
    expect(counts.distinct).toEqual({ count: 1, exact: true });
    expect(new BoundedCounts(2).distinct).toEqual({ count: 0, exact: true });
  });

  it('is estimated beyond the capacity, from any split, within a fifth', () => {
    for (const spelled of [(i: number) => String(i), (i: number) => `user-${i}@example.org`]) {
      for (const different of [1_000, 10_000, 100_000]) {
        const names = Array.from({ length: different }, (_, i) => spelled(i));
        const whole = countsFor(names, 256);
        const parts = countsFor(names.slice(different / 2).reverse(), 256);
        parts.merge(countsFor(names.slice(0, different / 2 + 100), 256), 1);
        expect(whole.distinct.exact).toBe(false);
        expect(parts.distinct).toEqual(whole.distinct);
        expect(Math.abs(whole.distinct.count / different - 1)).toBeLessThan(0.2);
      }
    }
  });

  it('counts known and new levels of a feature together', () => {
    const reference = categoricalReference(
      'c',
      'categorical',
      [
        ['a', 3],
        ['b', 1],
      ],
      { ...noRows, rows: 4 },
    );
    const profile = new CategoricalProfile(reference);
    for (const level of ['a', 'a', 'new', 'newer', null]) profile.add(level, 1);
    expect(profile.distinct).toEqual({ count: 3, exact: true });
  });
});
