import { describe, expect, test } from 'vitest';
import type { Table } from '../../src/core/table.ts';
import { describeLabels } from '../../src/diagnose/evidence.ts';
import { labelMixture, withReferenceLabels } from '../../src/diagnose/label-mixture.ts';
import { levelTest, marginalTest, numericTest } from '../../src/diagnose/marginal-test.ts';
import { performanceChange } from '../../src/diagnose/performance-change.ts';
import { allRows, drawRows } from '../../src/diagnose/samples/picks.ts';
import { labelledRows, pairSamples, sketch } from '../../src/diagnose/samples/row-samples.ts';
import { asP, asPercent, listNames } from '../../src/diagnose/wording.ts';
import { CHANGES } from './changes.ts';
import { draws } from '../../src/simulate/draws.ts';
import { levels, numeric } from '../simulate/table-of-rows.ts';
import { simulate } from './office.ts';

function table(features: Table['features'], label: Table['label'] = null): Table {
  const [first] = features;
  const rows = first?.kind === 'numeric' ? first.values.length : (first?.codes.length ?? 0);
  return { rows, features, prediction: null, score: null, label, timestampMs: null, predictionId: null };
}

describe('pairSamples', () => {
  test('codes levels of both sides alike, whatever their order in each file', () => {
    const samples = pairSamples(
      table([levels('c', ['b', 'a', 'b'])]),
      table([levels('c', ['c', 'b', null])]),
    );
    const [pair] = samples.features;
    if (pair?.kind !== 'levels') throw new Error('expected levels');
    const spelled = (codes: Int32Array): (string | undefined)[] =>
      [...codes].map((code) => pair.levels[code]);
    expect(spelled(pair.reference)).toEqual(['b', 'a', 'b']);
    expect(spelled(pair.current)).toEqual(['c', 'b', undefined]);
  });

  test('names columns of another kind, and leaves out those of one side', () => {
    const reference = table([numeric('x', [1, 2]), numeric('gone', [1, 2])]);
    const samples = pairSamples(reference, table([levels('x', ['a', 'b'])]));
    expect(samples.mismatched).toEqual(['x']);
    expect(samples.features).toEqual([]);
  });

  test('labels that are not in yet are missing, not absent', () => {
    const reference = table([numeric('x', [1, 2])], levels('label', ['a', 'b']));
    const samples = pairSamples(reference, table([numeric('x', [1, 2])]));
    expect([...(samples.label?.current ?? [])]).toEqual([-1, -1]);
    expect(labelledRows(samples).rows).toEqual({ reference: 2, current: 0 });
  });
});

describe('picks', () => {
  test('are the same every time, ascending, without repeats, and not in step with a period', () => {
    const picked = drawRows(allRows(10_000), 2_000);
    expect(picked).toEqual(drawRows(allRows(10_000), 2_000));
    expect(new Set(picked).size).toBe(2_000);
    expect([...picked]).toEqual([...picked].sort((a, b) => a - b));
    const even = picked.filter((row) => row % 2 === 0).length;
    expect(even).toBeGreaterThan(900);
    expect(even).toBeLessThan(1_100);
  });

  test('a sketch keeps something even where nearly everything is missing', () => {
    const values = new Float64Array(50_000).fill(Number.NaN);
    values[7] = 4;
    expect([...sketch(values)]).toEqual([4]);
  });
});

