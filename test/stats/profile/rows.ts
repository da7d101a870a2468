import * as fc from 'fast-check';
import { INVALID_VALUE } from '../../../src/core/events/events.ts';
import type { FeatureValue } from '../../../src/core/events/events.ts';
import type { Column, NumericColumn, Table } from '../../../src/core/table.ts';
import type { ScoreCells } from '../../../src/stats/performance/score-cells.ts';
import type { InputProfile, InputRow } from '../../../src/stats/profile/input-profile.ts';
import type { Operation, OperationalProfile } from '../../../src/stats/profile/operational-profile.ts';
import type { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';

export function numericColumn(name: string, values: readonly number[], invalid = 0): NumericColumn {
  return { name, kind: 'numeric', values: Float64Array.from(values), invalid };
}

export function levelColumn(name: string, cells: readonly (string | null)[]): Column {
  const levels = [...new Set(cells.filter((cell) => cell !== null))];
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : levels.indexOf(cell)));
  return { name, kind: 'categorical', levels, codes, invalid: 0 };
}

export function tableOf(features: readonly Column[], outcome: Partial<Table> = {}): Table {
  const first = features[0];
  const rows = first === undefined ? 0 : first.kind === 'numeric' ? first.values.length : first.codes.length;
  return {
    rows,
    features,
    prediction: null,
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
    ...outcome,
  };
}

/** Anything a log may hold where a number or a level is expected. */
export const anyValue: fc.Arbitrary<FeatureValue | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -6, max: 6 }) },
  { weight: 3, arbitrary: fc.double() },
  {
    weight: 3,
    arbitrary: fc.constantFrom('a', 'b', 'c', 'new', '', '1', ' a', '__proto__', 'x'.repeat(500)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<FeatureValue | undefined>(
      null,
      undefined,
      true,
      false,
      INVALID_VALUE,
      Number.NaN,
      Infinity,
      -Infinity,
      -0,
      1e308,
      -1e308,
    ),
  },
);

export interface AnyRow extends InputRow {
  readonly label: string | number;
}

const anyAmount = fc.option(
  fc.oneof(
    { weight: 3, arbitrary: fc.double({ min: 0, max: 1e4 }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 0.5, 64, 1e308, 1e-308, -1, 2 ** 26, 2 ** -46) },
  ),
  { nil: null },
);

/** Anything a log may say of how a prediction was made. */
export const anyOperation: fc.Arbitrary<Operation> = fc.record({
  latencyMs: anyAmount,
  cost: anyAmount,
  energyJ: anyAmount,
  error: fc.option(fc.oneof(fc.constantFrom('timeout', 'oom', '__proto__'), fc.nat(20).map(String)), {
    nil: null,
  }),
});

export const anyRow: fc.Arbitrary<AnyRow> = fc
  .record({
    x: anyValue,
    c: anyValue,
    k: anyValue,
    extra: fc.option(fc.nat(300), { nil: undefined }),
    prediction: fc.option(fc.oneof(fc.constantFrom('yes', 'no', 'other'), fc.integer({ min: -3, max: 3 })), {
      nil: null,
    }),
    score: fc.option(fc.double(), { nil: null }),
    label: fc.oneof(fc.constantFrom('yes', 'no', 'third'), fc.integer({ min: -3, max: 40 })),
  })
  .map(({ x, c, k, extra, prediction, score, label }) => {
    const features = new Map<string, FeatureValue>();
    for (const [name, value] of [
      ['x', x],
      ['c', c],
      ['k', k],
    ] as const) {
      if (value !== undefined) features.set(name, value);
    }
    if (extra !== undefined) features.set(`unknown ${extra}`, 1);
    return { features, prediction, score, label };
  });

/** The same, and how the prediction was made. */
export const anyOperatedRow: fc.Arbitrary<AnyRow> = fc
  .tuple(anyRow, anyOperation)
  .map(([row, operation]) => ({ ...row, ...operation }));

/** Every integer a profile holds: what must agree to the last one. */
export function countsOf(profile: InputProfile | LabelProfile): unknown {
  if ('labelled' in profile) {
    const { performance } = profile;
    const classification = performance?.task === 'classification' ? performance : null;
    return [
      profile.labelled,
      featureCounts(profile.label),
      performance?.n ?? 0,
      classification?.correct ?? 0,
      classification === null ? null : confusionCells(classification.classes, classification.confusion),
      classification?.brier?.n ?? 0,
      [classification?.cells ?? null, ...(classification?.cellsByClass?.values() ?? [])].map(scoreCounts),
      performance?.task === 'regression' ? performance.percentage?.n : null,
    ];
  }
  return [
    profile.rows,
    profile.featureRows,
    ...[...profile.features, profile.prediction, profile.score].map(featureCounts),
    profile.unknownFeatures.entries(),
    profile.unknownFeatures.overflow,
    operationCounts(profile.operation),
    profile.untyped?.overflow ?? 0,
    profile.untyped
      ?.list()
      .map((feature) => [
        feature.name,
        feature.missing,
        feature.invalid,
        featureCounts(feature.numeric),
        featureCounts(feature.levels),
      ])
      .filter((feature) => JSON.stringify(feature.slice(1)) !== EMPTY_UNTYPED),
  ];
}

/** Sums too: they are exact. */
export function operationCounts({ rows, latencyMs, cost, energyJ, errors }: OperationalProfile): unknown {
  const amounts = [latencyMs, cost, energyJ].map((amount) => [
    amount.n,
    amount.zeros,
    amount.invalid,
    amount.sum,
    amount.buckets(),
  ]);
  return [rows, amounts, errors.entries(), errors.overflow];
}

const EMPTY_UNTYPED = JSON.stringify([
  0,
  0,
  { missing: 0, invalid: 0, infinite: 0, counts: [] },
  { missing: 0, invalid: 0, infinite: 0, counts: [], newLevels: [], overflow: 0 },
]);

function confusionCells(classes: readonly string[], matrix: readonly (readonly number[])[]): unknown {
  const names = [...classes, 'every other'];
  return matrix
    .flatMap((row, i) =>
      row.flatMap((count, j) => (count === 0 ? [] : [`${names[i]} × ${names[j]}: ${count}`])),
    )
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The whole numbers of score cells; their sums agree to rounding only. */
export function scoreCounts(cells: ScoreCells | null): unknown {
  return cells === null ? null : { ...cells, sums: cells.sums.length };
}

function featureCounts(profile: InputProfile['prediction']): unknown {
  const { missing, invalid, infinite } = profile;
  if (profile.kind !== 'numeric') {
    return {
      missing,
      invalid,
      infinite,
      counts: sparse(profile.counts),
      newLevels: profile.newLevels.entries(),
      overflow: profile.newLevels.overflow,
    };
  }
  return {
    missing,
    invalid,
    infinite,
    counts: [...sparse(profile.equal), ...sparse(profile.between).map(([i, x]) => [i - 1e6, x])],
  };
}

function sparse(counts: Float64Array): [number, number][] {
  return [...counts.entries()].filter(([, count]) => count !== 0);
}
