import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INVALID_VALUE } from '../../../src/core/events/events.ts';
import type { FeatureValue, RowProbabilities } from '../../../src/core/events/events.ts';
import type { LabelRank } from '../../../src/core/events/effective-label.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { decodeRowSample, encodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample, sampleCapacity } from '../../../src/stats/profile/rows/row-sample.ts';
import { sumRowSamples } from '../../../src/stats/profile/rows/sum-row-samples.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { anyValue, levelColumn, numericColumn, tableOf } from './rows.ts';

const RUNS = { numRuns: 200, seed: 20_260_301 };
const PLAIN = { atMs: null, probabilities: null };
const LONG_LEVEL = 'l'.repeat(150);
const reference = buildReference(
  tableOf([
    numericColumn('x', [-3, -1.5, 0, 0, 2, 5]),
    levelColumn('c', ['a', 'a', 'b', LONG_LEVEL, null, 'a']),
    numericColumn('k', [7, 7, 7, 7, 7, 7]),
  ]),
  { task: 'classification', positiveClass: null },
);

type Step = (sample: RowSample) => void;

/** Few hashes, so that they repeat; the ends of the range among them. */
const hash = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: -30n, max: 30n }) },
  { weight: 1, arbitrary: fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n) },
);
const outcome = fc.option(
  fc.oneof(fc.constantFrom('yes', 'no', 'x'.repeat(90)), fc.integer({ min: -2, max: 2 }), fc.constant(-0)),
  { nil: null },
);
const rank: fc.Arbitrary<LabelRank> = fc.record(
  {
    sourceRank: fc.nat(2),
    final: fc.boolean(),
    atMs: fc.nat(3),
    position: fc.constantFrom('kafka:labels/000000/1', 'kafka:labels/000001/1'),
  },
  { noNullPrototype: true },
);
const features = fc
  .record({ x: anyValue, c: fc.oneof(anyValue, fc.constant(LONG_LEVEL)), k: anyValue, unknown: anyValue })
  .map(
    (values) =>
      new Map(
        Object.entries(values).filter((entry): entry is [string, FeatureValue] => entry[1] !== undefined),
      ),
  );