describe('marginalTest', () => {
  test('an empty side, or two alike, give p 1', () => {
    expect(numericTest(Float64Array.of(1, 2), new Float64Array()).p).toBe(1);
    const same = numeric('x', [1, 2, 3, 4]);
    const samples = pairSamples(table([same]), table([same]));
    expect(marginalTest(samples.features[0]!)).toEqual({ p: 1, distance: 0 });
  });

  test('sees a moved mean and a changed spread', () => {
    const draw = draws(1);
    const sample = (mean: number, deviation: number): Float64Array =>
      Float64Array.from({ length: 2000 }, () => mean + deviation * draw.normal()).sort();
    expect(numericTest(sample(0, 1), sample(0.2, 1)).p).toBeLessThan(1e-4);
    expect(numericTest(sample(0, 1), sample(0, 1.2)).p).toBeLessThan(1e-4);
    expect(numericTest(sample(0, 1), sample(0, 1)).p).toBeGreaterThan(0.01);
  });

  test('seventy rows of thousands of shops are not other shops than sixty rows of the same', () => {
    const draw = draws(2);
    const shops = (rows: number): Float64Array => {
      const counts = new Float64Array(4000);
      for (let row = 0; row < rows; row++) counts[Math.floor(4000 * draw.uniform() ** 2)]! += 1;
      return counts;
    };
    const ps = Array.from({ length: 200 }, () => levelTest(shops(70), shops(60)).p);
    expect(ps.filter((p) => p < 0.05).length).toBeLessThanOrEqual(20);
    const other = shops(60).toReversed();
    other[17] = 40;
    expect(levelTest(shops(70), other).p).toBeLessThan(1e-6);
  });
});

describe('labelMixture', () => {
  const spec = {
    seed: 21,
    task: 'classification',
    model: 'calibrated',
    rows: { reference: 4000, current: 2000 },
  } as const;
  const mixtureOf = (name: string): ReturnType<typeof labelMixture> => {
    const { reference, current } = simulate(
      spec,
      CHANGES.find((change) => change.name === name)?.change ?? {},
    );
    return labelMixture(withReferenceLabels(pairSamples(reference, { ...current, label: null })), 'approve');
  };

  test('a changed mix fits, and its share is found', () => {
    const { reference, current } = simulate(
      spec,
      CHANGES.find(({ verdict }) => verdict === 'label_shift')!.change,
    );
    const truth = describeLabels(labelledRows(pairSamples(reference, current)));
    const mixture = mixtureOf('many more good cases');
    expect(mixture?.p).toBeGreaterThan(1e-3);
    const share = Number(/→ ([\d.]+) %/.exec(truth)?.[1]) / 100;
    expect(Math.abs((mixture?.share ?? 0) - share)).toBeLessThan(0.04);
  });

  test('moved inputs do not fit', () => {
    expect(mixtureOf('another market')?.p).toBeLessThan(1e-3);
    expect(mixtureOf('younger applicants')?.p).toBeLessThan(1e-3);
  });

  test('needs a score and two classes', () => {
    const plain = table([numeric('x', [1, 2])], levels('label', ['a', 'b']));
    expect(labelMixture(pairSamples(plain, plain), 'a')).toBeNull();
  });
});

describe('performanceChange', () => {
  const labelled = { reference: 1000, current: 500, share: 1 };
  test('worse is lower accuracy, or a larger error, beyond chance', () => {
    const accuracy = { reference: 0.9, current: 0.8, interval: null, p_value: 1e-6 };
    const of = (metrics: Record<string, typeof accuracy>): boolean | undefined =>
      performanceChange({ labelled, mature: true, metrics })?.lost;
    expect(of({ accuracy })).toBe(true);
    expect(of({ accuracy: { ...accuracy, p_value: 0.01 } })).toBe(false);
    expect(of({ accuracy: { ...accuracy, current: 0.95 } })).toBe(false);
    expect(of({ mae: { ...accuracy, current: 1.2 } })).toBe(true);
    expect(of({ mae: accuracy })).toBe(false);
    expect(of({})).toBeUndefined();
    expect(performanceChange(null)).toBeNull();
  });
});

describe('wording', () => {
  test('figures as people read them', () => {
    expect(asPercent(0.256)).toBe('25.6 %');
    expect(asP(0.42)).toBe('p 0.4');
    expect(asP(0.0123)).toBe('p 0.012');
    expect(asP(0.00000123)).toBe('p 1e-6');
    expect(asP(0)).toBe('p < 1e-99');
    expect(listNames(['a'])).toBe('a');
    expect(listNames(['a', 'b'])).toBe('a and b');
    expect(listNames(['a', 'b', 'c', 'd'])).toBe('a, b, c and 1 more');
  });
});
