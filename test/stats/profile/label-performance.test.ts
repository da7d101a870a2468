import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { classificationFigures } from '../../../src/stats/performance/classification-figures.ts';
import { isMeasured } from '../../../src/stats/performance/measured.ts';
import type { Figures } from '../../../src/stats/performance/measured.ts';
import { regressionFigures } from '../../../src/stats/performance/regression-figures.ts';
import { sampleOfCounts } from '../../../src/stats/performance/sample-of-counts.ts';
import { classificationSample, regressionSample } from '../../../src/stats/performance/sample-of-table.ts';
import type { ReferenceProfile } from '../../../src/stats/profile/feature-reference.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { decodeReference, encodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { SEGMENT_SCORE_POINTS, WHOLE_SCORE_POINTS } from '../../../src/stats/profile/outcomes/score-grid.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { profileLabels } from '../../../src/stats/table/table-profile.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { countsOf, levelColumn, numericColumn, tableOf } from './rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

/** Two paths lead to a figure: counts on a grid (windows) and the rows themselves (files). This holds them together. */

interface Row {
  readonly label: string;
  readonly prediction: string;
  readonly score: number;
}

const CLASSES = ['yes', 'no'];
const score = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 0.5, 1, Number.NaN, Infinity) },
);
const anyRows = fc.array(
  fc.record({
    label: fc.constantFrom(...CLASSES, 'third'),
    prediction: fc.constantFrom(...CLASSES),
    score,
  }),
  { minLength: 1, maxLength: 60 },
);

function binaryTable(rows: readonly Row[]): Table {
  return tableOf(
    [
      numericColumn(
        'x',
        Array.from(rows, () => 0),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        rows.map((row) => row.prediction),
      ),
      score: numericColumn(
        'score',
        rows.map((row) => row.score),
      ),
      label: levelColumn(
        'label',
        rows.map((row) => row.label),
      ),
    },
  );
}

/** A training set with far more different scores than a grid has points. */
function training(rows: number, seed: number): Table {
  const random = createRandom(seed);
  return binaryTable(
    Array.from({ length: rows }, () => {
      const p = random();
      return {
        score: p,
        prediction: p > 0.5 ? 'yes' : 'no',
        label: random() < p ** 1.3 ? 'yes' : 'no',
      };
    }),
  );
}

const BINARY = { task: 'classification', positiveClass: 'yes' } as const;
const reference = buildReference(training(3_000, 5), BINARY);

function figuresOf(profile: LabelProfile): Figures {
  const counts = profile.performance;
  if (counts === null) return new Map();
  const { task, sample } = sampleOfCounts(counts, profile.reference?.positiveClass ?? null);
  return task === 'regression' ? regressionFigures(sample) : classificationFigures(sample);
}

function exactFigures(table: Table, positiveClass: string | null): Figures {
  const sample = classificationSample(table, positiveClass);
  return sample === null ? new Map() : classificationFigures(sample);
}

function expectWithinBounds(counted: Figures, exact: Figures, largest?: number): void {
  // A column of scores without one that can be used is known as such; counts do not know of it.
  const known = [...exact].filter(([name, figure]) => figure !== 'no_rows' || counted.has(name));
  expect([...counted.keys()]).toEqual(known.map(([name]) => name));
  for (const [name, figure] of known) {
    const other = counted.get(name);
    if (!isMeasured(figure) || !isMeasured(other)) {
      expect(other, name).toEqual(figure);
      continue;
    }
    const scale = Math.max(1, Math.abs(figure.value));
    expect(Math.abs(other.value - figure.value), name).toBeLessThanOrEqual(other.bound + 1e-9 * scale);
    if (largest !== undefined) expect(other.bound, name).toBeLessThan(largest);
  }
}

