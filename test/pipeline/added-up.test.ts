import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureValue } from '../../src/core/events/events.ts';
import type { Task } from '../../src/core/model.ts';
import { type AddedUp, addedUp } from '../../src/pipeline/history/add-up.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import { quantileOfGrid } from '../../src/stats/profile/grids/grid-quantile.ts';
import { NumericProfile } from '../../src/stats/profile/numeric-profile.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import type { StoredPart } from '../../src/store/windows/window-parts.ts';
import { newInputs, newLabels, packEncoded, packInputs, readInputs } from '../../src/window/part-profiles.ts';
import {
  anyOperation,
  type AnyRow,
  countsOf,
  levelColumn,
  numericColumn,
  tableOf,
} from '../stats/profile/rows.ts';

fc.configureGlobal({ seed: 20_260_304 });

const classes = ['yes', 'no', 'yes', 'no'];
const training = tableOf([numericColumn('x', [-2, 0.25, 1, 1.75]), levelColumn('c', ['a', 'a', 'b', 'c'])], {
  prediction: levelColumn('prediction', classes),
  score: numericColumn('score', [0.25, 0.5, 0.5, 0.75]),
  label: levelColumn('label', classes),
});
const REFERENCES: { name: string; reference: ReferenceProfile | null; task: Task }[] = [
  {
    name: 'with a baseline',
    reference: buildReference(training, { task: 'classification', positiveClass: 'yes' }),
    task: 'classification',
  },
  { name: 'without a baseline', reference: null, task: 'classification' },
];

/** As people and programs write them: their sums need no more digits than are kept. */
const cents = fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100);
const level = fc.oneof(fc.constantFrom('a', 'b', 'new', null, true), fc.nat(400).map(String));
const anyNumber = fc.double({ min: -1e6, max: 1e6, noNaN: true });

const rowWith = (number: fc.Arbitrary<number>): fc.Arbitrary<AnyRow> =>
  fc
    .tuple(
      fc.record({
        x: fc.option(fc.oneof({ weight: 5, arbitrary: number }, fc.constantFrom('text', Infinity, '')), {
          nil: null,
        }),
        c: level,
        extra: fc.nat(150),
        prediction: fc.constantFrom('yes', 'no', 'other', null),
        score: fc.option(
          fc.nat(100).map((n) => n / 100),
          { nil: null },
        ),
        label: fc.oneof(fc.constantFrom('yes', 'no'), fc.nat(40).map(String)),
      }),
      anyOperation,
    )
    .map(([{ x, c, extra, ...row }, operation]) => ({
      ...row,
      ...operation,
      features: new Map<string, FeatureValue>([
        ['x', x],
        ['c', c],
        [`unknown ${extra}`, 1],
      ]),
    }));

interface Given {
  readonly rows: readonly AnyRow[];
  /** Of each row the part it is counted in, and of each part the step it is added in. */
  readonly partOf: readonly number[];
  readonly stepOf: readonly number[];
}
const PARTS = 8;
const given = (number: fc.Arbitrary<number>): fc.Arbitrary<Given> =>
  fc.array(rowWith(number), { minLength: 1, maxLength: 60 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      partOf: fc.array(fc.nat(PARTS - 1), { minLength: rows.length, maxLength: rows.length }),
      stepOf: fc.array(fc.nat(4), { minLength: PARTS, maxLength: PARTS }),
    }),
  );

