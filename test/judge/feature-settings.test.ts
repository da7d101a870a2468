/** What people say of single columns, in verdicts. */
import { describe, expect, it } from 'vitest';
import type { FeatureSettings } from '../../src/core/columns/feature-settings.ts';
import type { Comparison } from '../../src/core/findings.ts';
import type { Table } from '../../src/core/table.ts';
import { rolesOfColumns } from '../../src/judge/column-roles.ts';
import { concludeWindow } from '../../src/judge/conclude-window.ts';
import { FILES_POLICY } from '../../src/judge/policy.ts';
import { createRandom } from '../../src/stats/random.ts';
import { compareTables } from '../compare/compare-tables.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const HOUR_MS = 3_600_000;

interface Made {
  readonly rows: number;
  readonly seed: number;
  /** By how much the promotion column moves. */
  readonly promoted?: number;
  /** Share of missing notes. */
  readonly missing?: number;
}

/** The label follows age and promotion; the hour is that of the row. */
function made({ rows, seed, promoted = 0, missing = 0 }: Made): Table {
  const random = createRandom(seed);
  const each = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
  const age = each(() => random());
  const promotion = each(() => random() + promoted);
  const logit = each((row) => 3 * (age[row]! - 0.5) + 3 * (promotion[row]! - 0.5));
  const score = logit.map((value) => 1 / (1 + Math.exp(-value)));
  const label = score.map((p) => (random() < p ? 'yes' : 'no'));
  const timestampMs = Float64Array.from(
    each((row) => Date.UTC(2026, 0, 5) + (row * 28 * 24 * HOUR_MS) / rows),
  );
  return tableOf(
    [
      numericColumn('age', age),
      numericColumn('promotion', promotion),
      numericColumn(
        'note',
        each(() => (random() < missing ? Number.NaN : random())),
      ),
      numericColumn(
        'hour',
        each((row) => new Date(timestampMs[row]!).getUTCHours()),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        score.map((p) => (p > 0.5 ? 'yes' : 'no')),
      ),
      score: numericColumn('score', score),
      label: levelColumn('label', label),
      timestampMs,
    },
  );
}

const REFERENCE = made({ rows: 8_000, seed: 1 });

function judged(current: Table, settings: FeatureSettings = new Map()): Comparison {
  const model = { task: 'classification', positiveClass: 'yes' } as const;
  return concludeWindow(
    {
      ...model,
      compared: compareTables(REFERENCE, current, { ...model, features: settings }),
      reference: REFERENCE,
      current,
      isHeldOut: false,
      maturity: null,
      together: true,
      settings,
      options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true },
    },
    FILES_POLICY,
  );
}

const feature = (comparison: Comparison, name: string) =>
  comparison.features.find((each) => each.name === name);

describe('an ignored column', () => {
  it('that moved makes no verdict, and its effect on the label is no moved relation', () => {
    const current = made({ rows: 4_000, seed: 2, promoted: 0.4 });
    expect(judged(current).diagnosis.types).toContain('covariate_shift');
    const ignored = judged(current, new Map([['promotion', { ignore: true }]]));
    expect(feature(ignored, 'promotion')).toMatchObject({ status: 'ok', reason: 'ignored', drifted: false });
    expect(ignored.diagnosis.types).not.toContain('concept_drift');
    expect(JSON.stringify(ignored.diagnosis)).not.toContain('promotion');
    const parts = ignored.multivariate?.domain_classifier?.contributions ?? [];
    expect(parts.map(({ feature: name }) => name)).not.toContain('promotion');
  });

  it('that broke is not accused', () => {
    const current = made({ rows: 2_000, seed: 3, missing: 0.6 });
    expect(judged(current).diagnosis).toMatchObject({ verdict: 'data_fault' });
    const ignored = judged(current, new Map([['note', { ignore: true }]]));
    expect(ignored.diagnosis).toMatchObject({ verdict: 'none', faults: [] });
    expect(feature(ignored, 'note')?.missing.current).toBeGreaterThan(0.5);
  });
});

describe('a calendar column', () => {
  /** Mornings only. */
  const mornings = (): Table => {
    const table = made({ rows: 6_000, seed: 4 });
    const hour = table.features[3];
    if (hour?.kind !== 'numeric') throw new Error('the hour is a number');
    const rows = Array.from(hour.values.keys()).filter((row) => hour.values[row]! < 12);
    const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
    return {
      ...tableOf(
        table.features.map((column) => ({
          ...numericColumn(column.name, []),
          values: pick((column as { values: Float64Array }).values),
        })),
        { timestampMs: pick(table.timestampMs!) },
      ),
    };
  };

  it('is recognised, and said to be something else it drifts', () => {
    const current = mornings();
    expect(feature(judged(current), 'hour')).toMatchObject({ status: 'ok', reason: 'calendar' });
    const said = judged(current, new Map([['hour', { kind: 'numeric' }]]));
    expect(feature(said, 'hour')).toMatchObject({ status: 'drift' });
    expect(said.diagnosis.types).not.toEqual([]);
  });

  it('may be said of one that was not recognised', () => {
    const current = made({ rows: 4_000, seed: 5, promoted: 0.4 });
    const said = judged(current, new Map([['promotion', { kind: 'calendar' }]]));
    expect(feature(said, 'promotion')).toMatchObject({ status: 'ok', reason: 'calendar', drifted: false });
    expect(said.diagnosis.types).not.toContain('concept_drift');
  });
});

describe('what columns are taken for', () => {
  it('is listed, with what people said first', () => {
    const rows = REFERENCE.rows;
    const texts = (value: (row: number) => string | null) =>
      levelColumn(
        'x',
        Array.from({ length: rows }, (_, row) => value(row)),
      );
    const table: Table = {
      ...REFERENCE,
      features: [
        ...REFERENCE.features,
        { ...texts(() => 'same'), name: 'one' },
        { ...texts(() => null), name: 'empty' },
        { ...texts((row) => (row < 10 ? 'x' : null)), name: 'rare' },
        numericColumn(
          'number',
          Array.from({ length: rows }, (_, row) => 70_000 + row),
        ),
      ],
    };
    const settings: FeatureSettings = new Map([
      ['age', { ignore: true }],
      ['customer', { kind: 'identifier' }],
      ['note', { importance: 'high' }],
    ]);
    const leftOut = new Map([['born', { role: 'doubtful', why: 'holds dates' }]] as const);
    expect(rolesOfColumns({ reference: table, rows, settings, leftOut })).toEqual([
      { name: 'age', kind: 'numeric', role: 'ignored', why: 'as the configuration says' },
      { name: 'promotion', kind: 'numeric', role: 'feature', why: null },
      { name: 'note', kind: 'numeric', role: 'feature', why: null },
      {
        name: 'hour',
        kind: 'numeric',
        role: 'calendar',
        why: "follows from the row's own time (hour of day, UTC)",
      },
      { name: 'one', kind: 'categorical', role: 'constant', why: 'holds one and the same value throughout' },
      { name: 'empty', kind: 'categorical', role: 'doubtful', why: 'is empty' },
      { name: 'rare', kind: 'categorical', role: 'doubtful', why: 'is almost empty' },
      {
        name: 'number',
        kind: 'numeric',
        role: 'doubtful',
        why: 'looks like an id, a value of its own in nearly every row',
      },
      { name: 'born', kind: null, role: 'doubtful', why: 'holds dates' },
      { name: 'customer', kind: null, role: 'identifier', why: 'as the configuration says' },
    ]);
  });
});