describe('performance from counts', () => {
  for (const points of [WHOLE_SCORE_POINTS, SEGMENT_SCORE_POINTS]) {
    it(`is that of the rows within its bound, on ${points} points`, () => {
      fc.assert(
        fc.property(anyRows, (rows) => {
          const table = binaryTable(rows);
          const profile = new LabelProfile(reference, 'classification', points);
          for (const row of rows) profile.add(row.label, row.prediction, row.score, 1);
          expectWithinBounds(figuresOf(profile), exactFigures(table, 'yes'));
        }),
        { numRuns: 60 },
      );
    });
  }

  it('has bounds that say something, of a window of two thousand rows', () => {
    const table = training(2_000, 9);
    const whole = profileLabels(table, reference);
    expectWithinBounds(figuresOf(whole), exactFigures(table, 'yes'), 0.02);
    const area = figuresOf(whole).get('roc_auc');
    expect(isMeasured(area) && area.bound).toBeLessThan(0.001);
    expect(whole.encode().length).toBeLessThan(16_000);
    const counts = reference.performance;
    expect(counts?.task === 'classification' && counts.cells?.low.length).toBeGreaterThan(500);
  });

  it('is exact where the baseline’s scores are few, and 0 without rows', () => {
    const few = binaryTable(
      [0.1, 0.4, 0.4, 0.9].map((p, i) => ({ score: p, prediction: 'yes', label: CLASSES[i % 2] ?? '' })),
    );
    const profile = profileLabels(few, buildReference(few, BINARY));
    for (const [name, figure] of figuresOf(profile)) {
      expect(isMeasured(figure) && figure.bound, name).toBe(0);
    }
    expect(new LabelProfile(reference, 'classification').performance).toBeNull();
  });

  it('refuses scores on another grid', () => {
    const fine = new LabelProfile(reference, 'classification');
    const coarse = new LabelProfile(reference, 'classification', SEGMENT_SCORE_POINTS);
    coarse.add('yes', 'yes', 0.3, 1);
    expect(() => fine.merge(coarse)).toThrow('different grids');
    expect(() => LabelProfile.decode(coarse.encode(), reference, 'classification')).toThrow(
      'another baseline',
    );
  });

  it('comes out of a stored baseline as it went in', () => {
    const restored = decodeReference(encodeReference(reference));
    expect(restored.performance).toEqual(reference.performance);
  });

  it('says so where scores beyond the baseline could be anything', () => {
    const logits = [-9, -8, 2, 3, 4, 5, 6, 7, 8, 9].map((p, i) => ({
      score: p,
      prediction: 'yes',
      label: CLASSES[i % 2] ?? '',
    }));
    const figures = figuresOf(profileLabels(binaryTable(logits), reference));
    expect(figures.get('ece')).toBe('unbounded_scores');
    expect(isMeasured(figures.get('roc_auc'))).toBe(true);
  });
});