describe.each(REFERENCES)('days of windows $name', ({ reference, task }) => {
  const inputsOf = (rows: readonly AnyRow[]) => {
    const profile = newInputs('', reference, task);
    for (const row of rows) profile.add(row, 1);
    return profile;
  };
  const labelsOf = (rows: readonly AnyRow[]) => {
    const profile = newLabels('', reference, task);
    for (const row of rows) profile.add(row.label, row.prediction, row.score, 1);
    return profile;
  };
  /** Parts as windows have them, some of them packed, added in some steps. */
  const day = (
    kind: 'input' | 'label',
    { rows, partOf, stepOf }: Given,
  ): { rows: number; profile: Uint8Array } => {
    const parts = Array.from({ length: PARTS }, (_, at): StoredPart => {
      const own = rows.filter((_row, n) => partOf[n] === at);
      const packed = at % 2 === 0 ? packInputs(inputsOf(own)) : inputsOf(own).encode();
      const delta = kind === 'input' ? packed : labelsOf(own).encode();
      return { id: 1 + at, segment: '', kind, rows: own.length, delta };
    });
    const steps = Map.groupBy(parts, ({ id }) => stepOf[id - 1]).values();
    let before: { segment: string; kind: 'input' | 'label'; rows: number; profile: Uint8Array } | null = null;
    for (const step of steps) {
      const { sum, unreadable }: AddedUp = addedUp(before, step, reference, task);
      expect(unreadable).toEqual([]);
      before = { segment: '', kind, ...sum! };
    }
    return before!;
  };

  it('are the profile of all their rows, bit for bit, whatever came in which window, part and step', () => {
    fc.assert(
      fc.property(given(cents), (all) => {
        const inputs = day('input', all);
        expect(inputs.rows).toBe(all.rows.length);
        expect(Buffer.compare(inputs.profile, packEncoded(inputsOf(all.rows).encode()))).toBe(0);
        const labels = day('label', all);
        expect(labels.rows).toBe(all.rows.length);
        expect(Buffer.compare(labels.profile, labelsOf(all.rows).encode())).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('of numbers of any length the counts are, too; sums agree to 1e-12 of what was summed', () => {
    fc.assert(
      fc.property(given(anyNumber), (all) => {
        const whole = inputsOf(all.rows);
        const added = readInputs('', day('input', all).profile, reference, task);
        expect(countsOf(added)).toEqual(countsOf(whole));
        const meansOf = (profile: typeof whole): (number | null)[] => [
          ...profile.features.map((each) => (each.kind === 'numeric' ? each.mean : null)),
          ...(profile.untyped?.list().map(({ numeric }) => numeric.mean) ?? []),
        ];
        const means = meansOf(whole);
        for (const [at, mean] of meansOf(added).entries())
          expect(Math.abs((mean ?? 0) - (means[at] ?? 0))).toBeLessThanOrEqual(1e-6);
      }),
      { numRuns: 60 },
    );
  });
});

it('a day that cannot be read stays as it is, and counts that cannot be read are in none', () => {
  const bytes = newInputs('', null, 'classification').encode();
  const part = { id: 7, segment: '', kind: 'input', rows: 3, delta: bytes } as const;
  const damaged = Uint8Array.of(99, 1);
  const before = { segment: '', kind: 'input', rows: 1, profile: damaged } as const;
  expect(addedUp(before, [part], null, 'classification')).toMatchObject({
    sum: null,
    unreadable: [{ id: 0 }],
  });
  expect(addedUp(null, [part, { ...part, id: 8, delta: damaged }], null, 'classification')).toMatchObject({
    sum: { rows: 3 },
    unreadable: [{ id: 8 }],
  });
});

describe('quantiles of counts on a grid', () => {
  const reference = buildReference(tableOf([numericColumn('x', [1, 2, 3])]), {
    task: 'classification',
    positiveClass: null,
  }).features[0]!;
  const profileOf = (values: readonly number[]): NumericProfile => {
    if (reference.kind !== 'numeric') throw new Error('x is numeric');
    const profile = new NumericProfile(reference);
    for (const value of values) profile.add(value, 1);
    return profile;
  };

  it('are exact at its points, and the mean of what lies between', () => {
    const profile = profileOf([1, 2, 2.4, 2.6]);
    expect([0.25, 0.5, 0.75, 1].map((p) => quantileOfGrid(profile, p))).toEqual([1, 2, 2.5, 2.5]);
    expect(quantileOfGrid(profileOf([]), 0.5)).toBeNull();
  });

  it('never fall, and lie in the gap of the true one', () => {
    fc.assert(
      fc.property(
        fc.array(cents, { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, p) => {
          const profile = profileOf(values);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(p * values.length)) - 1]!;
          const found = quantileOfGrid(profile, p)!;
          if ([1, 2, 3].includes(exact)) expect(found).toBe(exact);
          else
            expect([1, 2, 3].filter((point) => point < found)).toEqual(
              [1, 2, 3].filter((point) => point < exact),
            );
          expect(quantileOfGrid(profile, p / 2)!).toBeLessThanOrEqual(found);
        },
      ),
    );
  });
});
