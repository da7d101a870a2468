import { describe, expect, it } from 'vitest';
import { estimatePerformance, withEstimates } from '../../src/compare/estimation/estimate.ts';
import { compareHoldout } from '../../src/compare/compare-holdout.ts';
import { compareTablePerformance } from '../../src/compare/performance.ts';
import type { Column, NumericColumn, Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import type { Random } from '../../src/stats/random.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

interface Draw {
  readonly rows: number;
  readonly seed: number;
  /** Centre of the feature. */
  readonly at?: number;
  /** Turns the concept round. */
  readonly flipped?: boolean;
  /** Share of positives, drawn by label. */
  readonly share?: number;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A model that is right about P(y | x) = logistic(2x) but twice as sure as it should be. */
function binary({ rows, seed, at = 0, flipped = false, share }: Draw): Table {
  const random = createRandom(seed);
  const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
  const x: number[] = [];
  const label: string[] = [];
  for (let row = 0; row < rows; row++) {
    if (share === undefined) {
      const value = at + normal(random);
      x.push(value);
      label.push(random() < logistic(flipped ? -2 * value : 2 * value) ? 'yes' : 'no');
    } else {
      const positive = random() < share;
      x.push(normal(random) + (positive ? 1 : -1));
      label.push(positive ? 'yes' : 'no');
    }
  }
  const score = x.map((value) => logistic(4 * value));
  return tableOf([numericColumn('x', x)], {
    score: numericColumn('score', score),
    prediction: levelColumn(
      'prediction',
      score.map((p) => (p >= 0.5 ? 'yes' : 'no')),
    ),
    label: levelColumn('label', label),
  });
}

/** Three classes by one feature, with the model's probabilities. */
function threeClasses(rows: number, seed: number, at: number): Table {
  const random = createRandom(seed);
  const classes = ['a', 'b', 'c'];
  const probabilities = classes.map(() => [] as number[]);
  const x: number[] = [];
  const label: string[] = [];
  const prediction: string[] = [];
  for (let row = 0; row < rows; row++) {
    const value = at + 1.5 * normal(random);
    const weights = [Math.exp(-value), 1, Math.exp(value)];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = weights.map((weight) => weight / total);
    const u = random();
    x.push(value);
    label.push(u < (shares[0] ?? 0) ? 'a' : u < (shares[0] ?? 0) + (shares[1] ?? 0) ? 'b' : 'c');
    prediction.push(classes[shares.indexOf(Math.max(...shares))] ?? '');
    for (const [k, share] of shares.entries()) probabilities[k]?.push(share);
  }
  return tableOf([numericColumn('x', x)], {
    prediction: levelColumn('prediction', prediction),
    label: levelColumn('label', label),
    probabilities: new Map(classes.map((name, k) => [name, numericColumn(name, probabilities[k] ?? [])])),
  });
}

function firstRows(table: Table, rows: number): Table {
  const cut = (column: Column): Column =>
    column.kind === 'numeric'
      ? { ...column, values: column.values.slice(0, rows) }
      : { ...column, codes: column.codes.slice(0, rows) };
  return {
    ...table,
    rows,
    features: table.features.map(cut),
    prediction: table.prediction && cut(table.prediction),
    score: table.score && { ...table.score, values: table.score.values.slice(0, rows) },
  };
}

function swappedLevels(column: Column | null): Column | null {
  return column === null || column.kind === 'numeric'
    ? column
    : { ...column, levels: column.levels.toReversed() };
}

function withGap(column: NumericColumn | null): NumericColumn | null {
  return column && { ...column, values: column.values.with(0, Number.NaN) };
}

const OPTIONS = { task: 'classification', positiveClass: 'yes', minLabelled: 200 } as const;
const unlabelled = (table: Table): Table => ({ ...table, label: null });

describe('estimates of a binary classifier', () => {
  const reference = binary({ rows: 8_000, seed: 1 });

  it('follow a covariate shift that the scores see, with the truth in the interval', () => {
    const current = binary({ rows: 4_000, seed: 2, at: 1 });
    const estimates = estimatePerformance(reference, unlabelled(current), OPTIONS);
    const truth = compareTablePerformance(reference, current, { ...OPTIONS, mature: true });
    for (const name of [
      'accuracy',
      'precision',
      'recall',
      'f1',
      'specificity',
      'roc_auc',
      'pr_auc',
      'log_loss',
      'brier',
    ]) {
      const estimate = estimates?.metrics[name];
      const real = truth?.metrics[name];
      expect(estimate?.valid, name).toBe(true);
      expect(estimate?.reason).toBe('if_concept_stands');
      expect(estimate?.reference).toBe(real?.reference);
      const [low = 1, high = 0] = estimate?.interval ?? [];
      // Beyond the ends of the score there is little to learn from: half an interval of grace.
      const grace = (high - low) / 2;
      expect(real?.current, name).toBeGreaterThan(low - grace);
      expect(real?.current, name).toBeLessThan(high + grace);
    }
    expect(estimates?.metrics['ece']).toBeUndefined();
  });

  describe('from the counts of a window of which few rows are sampled', () => {
    const rows = 20_000;
    const current = unlabelled(binary({ rows, seed: 4, at: 0.5 }));
    const profile = buildReference(reference, { task: 'classification', positiveClass: 'yes' });
    const sampled = firstRows(current, 1_000);
    const counted = profileTable(current, profile).input;

    it('are those of all its rows within their bounds, and surer than those of the sample', () => {
      const fromSample = estimatePerformance(reference, sampled, OPTIONS)?.metrics ?? {};
      const fromRows = estimatePerformance(reference, current, OPTIONS)?.metrics ?? {};
      const fromCounts = estimatePerformance(reference, sampled, { ...OPTIONS, counted })?.metrics ?? {};
      expect(Object.keys(fromCounts)).toEqual(Object.keys(fromRows));
      for (const [name, { value, bound = 0, rows: n, interval }] of Object.entries(fromCounts)) {
        expect(n, name).toBe(rows);
        expect(Math.abs((value ?? 0) - (fromRows[name]?.value ?? 1)), name).toBeLessThan(bound);
        const [low, high] = interval ?? [0, 1];
        const [lowest, highest] = fromSample[name]?.interval ?? [0, 0];
        expect(high - low, name).toBeLessThan(highest - lowest);
        expect(fromSample[name]?.rows).toBe(1_000);
        expect(fromSample[name]).not.toHaveProperty('bound');
      }
      const labelsOf = (table: Table, options: object) =>
        estimatePerformance(reference, table, { ...OPTIONS, ...options })?.labels ?? [];
      const [bbse, em] = labelsOf(sampled, { counted });
      const [exact] = labelsOf(current, {});
      expect(bbse?.classes).toEqual(exact?.classes);
      expect([bbse?.rows, em?.rows]).toEqual([rows, 1_000]);
    });

    it('are the sample’s where predictions do not follow the score, or a row lacks one of the two', () => {
      const turned: Table = { ...sampled, prediction: swappedLevels(sampled.prediction) };
      const lacking = profileTable({ ...current, score: withGap(current.score) }, profile).input;
      for (const [sample, counts] of [
        [turned, counted],
        [sampled, lacking],
      ] as const) {
        const metrics =
          estimatePerformance(reference, sample, { ...OPTIONS, counted: counts })?.metrics ?? {};
        expect(metrics['accuracy']?.rows).toBe(1_000);
      }
    });
  });

  it('do not see concept drift, and are refuted once labels say so', () => {
    const current = binary({ rows: 2_000, seed: 3, flipped: true });
    const before = estimatePerformance(reference, unlabelled(current), OPTIONS);
    expect(before?.metrics['accuracy']?.valid).toBe(true);
    const after = estimatePerformance(reference, current, OPTIONS);
    expect(after?.metrics['accuracy']).toMatchObject({ valid: false, reason: 'refuted_by_labels' });
    expect(after?.metrics['accuracy']?.value).toBe(before?.metrics['accuracy']?.value);
  });

  it('stand when labels come and nothing moved', () => {
    let refuted = 0;
    for (let seed = 10; seed < 30; seed++) {
      const estimates = estimatePerformance(reference, binary({ rows: 1_500, seed }), OPTIONS);
      if (estimates?.metrics['accuracy']?.valid !== true) refuted++;
    }
    expect(refuted).toBe(0);
  });

  it('give the shares of labels that moved alone, by two methods', () => {
    const known = binary({ rows: 8_000, seed: 4, share: 0.5 });
    const current = binary({ rows: 4_000, seed: 5, share: 0.25 });
    const estimates = estimatePerformance(known, unlabelled(current), OPTIONS);
    expect(estimates?.labels.map(({ method }) => method)).toEqual(['bbse', 'em']);
    for (const shares of estimates?.labels ?? []) {
      const yes = shares.classes.find(({ class: name }) => name === 'yes');
      expect(Math.abs((yes?.estimated ?? 0) - 0.25), shares.method).toBeLessThan(0.04);
      expect(shares, shares.method).toMatchObject({ valid: true, reason: 'if_only_labels_moved' });
    }
  });

  it('warn of label shares under a covariate shift that no mixture explains', () => {
    const current = binary({ rows: 4_000, seed: 6, at: 2.5 });
    const estimates = estimatePerformance(reference, unlabelled(current), OPTIONS);
    for (const shares of estimates?.labels ?? []) {
      expect(shares, shares.method).toMatchObject({ valid: false, reason: 'mixture_does_not_fit' });
    }
  });

  it('say that few labels of the baseline taught them little', () => {
    const few = binary({ rows: 150, seed: 7 });
    const estimates = estimatePerformance(few, unlabelled(reference), OPTIONS);
    expect(estimates?.metrics['accuracy']).toMatchObject({ valid: false, reason: 'too_few_baseline_labels' });
  });

  it('do without scores: label shares by BBSE only', () => {
    const noScore = (table: Table): Table => ({ ...table, score: null });
    const estimates = estimatePerformance(noScore(reference), noScore(unlabelled(reference)), OPTIONS);
    expect(estimates?.metrics).toEqual({});
    expect(estimates?.labels).toHaveLength(1);
    expect(estimates?.labels[0]).not.toHaveProperty('mixture_p_value');
  });

  it('are absent without a labelled baseline, and without rows', () => {
    expect(estimatePerformance(unlabelled(reference), reference, OPTIONS)).toBeNull();
    expect(estimatePerformance(reference, binary({ rows: 0, seed: 1 }), OPTIONS)).toBeNull();
  });
});

describe('estimates of several classes', () => {
  it('follow a covariate shift', () => {
    const options = { ...OPTIONS, positiveClass: null };
    const reference = threeClasses(8_000, 1, 0);
    const current = threeClasses(4_000, 2, 1.2);
    const estimates = estimatePerformance(reference, unlabelled(current), options);
    const truth = compareTablePerformance(reference, current, { ...options, mature: true });
    for (const name of [
      'accuracy',
      'precision_macro',
      'recall_macro',
      'f1_macro',
      'f1_weighted',
      'roc_auc',
    ]) {
      const estimate = estimates?.metrics[name];
      const real = truth?.metrics[name]?.current ?? Number.NaN;
      expect(Math.abs((estimate?.value ?? 0) - real), name).toBeLessThan(0.03);
      expect(estimate?.valid, name).toBe(true);
    }
    expect(truth?.classes).toHaveLength(3);
    expect(truth?.confusion?.current?.flat().reduce((sum, count) => sum + count, 0)).toBe(4_000);
  });
});

describe('estimates of a regression', () => {
  const rows = (count: number, seed: number, from: number, bias: number): Table => {
    const random = createRandom(seed);
    const x = Array.from({ length: count }, () => from + random());
    const prediction = x.map((value) => 5 + value);
    return tableOf([numericColumn('x', x)], {
      prediction: numericColumn('prediction', prediction),
      label: numericColumn(
        'label',
        prediction.map((value, row) => value - bias + normal(random) * (0.2 + Math.max(0, x[row] ?? 0))),
      ),
    });
  };
  const options = { task: 'regression', positiveClass: null, minLabelled: 200 } as const;
  const reference = rows(6_000, 1, 0, 0);

  it('are valid where the baseline has rows, and named otherwise', () => {
    const near = estimatePerformance(reference, unlabelled(rows(2_000, 2, 0, 0)), options);
    expect(near?.metrics['mae']).toMatchObject({ method: 'dle', valid: true, reason: 'if_concept_stands' });
    const far = estimatePerformance(reference, unlabelled(rows(2_000, 3, 0.5, 0)), options);
    expect(far?.metrics['mae']).toMatchObject({ valid: false, reason: 'beyond_baseline' });
    const few = estimatePerformance(rows(100, 4, 0, 0), unlabelled(reference), options);
    expect(few?.metrics['mae']).toMatchObject({ valid: false, reason: 'too_few_baseline_labels' });
  });

  it('are refuted by labels of another concept', () => {
    const after = estimatePerformance(reference, rows(2_000, 5, 0, 2), options);
    expect(after?.metrics['mae']).toMatchObject({ valid: false, reason: 'refuted_by_labels' });
    expect(after?.metrics['bias']).toMatchObject({ valid: false, reason: 'refuted_by_labels' });
  });
});

describe('estimates beside labels', () => {
  const reference = binary({ rows: 2_000, seed: 1 });
  const current = binary({ rows: 1_000, seed: 2 });

  it('stand alone while there are none', () => {
    const estimates = estimatePerformance(reference, unlabelled(current), OPTIONS);
    const performance = withEstimates(null, estimates, 2_000);
    expect(performance).toMatchObject({
      labelled: { reference: 2_000, current: 0, share: 0 },
      mature: false,
      metrics: {},
    });
    expect(performance?.estimated?.['accuracy']?.method).toBe('cbpe');
    expect(withEstimates(null, null, 0)).toBeNull();
  });

  it('never hold a number that JSON cannot', () => {
    const performance = withEstimates(
      compareTablePerformance(reference, current, { ...OPTIONS, mature: true }),
      estimatePerformance(reference, current, OPTIONS),
      2_000,
    );
    expect(JSON.parse(JSON.stringify(performance))).toEqual(performance);
    expect(performance?.metrics['accuracy']?.difference_interval).toHaveLength(2);
  });
});

describe('hold-out beside the rest', () => {
  it('is measured apart, with the difference tested', () => {
    const found = compareHoldout(
      binary({ rows: 3_000, seed: 1 }),
      binary({ rows: 800, seed: 2, flipped: true }),
      OPTIONS,
    );
    const { metrics } = found ?? {};
    expect(found?.labelled).toEqual({ holdout: 800, influenced: 3_000 });
    expect(metrics?.['accuracy']?.p_value).toBeLessThan(1e-9);
    expect(metrics?.['accuracy']?.difference_interval?.[1]).toBeLessThan(-0.3);
    const same = compareHoldout(binary({ rows: 3_000, seed: 1 }), binary({ rows: 800, seed: 2 }), OPTIONS);
    expect(same?.metrics['accuracy']?.p_value).toBeGreaterThan(0.001);
    expect(
      compareHoldout(unlabelled(binary({ rows: 30, seed: 1 })), binary({ rows: 30, seed: 2 }), OPTIONS),
    ).toBeNull();
  });
});
