import { describe, expect, it } from 'vitest';
import { alignCounts } from '../../../src/compare/presets/column-pair.ts';
import { regroupedChiSquare } from '../../../src/compare/presets/deequ/regrouped-chi-square.ts';
import { jensenShannonNats, rawPsi } from '../../../src/compare/presets/divergences.ts';
import { countInBins, evenEdges } from '../../../src/compare/presets/equal-width-bins.ts';
import { mannWhitneyLess } from '../../../src/compare/presets/evidently/mann-whitney-less.ts';
import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import { ksReportedPValue } from '../../../src/stats/significance/ks.ts';
import { standardDeviationThreshold } from '../../../src/compare/presets/nannyml/threshold.ts';
import { TOOL_PRESET_NAMES } from '../../../src/compare/presets/preset.ts';
import { TOOL_PRESETS, TOOLS } from '../../../src/compare/presets/presets.ts';
import {
  chunksByNumber,
  chunksByPeriod,
  cutIntoChunks,
} from '../../../src/compare/presets/reference-chunks.ts';
import { histogramDivergence } from '../../../src/compare/presets/tfdv/histogram-divergence.ts';
import type { PresetResult } from '../../../src/core/columns/preset-result.ts';
import type { Column } from '../../../src/core/table.ts';
import { draw, readPairs, toColumn } from './pairs.ts';

const everyPreset = TOOL_PRESET_NAMES.flatMap((name) => [
  TOOL_PRESETS[name],
  ...TOOLS[name].methods.map((method) => findToolPreset(`${name}:${method.name}`)),
]);

describe('findPreset', () => {
  it('knows tools, their methods and shorter spellings', () => {
    expect(findToolPreset('evidently').name).toBe('evidently');
    expect(findToolPreset(' Evidently:PSI ').name).toBe('evidently:psi');
    expect(findToolPreset('azure:psi').name).toBe('azure:population_stability_index');
    expect(findToolPreset('nannyml:hellinger').name).toBe('nannyml:hellinger');
  });

  it('says what is meant when it is not known', () => {
    expect(() => findToolPreset('evidenty')).toThrow(
      'There is no preset "evidenty". Did you mean evidently?',
    );
    expect(() => findToolPreset('evidently:psy')).toThrow(
      'Preset evidently has no method "psy". Did you mean psi?',
    );
    expect(() => findToolPreset('nannyml:tvd')).toThrow('Preset nannyml has no method "tvd"');
    expect(() => findToolPreset('__proto__')).toThrow('There is no preset "__proto__"');
  });
});

