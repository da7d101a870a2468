import { describe, expect, it } from 'vitest';
import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import { chunksByNumber, chunksByPeriod } from '../../../src/compare/presets/reference-chunks.ts';
import { standardDeviationThreshold } from '../../../src/compare/presets/nannyml/threshold.ts';
import { histogramDivergence } from '../../../src/compare/presets/tfdv/histogram-divergence.ts';
import type { Bucket } from '../../../src/compare/presets/tfdv/histogram-divergence.ts';
import type { PresetResult } from '../../../src/core/columns/preset-result.ts';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readVectors } from '../../stats/vectors.ts';
import type { Vector } from '../../stats/vectors.ts';
import { expectAlike } from './alike.ts';
import { carLoan, toColumn } from './pairs.ts';

/** What the tools' own tests and documentation print, rounded as they print it. */
const vectorsOf = (file: string): Vector[] => (readVectors(file) as { vectors: Vector[] }).vectors;

type Cells = readonly (number | string | null)[];

function cellsOf(side: unknown): Cells {
  if (Array.isArray(side)) return side as Cells;
  return Object.entries(side as Record<string, number>).flatMap(([level, rows]) =>
    Array.from({ length: rows }, () => level),
  );
}

function ask(preset: string, vector: Vector, kind: 'numeric' | 'categorical'): PresetResult {
  return findToolPreset(preset).feature(
    toColumn(cellsOf(vector.reference), kind),
    toColumn(cellsOf(vector.current), kind),
    {},
  );
}

const figureOf = (vector: Vector): number =>
  Number(
    vector.recomputed?.['value'] ??
      vector.recomputed?.['pvalue'] ??
      vector.expected['value'] ??
      vector.expected['pvalue'],
  );

describe("Evidently's own tests", () => {
  const methods = new Map<string, readonly [string, 'numeric' | 'categorical']>([
    ['chisquare_gof_pvalue', ['chisquare', 'categorical']],
    ['hellinger_categorical', ['hellinger', 'categorical']],
    ['hellinger_numeric', ['hellinger', 'numeric']],
    ['t_test_pvalue', ['t_test', 'numeric']],
    ['g_test_gof_pvalue', ['g_test', 'categorical']],
    ['cramervonmises_2samp_pvalue', ['cramer_von_mises', 'numeric']],
    ['fisher_exact_pvalue', ['fisher_exact', 'categorical']],
    ['energy_distance', ['ed', 'numeric']],
    ['epps_singleton_pvalue', ['es', 'numeric']],
    ['psi', ['psi', 'categorical']],
  ]);
  // The two permutation tests are not among the methods offered.
  const asked = vectorsOf('evidently_stattests').filter(({ method }) => methods.has(method));

  it.each(asked.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
    const [method, kind] = methods.get(vector.method)!;
    const ours = ask(`evidently:${method}`, vector, kind);
    expectAlike(ours.value, figureOf(vector), { relative: 1e-6, floor: 1e-7, what: name });
    const drift: unknown = vector.expected['drift'];
    if (drift !== undefined) expect(ours.drifted).toBe(drift);
  });

  it('takes Mann–Whitney one-sided: 0.481, where the textbook says 0.963', () => {
    const vector = vectorsOf('evidently_stattests').find(({ name }) => name === 'mann_whitney')!;
    expect(ask('evidently:mannw', vector, 'numeric').value).toBeCloseTo(
      Number(vector.expected['peer_asserted']),
      3,
    );
  });
});

describe("TFDV's own tests", () => {
  const vectors = vectorsOf('tfdv_linf_jsd');
  const bucketsOf = (side: unknown): Bucket[] =>
    (side as [number, number, number][]).map(([low, high, rows]) => ({ low, high, rows }));

  it('divergence of histograms', () => {
    const asked = vectors.filter(({ reference }) => Array.isArray(reference));
    expect(asked.length).toBe(6);
    for (const vector of asked) {
      const ours = histogramDivergence(bucketsOf(vector.reference), bucketsOf(vector.current));
      expectAlike(ours, figureOf(vector), { relative: 1e-9, floor: 1e-12, what: vector.name });
    }
  });

  it('does not copy that all missing differs from all missing: there is nothing to compare', () => {
    expect(histogramDivergence([], [])).toBeNull();
    const nothing = toColumn([null], 'numeric');
    expect(findToolPreset('tfdv').feature(nothing, nothing, {}).value).toBeNull();
  });

  it('levels', () => {
    const methods = new Map([
      ['l_infinity', 'infinity_norm'],
      ['normalized_absolute_difference', 'normalized_abs_difference'],
      ['jensen_shannon_divergence_bits', 'jensen_shannon_divergence'],
    ]);
    const asked = vectors.filter(({ name, reference }) => name !== 'linf_empty' && isCounts(reference));
    expect(asked.length).toBe(6);
    for (const vector of asked) {
      // Weights of tenths as rows.
      const scale = Object.values(vector.reference as object).every(Number.isInteger) ? 1 : 10;
      const rows = (side: unknown): Record<string, number> =>
        Object.fromEntries(
          Object.entries(side as Record<string, number>).map(([level, weight]) => [
            level,
            Math.round(weight * scale),
          ]),
        );
      const scaled = { ...vector, reference: rows(vector.reference), current: rows(vector.current) };
      const ours = ask(`tfdv:${methods.get(vector.method)!}`, scaled, 'categorical');
      expectAlike(ours.value, figureOf(vector), { relative: 1e-8, floor: 0, what: vector.name });
    }
  });
});

function isCounts(side: unknown): boolean {
  return typeof side === 'object' && side !== null && !Array.isArray(side) && !('buckets' in side);
}

