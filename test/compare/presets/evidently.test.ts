import { describe, expect, it } from 'vitest';
import type { Column } from '../../../src/core/table.ts';
import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import { TOOL_PRESETS } from '../../../src/compare/presets/presets.ts';
import { readVectors } from '../../stats/vectors.ts';
import { expectAlike, rootOfRounding } from './alike.ts';
import { carLoan, readPairs, toColumn } from './pairs.ts';

interface Answer {
  readonly error?: string;
  readonly method: string;
  readonly value: number | string;
  readonly drifted: boolean;
  readonly threshold: number;
}
interface DatasetRule {
  readonly columns: string[];
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly share: number;
  readonly passed: boolean;
}

const vectors = readVectors('preset_evidently') as {
  meta: { tool: string; dataset_rule: DatasetRule[] };
  cases: { name: string; answers: Record<string, Answer> }[];
};
const pairs = readPairs();

/** SciPy's own p-value is one minus a distribution function here: what is left of it below this is rounding. */
const P_VALUE_FLOOR = new Map([
  ['z', 1e-15],
  // Evidently sums a series of its own until a term falls below 1e-7.
  ['cramer_von_mises', 2e-7],
  // Up to 20 rows a side it counts orders in half precision: ours is exact.
  ['cramer_von_mises, few rows', 1e-5],
  // SciPy's exact two-sided law loses its digits below 1e-13.
  ['ks', 1e-12],
]);
const P_VALUES = new Set([
  'ks',
  'z',
  'chisquare',
  't_test',
  'mannw',
  'anderson',
  'cramer_von_mises',
  'es',
  'fisher_exact',
  'g_test',
]);

function floorOf(method: string, rows: number): number {
  const exact = rows <= 20 ? P_VALUE_FLOOR.get(`${method}, few rows`) : undefined;
  return exact ?? P_VALUE_FLOOR.get(method) ?? 1e-300;
}

const distinctIn = (...columns: Column[]): number =>
  new Set(columns.flatMap((column) => (column.kind === 'numeric' ? [...column.values] : []))).size;

const rowsOf = (column: Column): number =>
  column.kind === 'numeric' ? column.values.length : column.codes.length;

describe(`Evidently (${vectors.meta.tool})`, () => {
  it.each(vectors.cases.map(({ name, answers }) => [name, answers] as const))('%s', (name, answers) => {
    const { reference, current } = pairs.get(name)!();
    for (const [asked, answer] of Object.entries(answers)) {
      const preset = asked === 'default' ? TOOL_PRESETS.evidently : findToolPreset(`evidently:${asked}`);
      const ours = preset.feature(reference, current, {});
      const what = `${name}, ${asked}`;
      // With so few values SciPy takes a pseudo-inverse and warns of its own answer: we give none.
      const noInverse = asked === 'es' && distinctIn(reference, current) < 5;
      if (noInverse || answer.error !== undefined || typeof answer.value === 'string') {
        expect(ours.value, what).toBeNull();
        expect(ours.note, what).not.toBe('');
        continue;
      }
      expect(ours.method, what).toBe(answer.method);
      const isP = P_VALUES.has(answer.method);
      expectAlike(ours.value, answer.value, {
        relative: isP ? 1e-6 : 1e-9,
        floor: isP
          ? floorOf(answer.method, Math.max(rowsOf(reference), rowsOf(current)))
          : rootOfRounding(answer.value),
        what,
      });
      expect(ours.threshold, what).toBe(answer.threshold);
      expect(ours.drifted, what).toBe(answer.drifted);
      if (isP) expect(ours.p_value, what).toBe(ours.value);
    }
  });

  it('calls a data set drifted when half of its columns are', () => {
    for (const rule of vectors.meta.dataset_rule) {
      const results = rule.columns.map((column) => {
        const kind = ['salary_range', 'repaid_loan_on_prev_car', 'size_of_downpayment'].includes(column)
          ? 'categorical'
          : 'numeric';
        return TOOL_PRESETS.evidently.feature(
          toColumn(carLoan('reference.csv.gz', column), kind),
          toColumn(carLoan('monitoring.csv.gz', column).slice(rule.start, rule.end), kind),
          {},
        );
      });
      expect(TOOL_PRESETS.evidently.summary(results)).toEqual({
        name: 'evidently',
        features: rule.columns.length,
        drifted_features: rule.count,
        drifted_share: rule.share,
        threshold: 0.5,
        drifted: !rule.passed,
      });
    }
  });
});
