import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/model.ts';
import type { ReferenceProfile } from '../../../src/stats/profile/feature-reference.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { anyOperatedRow, anyRow, countsOf, levelColumn, numericColumn, tableOf } from './rows.ts';
import type { AnyRow } from './rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

const classes = ['yes', 'no', 'yes', 'yes', 'no', 'yes'];
const training = tableOf(
  [
    numericColumn('x', [-3, -1.5, 0, 0, 2, 5]),
    levelColumn('c', ['a', 'a', 'b', 'c', null, 'a']),
    numericColumn('k', [7, 7, 7, 7, 7, 7]),
  ],
  {
    prediction: levelColumn('prediction', classes),
    score: numericColumn('score', [0.1, 0.2, 0.3, 0.8, 0.9, 0.5]),
    label: levelColumn('label', classes),
  },
);
const numbers = [1, 2, 3, -1, 0.5, 2];
const REFERENCES: { name: string; reference: ReferenceProfile | null; task: Task }[] = [
  {
    name: 'classification',
    reference: buildReference(training, { task: 'classification', positiveClass: 'yes' }),
    task: 'classification',
  },
  {
    name: 'regression',
    reference: buildReference(
      {
        ...training,
        prediction: numericColumn('prediction', numbers),
        score: null,
        label: numericColumn('label', numbers),
      },
      { task: 'regression', positiveClass: null },
    ),
    task: 'regression',
  },
  { name: 'classification without baseline', reference: null, task: 'classification' },
  { name: 'regression without baseline', reference: null, task: 'regression' },
];

const rowsOf = {
  inputs: fc.array(anyOperatedRow, { maxLength: 40 }),
  labels: fc.array(anyRow, { maxLength: 40 }),
};
/** Each run builds a dozen profiles. */
const RUNS = { numRuns: 40 };

describe.each(REFERENCES)('profiles of $name', ({ reference, task }) => {
  const inputs = (list: readonly AnyRow[], sign: 1 | -1 = 1): InputProfile => {
    const profile = new InputProfile(reference, task);
    for (const row of list) profile.add(row, sign);
    return profile;
  };
  const labels = (list: readonly AnyRow[], sign: 1 | -1 = 1): LabelProfile => {
    const profile = new LabelProfile(reference, task);
    for (const row of list) profile.add(row.label, row.prediction, row.score, sign);
    return profile;
  };
  const merged = <T extends InputProfile | LabelProfile>(a: T, b: T): T => {
    if (a instanceof InputProfile && b instanceof InputProfile) a.merge(b);
    if (a instanceof LabelProfile && b instanceof LabelProfile) a.merge(b);
    return a;
  };

  for (const [what, count] of [
    ['inputs', inputs],
    ['labels', labels],
  ] as const) {
    const rows = rowsOf[what];
    const same = (a: InputProfile | LabelProfile, b: InputProfile | LabelProfile): void =>
      expect(countsOf(a)).toEqual(countsOf(b));

    it(`${what}: merge is commutative and associative, and any split gives the whole`, () => {
      fc.assert(
        fc.property(rows, rows, rows, (a, b, c) => {
          const whole = count([...a, ...b, ...c]);
          same(merged(merged(count(a), count(b)), count(c)), whole);
          same(merged(count(a), merged(count(b), count(c))), whole);
          same(merged(merged(count(c), count(b)), count(a)), whole);
        }),
        RUNS,
      );
    });

    it(`${what}: the order of arrival is irrelevant`, () => {
      fc.assert(
        fc.property(rows, (list) => {
          same(count(list), count(list.toReversed()));
        }),
        RUNS,
      );
    });

    it(`${what}: subtract, and a sign of −1, undo add`, () => {
      fc.assert(
        fc.property(rows, rows, (a, b) => {
          const whole = count([...a, ...b]);
          const part = count(b);
          if (whole instanceof InputProfile && part instanceof InputProfile) whole.subtract(part);
          if (whole instanceof LabelProfile && part instanceof LabelProfile) whole.subtract(part);
          same(whole, count(a));
          same(merged(count(a), count(a, -1)), count([]));
        }),
        RUNS,
      );
    });

    it(`${what}: decode undoes encode, bytes do not depend on the order, and merging parts survives storage`, () => {
      const decode = (bytes: Uint8Array): InputProfile | LabelProfile =>
        what === 'inputs'
          ? InputProfile.decode(bytes, reference, task)
          : LabelProfile.decode(bytes, reference, task);
      fc.assert(
        fc.property(rows, rows, (a, b) => {
          const bytes = count(a).encode();
          same(decode(bytes), count(a));
          expect(Buffer.compare(decode(bytes).encode(), bytes)).toBe(0);
          same(merged(decode(bytes), decode(count(b, -1).encode())), merged(count(a), count(b, -1)));
        }),
        RUNS,
      );
    });
  }

  it('costs a few bytes a feature when untouched', () => {
    expect(inputs([]).encode().length).toBeLessThan(120);
    expect(labels([]).encode().length).toBeLessThan(30);
  });

  it('refuses bytes of another baseline, another format, or cut short', () => {
    const bytes = inputs([]).encode();
    const other = buildReference(tableOf([numericColumn('x', [1, 2, 3])]), { task, positiveClass: null });
    expect(() => InputProfile.decode(bytes, other, task)).toThrow();
    expect(() => InputProfile.decode(bytes.slice(0, -1), reference, task)).toThrow();
    expect(() => InputProfile.decode(Uint8Array.from([99, ...bytes.slice(1)]), reference, task)).toThrow(
      'format 99',
    );
    expect(() => LabelProfile.decode(Uint8Array.of(99), reference, task)).toThrow('format 99');
    const longer = Uint8Array.from([...bytes, 0]);
    expect(() => InputProfile.decode(longer, reference, task)).toThrow('left over');
  });
});

describe('sums', () => {
  it('agree to 1e-12 of what was summed, in any order and split', () => {
    const reference = buildReference(tableOf([numericColumn('x', [-1000, 0, 1000])]), {
      task: 'regression',
      positiveClass: null,
    });
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(60), (values, cut) => {
        const count = (list: readonly number[]): InputProfile => {
          const profile = new InputProfile(reference, 'regression');
          for (const x of list) profile.addFeatures(new Map([['x', x]]), 1);
          return profile;
        };
        const whole = count(values);
        const parts = count(values.slice(0, cut).reverse());
        parts.merge(count(values.slice(cut)));
        const scale = values.reduce((sum, x) => sum + Math.abs(x), 0);
        const sums = (profile: InputProfile): number[] =>
          profile.features.flatMap((feature) =>
            feature.kind === 'numeric'
              ? Array.from(feature.betweenSums.high, (_, i) => feature.betweenSums.get(i))
              : [],
          );
        for (const [i, sum] of sums(parts).entries()) {
          expect(Math.abs(sum - (sums(whole)[i] ?? 0))).toBeLessThanOrEqual(1e-12 * scale);
        }
        parts.subtract(whole);
        for (const sum of sums(parts)) expect(Math.abs(sum)).toBeLessThanOrEqual(1e-12 * scale);
      }),
    );
  });
});