describe('every preset', () => {
  const numeric = (...values: (number | null)[]): Column => toColumn(values, 'numeric');
  const levels = (...values: (string | null)[]): Column => toColumn(values, 'categorical');
  const bell = numeric(...(draw({ seed: 3, n: 400, shape: 'bell' }) as number[]));
  const edgeCases: [string, Column, Column][] = [
    ['both empty', numeric(), numeric()],
    ['no rows now', bell, numeric()],
    ['no rows before', numeric(), bell],
    ['all missing', bell, numeric(null, null)],
    ['one row', numeric(1), numeric(1)],
    ['infinite', numeric(1, 2, Infinity, 3), numeric(-Infinity, 2, 2)],
    ['only infinite', bell, numeric(Infinity)],
    ['as wide as doubles go', numeric(-1.7e308, 1.7e308, 0), numeric(1, 2, 3)],
    ['too narrow to cut', numeric(1, 1 + 2 ** -52, 1, 1), numeric(1, 1 + 2 ** -52)],
    ['constant', numeric(2, 2, 2), numeric(2, 2)],
    ['constant 0 against 1', numeric(0, 0, 0), numeric(1, 1)],
    ['−0 and 0', numeric(-0, 0, 1), numeric(0, -0, 1)],
    ['levels', levels('a', 'b', null, 'a'), levels('b', 'c')],
    ['one level', levels('a', 'a'), levels('a')],
    ['no level', levels('a'), levels(null)],
    ['untrusted names', levels('__proto__', 'constructor'), levels('__proto__', 'toString')],
    ['a changed kind', bell, levels('a')],
    ['and back', levels('a'), bell],
  ];

  it.each(edgeCases)('answers %s without NaN, and says why when it has no value', (_, reference, current) => {
    for (const preset of everyPreset) {
      const result = preset.feature(reference, current, {});
      for (const figure of [result.value, result.threshold, result.p_value ?? null]) {
        expect(figure === null || Number.isFinite(figure), `${preset.name}: ${JSON.stringify(result)}`).toBe(
          true,
        );
      }
      if (result.value === null) {
        expect(result.note, preset.name).toBeTruthy();
        expect(result.drifted, preset.name).toBeNull();
      }
      expect(result.threshold === null && result.drifted === true && result.p_value === undefined).toBe(
        false,
      );
    }
  });

  it('takes sorted values from whoever has them', () => {
    const { reference, current } = readPairs().get('bell, gaps')!();
    if (reference.kind !== 'numeric' || current.kind !== 'numeric') throw new Error('not numeric');
    const sort = (values: Float64Array): Float64Array =>
      values.filter((value) => Number.isFinite(value)).sort();
    const sorted = { reference: sort(reference.values), current: sort(current.values) };
    for (const preset of everyPreset) {
      expect(preset.feature(reference, current, { sorted })).toEqual(preset.feature(reference, current, {}));
    }
  });

  it('leaves the columns as they were', () => {
    const { reference, current } = readPairs().get('bell, gaps')!();
    const before = JSON.stringify([reference, current], (_, value: unknown) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    for (const preset of everyPreset) preset.feature(reference, current, {});
    const after = JSON.stringify([reference, current], (_, value: unknown) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    expect(after).toBe(before);
  });

  it('says that p is 0 because of one unseen level', () => {
    const { reference, current } = readPairs().get('levels, one row is new')!();
    const result = findToolPreset('evidently:chisquare').feature(reference, current, {});
    expect(result).toMatchObject({ value: 0, p_value: 0, drifted: true });
    expect(result.note).toContain('a level the reference never had');
  });

  it('names a method that the kind of column does not have', () => {
    expect(findToolPreset('evidently:ks').feature(levels('a'), levels('b'), {})).toEqual({
      method: 'ks',
      value: null,
      threshold: null,
      drifted: null,
      note: 'evidently has no ks for categorical columns',
    });
  });
});

describe('summaries', () => {
  const judged = (drifted: boolean | null): PresetResult => ({
    method: 'psi',
    value: 0,
    threshold: 0.1,
    drifted,
  });

  it('counts features that were judged', () => {
    expect(TOOL_PRESETS.evidently.summary([judged(true), judged(false), judged(null)])).toEqual({
      name: 'evidently',
      features: 2,
      drifted_features: 1,
      drifted_share: 0.5,
      threshold: 0.5,
      drifted: true,
    });
  });

  it('has no rule where the tool has none, and none for nothing', () => {
    expect(TOOL_PRESETS.nannyml.summary([judged(true)])).toMatchObject({ threshold: null, drifted: null });
    expect(TOOL_PRESETS.evidently.summary([])).toMatchObject({
      features: 0,
      drifted_share: 0,
      drifted: null,
    });
  });
});

describe('reference chunks', () => {
  const column = (...values: number[]): Column => toColumn(values, 'numeric');

  it('by number keep the remainder as a chunk', () => {
    expect(chunksByNumber(23, null, 10).ends).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 23]);
    expect(chunksByNumber(20, null, 10).ends.length).toBe(10);
    expect(chunksByNumber(9, null, 10).ends).toEqual([]);
  });

  it('by period follow the time, and leave out rows without one', () => {
    const chunks = chunksByPeriod(Float64Array.of(25, Number.NaN, 5, 12, 0), (ms) => Math.floor(ms / 10));
    expect(chunks.ends).toEqual([2, 3, 4]);
    expect(cutIntoChunks(Float64Array.of(1, 2, 3, 4, 5), chunks).map((rows) => [...rows])).toEqual([
      [5, 3],
      [4],
      [1],
    ]);
  });

  it('move the threshold: rows in another order, other chunks', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const reference = column(...values);
    const asIs = TOOL_PRESETS.nannyml.feature(reference, reference, {}).threshold!;
    // Every tenth row: all chunks look like the whole.
    const order = Uint32Array.from(values, (i) => (i % 10) * 10 + Math.floor(i / 10));
    const referenceChunks = { order, ends: chunksByNumber(100, null).ends };
    const mixed = TOOL_PRESETS.nannyml.feature(reference, reference, { referenceChunks }).threshold!;
    expect(asIs).toBeGreaterThan(0.8);
    expect(mixed).toBeLessThan(0.4);
  });

  it('without any leave the feature unjudged', () => {
    expect(TOOL_PRESETS.nannyml.feature(column(1, 2, 3), column(1, 2), {})).toMatchObject({
      threshold: null,
      drifted: null,
      note: 'fewer rows than reference chunks: NannyML fails there',
    });
  });
});

describe('examples of the docstrings', () => {
  it('give what they say', () => {
    expect([...evenEdges(0, 1, 4)!]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(rawPsi([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.27465307216702745, 15);
    expect(mannWhitneyLess(Float64Array.of(1, 2), Float64Array.of(3, 4))).toBeCloseTo(1 / 6, 15);
    expect(ksReportedPValue(1, 1, 1)).toBe(1);
    expect(ksReportedPValue(1, 3, 3)).toBeCloseTo(0.1, 15);
    expect(standardDeviationThreshold([1, 2, 3], { multiplier: 3 })).toBeCloseTo(4.449489742783178, 14);
    expect(histogramDivergence([{ low: 1, high: 2, rows: 2 }], [{ low: 3, high: 4, rows: 2 }])).toBe(1);
    const counts = alignCounts(
      new Map([
        ['a', 50],
        ['b', 50],
      ]),
      new Map([
        ['a', 60],
        ['b', 40],
      ]),
    );
    expect(regroupedChiSquare(counts)).toBeCloseTo(0.04550026389635842, 14);
    expect(jensenShannonNats([1, 0], [0, 1])).toBe(Math.sqrt(Math.LN2));
  });

  it('a value on an edge belongs to the bin it opens, the last one to the bin it closes', () => {
    const edges = Float64Array.of(0, 0.1, 0.2, 0.30000000000000004);
    const { counts, below, above } = countInBins(
      Float64Array.of(-1, 0, 0.1, 0.2, 0.3, 0.30000000000000004, 0.31, Number.NaN, Infinity),
      edges,
    );
    expect([...counts, below, above]).toEqual([1, 1, 3, 1, 1]);
  });
});