const probabilities: fc.Arbitrary<RowProbabilities> = fc
  .tuple(
    fc.constantFrom(['a', 'b', 'c'], ['c', 'é', '"'], ['a', 'b', 'c', 'd']),
    fc.array(fc.double({ noNaN: true }), { minLength: 4, maxLength: 4 }),
  )
  .map(([classes, values]) => ({ classes, values: values.slice(0, classes.length) }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        hash,
        fc.option(features, { nil: null }),
        outcome,
        fc.option(fc.double(), { nil: null }),
        fc.array(fc.constantFrom('country=DE', 'country=FR', 'sex=f'), { maxLength: 3 }),
        fc.constantFrom(null, 0, 1_772_366_400_000, 1_772_366_400_001),
        fc.option(probabilities, { nil: null }),
      )
      .map(
        ([at, values, prediction, score, segments, atMs, given]): Step =>
          (sample) =>
            sample.addPrediction(at, values, { prediction, score, segments, atMs, probabilities: given }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(hash, features).map(
      ([at, values]): Step =>
        (sample) =>
          sample.addFeatures(at, values),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(hash, fc.constantFrom('yes', 'no', 3), rank).map(
      ([at, label, of]): Step =>
        (sample) =>
          sample.addLabel(at, label, of),
    ),
  },
);
const steps = fc.array(step, { maxLength: 40 });
const capacity = fc.integer({ min: 1, max: 9 });

const sampleOf = (list: readonly Step[], most: number, cutoff: bigint | null = null): RowSample => {
  const sample = new RowSample(reference, { capacity: most, cutoff });
  for (const add of list) add(sample);
  return sample;
};
const stateOf = (sample: RowSample) => ({
  rows: sample.rows,
  cutoff: sample.cutoff,
  capacity: sample.capacity,
});
const merged = (first: RowSample, ...others: RowSample[]): RowSample => {
  for (const other of others) first.merge(other);
  return first;
};
const same = (a: RowSample, b: RowSample): void => {
  expect(stateOf(a)).toStrictEqual(stateOf(b));
  expect(Buffer.compare(encodeRowSample(a), encodeRowSample(b))).toBe(0);
};

describe('a row sample', () => {
  it('depends on nothing but the set of rows: not on order, split, repetition or the way of merging', () => {
    fc.assert(
      fc.property(steps, steps, steps, capacity, (a, b, c, k) => {
        const whole = sampleOf([...a, ...b, ...c], k);
        same(sampleOf([...c, ...a, ...b].toReversed(), k), whole);
        same(merged(sampleOf(a, k), sampleOf(b, k), sampleOf(c, k)), whole);
        same(merged(sampleOf(a, k), merged(sampleOf(b, k), sampleOf(c, k))), whole);
        same(merged(sampleOf(c, k), sampleOf(b, k), sampleOf(a, k)), whole);
        same(merged(sampleOf([...a, ...b, ...c], k), sampleOf(b, k), whole), whole);
      }),
      RUNS,
    );
  });

  it('keeps the rows with the smallest hashes, all of those below its cutoff', () => {
    fc.assert(
      fc.property(fc.array(hash), capacity, (hashes, k) => {
        const sample = sampleOf(
          hashes.map(
            (at): Step =>
              (each) =>
                each.addPrediction(at, null, { prediction: 'yes', score: null, segments: [], ...PLAIN }),
          ),
          k,
        );
        const sorted = [...new Set(hashes)].sort((a, b) => (a < b ? -1 : 1));
        expect(sample.rows.map(([at]) => at)).toEqual(sorted.slice(0, k));
        expect(sample.cutoff).toBe(sorted[k] ?? null);
      }),
      RUNS,
    );
  });

  it('gives the same sum when parts leave out what cannot be among the smallest', () => {
    fc.assert(
      fc.property(steps, steps, capacity, (stored, later, k) => {
        const known = sampleOf(stored, k);
        const whole = sampleOf([...stored, ...later], k);
        same(merged(sampleOf(later, k, known.cutoff), known), whole);
      }),
      RUNS,
    );
  });

  it('gives the same sum when what is stored is added up part by part', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 5 }), capacity, (parts, k) => {
        const samples = parts.map((list) => sampleOf(list, k));
        const sum = sumRowSamples(samples.map(encodeRowSample), reference);
        if (samples.length > 0) same(sum, sampleOf(parts.flat(), k));
      }),
      RUNS,
    );
  });

  it('survives storage', () => {
    fc.assert(
      fc.property(steps, capacity, (list, k) => {
        const sample = sampleOf(list, k);
        same(decodeRowSample(encodeRowSample(sample), reference), sample);
      }),
      RUNS,
    );
  });

  it('is complete again when a removed row is still held by another part', () => {
    fc.assert(
      fc.property(steps, steps, capacity, hash, (a, b, k, twice) => {
        const repeated: Step = (sample) =>
          sample.addPrediction(twice, null, { prediction: 'yes', score: 0.5, segments: [], ...PLAIN });
        const loser = sampleOf([...b, repeated], k);
        const removed = loser.remove(twice);
        const rest = b.filter((add) => sampleOf([add], k).rows[0]?.[0] !== twice);
        // Whatever else the losing part had under that hash went with it.
        same(
          merged(sampleOf([...a, repeated], k), loser),
          merged(sampleOf([...a, repeated], k), sampleOf([...rest, repeated], k)),
        );
        if (removed !== null) loser.put(twice, removed);
        same(loser, sampleOf([...b, repeated], k));
      }),
      RUNS,
    );
  });

  it('stays all rows below its cutoff when rows are taken out', () => {
    const sample = new RowSample(reference, { capacity: 3 });
    for (const at of [5n, 1n, 4n, 2n, 3n]) {
      sample.addPrediction(at, null, { prediction: 'yes', score: null, segments: [], ...PLAIN });
    }
    expect(sample.cutoff).toBe(4n);
    expect(sample.remove(2n)?.predicted?.prediction).toBe('yes');
    expect(sample.remove(9n)).toBeNull();
    expect(sample.rows.map(([at]) => at)).toEqual([1n, 3n]);
    expect(sample.wants(4n)).toBe(false);
    expect(sample.cutoff).toBe(4n);
  });

  it('keeps values as logged, levels of the baseline whole, and cuts other long texts', () => {
    const sample = new RowSample(reference);
    const given = new Map<string, FeatureValue>([
      ['x', INVALID_VALUE],
      ['c', LONG_LEVEL],
      ['unknown', 1],
    ]);
    sample.addPrediction(1n, given, { prediction: 'yes', score: 0.25, segments: ['sex=f'], ...PLAIN });
    sample.addPrediction(2n, new Map([['c', 'z'.repeat(500)]]), {
      prediction: null,
      score: null,
      segments: [],
      ...PLAIN,
    });
    const [first, second] = sample.rows.map(([, row]) => row.values);
    expect(first).toEqual([INVALID_VALUE, LONG_LEVEL, undefined]);
    expect(second?.[1]).toHaveLength(64);
  });

  it('is smaller for wide models', () => {
    expect([1, 200, 500, 2_000, 10_000].map(sampleCapacity)).toEqual([2_000, 2_000, 800, 200, 200]);
  });

  it('costs a hash about k (1 + ln(n / k)) kept rows, however long the window', () => {
    let written = 0;
    const sum = new RowSample(reference, { capacity: 50 });
    for (let checkpoint = 0; checkpoint < 100; checkpoint++) {
      const part = new RowSample(reference, { capacity: 50, cutoff: sum.cutoff });
      for (let i = 0; i < 100; i++) {
        part.addPrediction(idHash(`${checkpoint}/${i}`), null, {
          prediction: 'yes',
          score: null,
          segments: [],
          ...PLAIN,
        });
      }
      written += part.rows.length;
      sum.merge(part);
    }
    expect(sum.rows).toHaveLength(50);
    expect(written).toBeLessThan(2 * 50 * (1 + Math.log(10_000 / 50)));
  });

  it('is uniform: every row is as likely as any other', () => {
    let inFirstHalf = 0;
    const random = createRandom(7);
    for (let run = 0; run < 200; run++) {
      const sample = new RowSample(reference, { capacity: 20 });
      const salt = random();
      for (let i = 0; i < 200; i++) {
        sample.addPrediction(idHash(`${salt}/${i}`), null, {
          prediction: i,
          score: null,
          segments: [],
          ...PLAIN,
        });
      }
      inFirstHalf += sample.rows.filter(([, row]) => Number(row.predicted?.prediction) < 100).length;
    }
    // 4,000 draws: four standard deviations are 126.
    expect(Math.abs(inFirstHalf - 2_000)).toBeLessThan(126);
  });

  it('reads what was stored before there were times and probabilities', () => {
    const before =
      '0181a9f2c70c050002fdffffffffffffff0100000000000000000401000501020001030a0100000100010300000200010102610100010000' +
      '00020001000100000201000200000200010106796573010000020100010001043201000001000000010001010a7365783d66010001030000' +
      '02000101046e6f0100010301020001020601000001002a6b61666b613a6c6162656c732f3030303030302f31';
    const sample = decodeRowSample(Buffer.from(before, 'hex'), reference);
    const now = new RowSample(reference, { capacity: 5 });
    now.addPrediction(-3n, null, { prediction: null, score: null, segments: [], ...PLAIN });
    now.addPrediction(
      1n,
      new Map<string, FeatureValue>([
        ['x', 0.5],
        ['c', 'a'],
      ]),
      { prediction: 'yes', score: 0.25, segments: ['sex=f'], ...PLAIN },
    );
    now.addLabel(1n, 'no', { sourceRank: 1, final: true, atMs: 3, position: 'kafka:labels/000000/1' });
    same(sample, now);
  });

  it('keeps no probabilities of more classes than anything estimates from', () => {
    const sample = new RowSample(reference);
    for (const size of [20, 21]) {
      const classes = Array.from({ length: size }, (_, k) => `class ${k}`);
      const probabilities = { classes, values: classes.map(() => 1 / size) };
      sample.addPrediction(BigInt(size), null, {
        prediction: 'yes',
        score: null,
        segments: [],
        atMs: 0,
        probabilities,
      });
    }
    expect(sample.rows.map(([, { predicted }]) => predicted?.probabilities?.classes.length)).toEqual([
      20,
      undefined,
    ]);
  });

  it('refuses another baseline, another format, bytes cut short and bytes left over', () => {
    const bytes = encodeRowSample(sampleOf([(sample) => sample.addFeatures(1n, new Map([['x', 1]]))], 5));
    const other = buildReference(tableOf([numericColumn('y', [1, 2])]), {
      task: 'regression',
      positiveClass: null,
    });
    expect(() => decodeRowSample(bytes, other)).toThrow('another baseline');
    expect(() => decodeRowSample(Uint8Array.of(9), reference)).toThrow('format 9');
    expect(() => decodeRowSample(bytes.slice(0, -1), reference)).toThrow();
    expect(() => decodeRowSample(Uint8Array.from([...bytes, 0]), reference)).toThrow('left over');
    expect(() => new RowSample(reference).merge(new RowSample(other))).toThrow('different baselines');
  });
});
