import { describe, expect, it } from 'vitest';
import type { CountsWithNames } from '../../src/compare/measures/measures.ts';
import type { Diagnosis, FeatureComparison } from '../../src/core/findings.ts';
import type { Table } from '../../src/core/table.ts';
import { withoutRareLevels, withoutRareNames } from '../../src/judge/privacy/rare-levels.ts';

const column = (counts: CountsWithNames, name = 'city'): FeatureComparison => ({
  name,
  kind: 'categorical',
  status: 'ok',
  rows: { reference: 100, current: 100 },
  missing: { reference: 0, current: 0 },
  invalid: { reference: 0, current: 0 },
  metrics: {},
  threshold: { psi: null },
  p_value: null,
  q_value: null,
  severity: 'none',
  drifted: false,
  faults: [],
  reason: 'not_significant',
  counts,
});

const table = (levels: readonly string[]): Table => ({
  rows: 1,
  features: [{ name: 'city', kind: 'categorical', codes: Int32Array.of(0), levels, invalid: 0 }],
  prediction: null,
  score: null,
  label: null,
  timestampMs: null,
  predictionId: null,
});

const diagnosis = (summary: string): Diagnosis => ({
  verdict: 'data_fault',
  types: ['data_fault'],
  not_tested: [],
  confidence: 1,
  evidence: [{ claim: summary, statistic: 'psi', value: 1, p_value: null }],
  faults: [
    { fault: 'category_rename', feature: 'city', detail: summary, share: 1, statistic: null, p_value: null },
  ],
  summary,
  advice: 'fix_pipeline',
  reason: null,
  strata: [
    { feature: 'city', level: 'Elm', share: 0.1, reference_rate: 0, current_rate: 1, p_value: 0 },
    { feature: 'city', level: 'Bonn', share: 0.1, reference_rate: 0, current_rate: 1, p_value: 0 },
  ],
});

describe('what is told', () => {
  const features = [
    column({ bins: ['Bonn', '(rare or new)'], reference: [90, 10], current: [80, 20], named: ['Bonn'] }),
  ];
  const told = (text: string) =>
    withoutRareNames(diagnosis(text), features, [
      table(['Bonn', 'Elm']),
      table(['Bonn', 'Elm (West)', 'a', '3', 'missing']),
    ]);

  it.each([
    ['"Elm" became "Elm (West)", "Bonn" stays', '(rare) became (rare), "Bonn" stays'],
    [
      'the relation moved where city is Elm (share 3 %)',
      'the relation moved where city is (rare) (share 3 %)',
    ],
    [
      'in the rows of city Bonn, Elm and a: a shift in city 3',
      'in the rows of city Bonn, (rare) and (rare): a shift in city (rare)',
    ],
    ['no row has Elm any more, before 3 % of them', 'no row has (rare) any more, before 3 % of them'],
    ['every value is a, before in 3 % of the rows', 'every value is (rare), before in 3 % of the rows'],
    [
      'the labels are exchanged where city is Bonn, a, 3 (5 %)',
      'the labels are exchanged where city is Bonn, (rare), (rare) (5 %)',
    ],
    ['whatever else is said of Elm (West), or of Elm', 'whatever else is said of (rare), or of (rare)'],
    ['3 % of a day, missing', '3 % of a day, missing'],
    ['Elmer and a city with 3 elms', 'Elmer and a city with 3 elms'],
  ])('%s', (text, without) => {
    const { summary, evidence, faults } = told(text);
    expect([summary, evidence[0]?.claim, faults[0]?.detail]).toEqual([without, without, without]);
    expect(faults[0]?.feature).toBe('city');
  });

  it('has strata without their level, and everything where all may be named', () => {
    const { types, verdict } = withoutRareNames(diagnosis(''), features, [table(['data_fault'])]);
    expect([verdict, types]).toEqual(['data_fault', ['data_fault']]);
    expect(told('').strata?.map(({ level }) => level)).toEqual(['(rare)', 'Bonn']);
    const said = diagnosis('"Elm"');
    expect(withoutRareNames(said, [column({ bins: ['Elm'], reference: [1], current: [1] })], [])).toBe(said);
  });
});

describe('what is counted', () => {
  const shown = (counts: CountsWithNames) =>
    withoutRareLevels({
      reference: { rows: 100 },
      current: { rows: 100 },
      features: [column(counts)],
      prediction: column({ bins: ['yes'], reference: [1], current: [1], named: [] }, 'prediction'),
      score: null,
      label: null,
      performance: null,
    });

  it('has all rare levels as one, ranges of names with them, and never says which', () => {
    const counts = {
      bins: ['Bonn', 'Elm', 'Aa … Bb', '(rare or new)'],
      reference: [90, 5, 3, 2],
      current: [80, 4, 6, 10],
      usual: [85, 5, 5, 5],
      named: ['Bonn', 'Aa'],
    };
    const { features, prediction } = shown(counts);
    expect(features[0]?.counts).toEqual({
      bins: ['Bonn', '(rare or new)', '(rare)'],
      reference: [90, 2, 8],
      current: [80, 10, 10],
      usual: [85, 5, 10],
    });
    // Classes are the model's own words.
    expect(prediction?.counts).toEqual({ bins: ['yes'], reference: [1], current: [1] });
  });

  it('is as it was where all may be named', () => {
    const counts = { bins: ['Elm'], reference: [1], current: [1] };
    expect(shown(counts).features[0]?.counts).toEqual(counts);
    expect(shown({ ...counts, named: ['Elm'] }).features[0]?.counts).toEqual(counts);
  });
});