describe("NannyML's own tests", () => {
  const vectors = vectorsOf('nannyml_univariate_seeded');

  it('levels', () => {
    const methods = new Map([
      ['jensen_shannon_distance_b2', 'jensen_shannon'],
      ['hellinger', 'hellinger'],
      ['l_infinity', 'l_infinity'],
    ]);
    const asked = vectors.filter(
      ({ method, reference }) =>
        methods.has(method) && (Array.isArray(reference) || !('generator' in (reference as object))),
    );
    expect(asked.length).toBe(5);
    for (const vector of asked) {
      const ours = ask(`nannyml:${methods.get(vector.method)!}`, vector, 'categorical');
      expectAlike(ours.value, Number(vector.recomputed?.['own']), {
        relative: 1e-9,
        floor: 1e-15,
        what: vector.name,
      });
    }
  });

  it('thresholds', () => {
    const asked = vectors.filter(({ method }) => method === 'std_threshold');
    expect(asked.length).toBe(5);
    const levels = new Map([
      ['min', (values: readonly number[]) => Math.min(...values)],
      [
        'median',
        (values: readonly number[]) => (values[values.length / 2 - 1]! + values[values.length / 2]!) / 2,
      ],
    ]);
    for (const { name, current, params, expected } of asked) {
      const from = levels.get(String(params['offset']))!;
      const values = current as number[];
      const lower = standardDeviationThreshold(values, {
        multiplier: -Number(params['lower_multiplier']),
        from,
      });
      expectAlike(lower, Number(expected['lower']), { relative: 1e-12, floor: 0, what: name });
      if (expected['upper'] === undefined) continue;
      const upper = standardDeviationThreshold(values, {
        multiplier: Number(params['upper_multiplier']),
        from,
      });
      expectAlike(upper, Number(expected['upper']), { relative: 1e-12, floor: 0, what: name });
    }
  });

  it('KS of f1 in chunks by size, number and calendar month', () => {
    const file = readFileSync(new URL('../../vectors/sample_drift_f1.csv.gz', import.meta.url));
    const f1 = gunzipSync(file).toString('utf8').trimEnd().split('\n').map(Number);
    const reference = toColumn(f1.slice(0, 10_080), 'numeric');
    const start = Date.UTC(2020, 0, 6);
    const timestampMs = Float64Array.from(f1, (_, i) => start + i * 600_000);
    const monthOf = (ms: number): number => {
      const date = new Date(ms);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    };
    for (const { name, params, recomputed } of vectorsOf('nannyml_sample_drift_data')) {
      const chunks = params['chunks'];
      const ends = Array.isArray(chunks)
        ? (chunks as [number, number][]).map(([, end]) => end)
        : chunksByPeriod(timestampMs, monthOf).ends;
      const ours = ends.map(
        (end, i) =>
          findToolPreset('nannyml:ks').feature(
            reference,
            toColumn(f1.slice(ends[i - 1] ?? 0, end), 'numeric'),
            {},
          ).value,
      );
      const expected = recomputed?.['approx_10k_bins'] as unknown as number[];
      expect(ours.length, name).toBe(expected.length);
      for (const [i, value] of ours.entries()) {
        expectAlike(value, expected[i]!, { relative: 1e-9, floor: 1e-14, what: `${name}, chunk ${i}` });
      }
    }
  });
});

describe("NannyML's tutorials on car loan", () => {
  const { tables } = readVectors('nannyml_golden_tables') as {
    tables: {
      name: string;
      source: string;
      period: string;
      columns: string[];
      rows: (number | string | boolean | null)[][];
    }[];
  };
  const drift = tables.filter(({ columns }) =>
    columns.some((column) => /\.(kolmogorov_smirnov|chi2)\.value$/.test(column)),
  );
  const numeric = new Set([
    'car_value',
    'debt_to_income_ratio',
    'loan_length',
    'driver_tenure',
    'y_pred_proba',
  ]);

  it.each(
    drift.map((table) => [`${table.name}, ${table.source.split(' ').slice(-2).join(' ')}`, table] as const),
  )(
    '%s',
    (_, { columns, rows }) => {
      const wanted = columns.filter((column) => column.endsWith('.value')).map((column) => column.split('.'));
      for (const [feature = '', method = ''] of wanted) {
        const kind = numeric.has(feature) ? 'numeric' : 'categorical';
        const reference = toColumn(carLoan('reference.csv.gz', feature), kind);
        for (const row of rows) {
          const cell = (suffix: string): unknown => row[columns.indexOf(`${feature}.${method}.${suffix}`)];
          const chunk = (name: string): unknown => row[columns.indexOf(`chunk.chunk.${name}`)];
          const file = chunk('period') === 'reference' ? 'reference.csv.gz' : 'monitoring.csv.gz';
          const [first, last] = [Number(chunk('start_index')), Number(chunk('end_index'))];
          const current = toColumn(carLoan(file, feature).slice(first, last + 1), kind);
          const ours = findToolPreset(`nannyml:${method}`).feature(reference, current, {
            referenceChunks: chunksByNumber(50_000, null),
          });
          const what = `${feature} ${method} ${file} ${first}`;
          // Six digits are printed.
          expectAlike(ours.value, Number(cell('value')), { relative: 6e-6, floor: 0, what });
          const threshold = cell('upper_threshold');
          if (threshold !== null)
            expectAlike(ours.threshold, Number(threshold), { relative: 6e-6, floor: 0, what });
          expect(ours.drifted, what).toBe(cell('alert'));
        }
      }
    },
    60_000,
  );
});