describe('a revised label', () => {
  it('leaves what the newest labels alone would have given, whatever the order and the split', () => {
    const revised = fc.array(
      fc.record({
        first: fc.constantFrom(...CLASSES),
        next: fc.option(fc.constantFrom(...CLASSES)),
        prediction: fc.constantFrom(...CLASSES),
        score,
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(revised, (rows) => {
        const joined = new LabelProfile(reference, 'classification');
        const revisions = new LabelProfile(reference, 'classification');
        const newest = new LabelProfile(reference, 'classification');
        for (const { first, next, prediction, score: p } of rows) {
          joined.add(first, prediction, p, 1);
          if (next !== null) {
            revisions.add(first, prediction, p, -1);
            revisions.add(next, prediction, p, 1);
          }
          newest.add(next ?? first, prediction, p, 1);
        }
        const stored = LabelProfile.decode(revisions.encode(), reference, 'classification');
        const before = LabelProfile.decode(joined.encode(), reference, 'classification');
        stored.merge(before);
        expect(countsOf(stored)).toEqual(countsOf(newest));
        expectWithinBounds(figuresOf(stored), figuresOf(newest));
        stored.subtract(before);
        expect(countsOf(stored)).toEqual(countsOf(revisions));
      }),
      { numRuns: 60 },
    );
  });
});

describe('several classes', () => {
  const names = ['a', 'b', 'c'];
  interface Several {
    readonly label: string;
    readonly weights: readonly [number, number, number];
  }
  const rows = fc.array(
    fc.record({
      label: fc.constantFrom(...names),
      weights: fc.tuple(
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
      ),
    }),
    { minLength: 3, maxLength: 40 },
  );

  function tableOfClasses(list: readonly Several[]): Table {
    const shares = list.map(({ weights }) => {
      const sum = weights[0] + weights[1] + weights[2];
      return weights.map((weight) => weight / sum);
    });
    return tableOf(
      [
        numericColumn(
          'x',
          Array.from(list, () => 0),
        ),
      ],
      {
        prediction: levelColumn(
          'prediction',
          shares.map((p) => names[p.indexOf(Math.max(...p))] ?? ''),
        ),
        label: levelColumn(
          'label',
          list.map(({ label }) => label),
        ),
        probabilities: new Map(
          names.map((name, k) => [
            name,
            numericColumn(
              name,
              shares.map((p) => p[k] ?? 0),
            ),
          ]),
        ),
      },
    );
  }

  it('are counted each against the rest, and add and undo', () => {
    fc.assert(
      fc.property(rows, rows, (list, more) => {
        const known: ReferenceProfile = buildReference(
          tableOfClasses([...list, ...names.map((label): Several => ({ label, weights: [1, 1, 1] }))]),
          { task: 'classification', positiveClass: null },
        );
        const whole = profileLabels(tableOfClasses(list), known);
        expectWithinBounds(figuresOf(whole), exactFigures(tableOfClasses(list), null));
        const other = profileLabels(tableOfClasses(more), known);
        const both = profileLabels(tableOfClasses([...more, ...list]), known);
        const bytes = both.encode();
        both.subtract(LabelProfile.decode(other.encode(), known, 'classification'));
        expect(countsOf(both)).toEqual(countsOf(whole));
        both.merge(other);
        expect(countsOf(LabelProfile.decode(bytes, known, 'classification'))).toEqual(countsOf(both));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a window of several classes', () => {
  const classes = Array.from({ length: 24 }, (_, k) => `class ${k}`);

  /** Class k is the rarer the larger k is. */
  function drawn(
    rows: number,
    seed: number,
    many: number,
  ): { readonly truth: string; readonly p: number[] }[] {
    const random = createRandom(seed);
    return Array.from({ length: rows }, () => {
      const weights = Array.from({ length: many }, (_, k) => (0.02 + random() ** 4) / (k + 2));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const p = weights.map((weight) => weight / total);
      let left = random();
      const at = p.findIndex((share) => (left -= share) < 0);
      return { truth: classes[Math.max(0, at)] ?? '', p };
    });
  }

  function tableOfDrawn(rows: ReturnType<typeof drawn>, many: number): Table {
    const names = classes.slice(0, many);
    const zeros = Array.from(rows, () => 0);
    return tableOf([numericColumn('x', zeros)], {
      prediction: levelColumn(
        'prediction',
        rows.map(({ p }) => names[p.indexOf(Math.max(...p))] ?? ''),
      ),
      label: levelColumn(
        'label',
        rows.map(({ truth }) => truth),
      ),
      probabilities: new Map(
        names.map((name, k) => [
          name,
          numericColumn(
            name,
            rows.map(({ p }) => p[k] ?? 0),
          ),
        ]),
      ),
    });
  }

  it('of more than twenty counts the first against the rest, and all of them in the losses', () => {
    const training = tableOfDrawn(drawn(4_000, 1, 24), 24);
    const known = buildReference(training, { task: 'classification', positiveClass: null });
    const window = tableOfDrawn(drawn(1_500, 2, 24), 24);
    const counted = figuresOf(profileLabels(window, known));
    const exact = classificationSample(window, null);
    if (exact?.cellsByClass === null || exact === null) throw new Error('no probabilities');
    const levels = known.label?.kind === 'categorical' ? known.label.levels.slice(0, 20) : [];
    const first = new Map([...exact.cellsByClass].filter(([name]) => levels.includes(name)));
    expect(first.size).toBe(20);
    const expected = classificationFigures({ ...exact, cellsByClass: first });
    for (const name of ['roc_auc', 'log_loss', 'brier']) {
      const [now, then] = [counted.get(name), expected.get(name)];
      if (!isMeasured(now) || !isMeasured(then)) throw new Error(`${name} is not measured`);
      expect(Math.abs(now.value - then.value), name).toBeLessThan(now.bound + 1e-12);
      expect(now.bound, name).toBeLessThan(0.004);
      expect(now.standardError).toBeCloseTo(then.standardError, name === 'roc_auc' ? 3 : 9);
    }
  });

  it('ends in the same bytes whatever was corrected, in any order and split', () => {
    const known = buildReference(tableOfDrawn(drawn(500, 3, 4), 4), {
      task: 'classification',
      positiveClass: null,
    });
    const names = classes.slice(0, 4);
    const anyRow = fc.record({
      first: fc.constantFrom(...names),
      next: fc.option(fc.constantFrom(...names)),
      values: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    });
    const add = (
      profile: LabelProfile,
      { values }: { readonly values: number[] },
      label: string,
      sign: 1 | -1,
    ): void => profile.add(label, names[0] ?? '', null, sign, { classes: names, values });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), fc.nat(30), (rows, cut) => {
        const [newest, early, late] = [1, 2, 3].map(() => new LabelProfile(known, 'classification'));
        if (newest === undefined || early === undefined || late === undefined) return;
        for (const row of rows.toReversed()) add(newest, row, row.next ?? row.first, 1);
        for (const [at, row] of rows.entries()) {
          const part = at < cut ? early : late;
          // A correction may be counted before what it corrects.
          if (row.next !== null) add(late, row, row.first, -1);
          if (row.next !== null) add(early, row, row.next, 1);
          add(part, row, row.first, 1);
        }
        const sum = LabelProfile.decode(late.encode(), known, 'classification');
        sum.merge(LabelProfile.decode(early.encode(), known, 'classification'));
        expect(Buffer.compare(sum.encode(), newest.encode())).toBe(0);
        sum.subtract(newest);
        const nothing = new LabelProfile(known, 'classification').encode();
        expect(Buffer.compare(sum.encode(), nothing)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a regression', () => {
  it('has every figure of its rows, far from 0 too', () => {
    const near = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(near, near), { minLength: 3, maxLength: 40 }),
        fc.nat(3),
        (pairs, far) => {
          const offset = far * 1_000;
          const table = tableOf(
            [
              numericColumn(
                'x',
                Array.from(pairs, () => 0),
              ),
            ],
            {
              label: numericColumn(
                'label',
                pairs.map(([label]) => label + offset),
              ),
              prediction: numericColumn(
                'prediction',
                pairs.map(([label, error]) => label + error + offset),
              ),
            },
          );
          const exact = regressionSample(table);
          const counted = figuresOf(
            profileLabels(table, buildReference(table, { task: 'regression', positiveClass: null })),
          );
          expectWithinBounds(counted, exact === null ? new Map() : regressionFigures(exact));
        },
      ),
      { numRuns: 60 },
    );
  });
});
