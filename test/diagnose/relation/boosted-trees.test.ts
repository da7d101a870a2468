/** A second model of the relation, which shares no shape with the first. */
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../../src/core/table.ts';
import { agreedAnswers, labelAnswers } from '../../../src/diagnose/answers.ts';
import { crossFittedTrees } from '../../../src/diagnose/relation/boosted-trees.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import type { RowSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { correlation } from '../../../src/stats/elementary.ts';

type Relation = (x: readonly number[]) => number;

/** Whose sign is that of three numbers together: no sum of bends and products of two says it. */
const together: Relation = ([a = 0, b = 0, c = 0]) => 2 * Math.sign(a * b * c);

interface Rows {
  readonly rows: number;
  readonly moved?: number;
  readonly step?: number;
}

function rowsOf(seed: number, relation: Relation, { rows, moved = 0, step = 0 }: Rows): Table {
  const { normal, uniform } = draws(seed);
  const x = Array.from({ length: rows }, () =>
    Array.from({ length: 6 }, (_, j) => normal() + (j < 2 ? moved : 0)),
  );
  const label = x.map((row) => (uniform() < 1 / (1 + Math.exp(-relation(row) - step)) ? 1 : 0));
  const features = Array.from({ length: 6 }, (_, j): Column => ({
    name: `x${j}`,
    kind: 'numeric',
    values: Float64Array.from(x, (row) => row[j]!),
    invalid: 0,
  }));
  return {
    rows,
    features,
    prediction: null,
    score: null,
    label: {
      name: 'label',
      kind: 'categorical',
      codes: Int32Array.from(label),
      levels: ['0', '1'],
      invalid: 0,
    },
    timestampMs: null,
    predictionId: null,
  };
}

const samplesOf = (seed: number, current: Omit<Rows, 'rows'>): RowSamples =>
  pairSamples(
    rowsOf(seed, together, { rows: 6_000 }),
    rowsOf(seed + 50, together, { rows: 1_500, ...current }),
  );

const NOTHING_KNOWN = { features: [], score: null, label: null };
const agreedP = (samples: RowSamples): number => {
  const alone = labelAnswers('classification', samples, NOTHING_KNOWN);
  return agreedAnswers('classification', samples, alone).concept.p;
};

describe('boosted trees', () => {
  it('expect of rows they have not seen what the relation says, and the same each time', () => {
    const samples = samplesOf(1, {});
    const { label } = samples;
    if (label?.kind !== 'levels') throw new Error('classes were asked for');
    const response = Float64Array.from([...label.reference, ...label.current]);
    const expected = crossFittedTrees(samples, response, true);
    const cells = samples.features.map((pair) => [...pair.reference, ...pair.current]);
    const truth = response.map((_, row) => together(cells.map((column) => column[row]!)));
    expect(correlation(expected, truth)).toBeGreaterThan(0.5);
    expect(crossFittedTrees(samples, response, true)).toEqual(expected);
  });

  it('take numbers with gaps, levels and a response in its own unit', () => {
    const { normal, uniform } = draws(9);
    const rows = 3_000;
    const codes = Int32Array.from({ length: rows }, () => Math.floor(uniform() * 4) - 1);
    const values = Float64Array.from({ length: rows }, () => (uniform() < 0.1 ? Number.NaN : normal()));
    const price = Float64Array.from(
      values,
      (value, row) => 500 + 100 * codes[row]! + (Number.isNaN(value) ? 80 : 0),
    );
    const side = (column: 'codes' | 'values'): Column =>
      column === 'codes'
        ? { name: 'kind', kind: 'categorical', codes, levels: ['a', 'b', 'c'], invalid: 0 }
        : { name: 'size', kind: 'numeric', values, invalid: 0 };
    const table: Table = {
      rows,
      features: [side('codes'), side('values')],
      prediction: null,
      score: null,
      label: { name: 'label', kind: 'numeric', values: price, invalid: 0 },
      timestampMs: null,
      predictionId: null,
    };
    const samples = pairSamples(table, table);
    const response = Float64Array.from([...price, ...price]);
    const expected = crossFittedTrees(samples, response, false);
    const off = expected.map((value, row) => Math.abs(value - response[row]!));
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(5);
  });
});

describe('a relation under moved inputs', () => {
  const seeds = [1, 2, 3];

  it('has not moved where only a model of bends and products says so', () => {
    const moved = seeds.map((seed) => samplesOf(seed, { moved: 0.8 }));
    const plain = moved.map((samples) => conceptTest('classification', samples).p);
    expect(plain.filter((p) => p < 0.001).length).toBeGreaterThan(1);
    const asked = moved.map((samples) => agreedP(samples));
    expect(asked.filter((p) => p < 0.001)).toEqual([]);
  });

  it('has where both models say so', () => {
    const stepped = seeds.map((seed) => samplesOf(seed, { moved: 0.8, step: 0.8 }));
    const asked = stepped.map((samples) => agreedP(samples));
    expect(asked.filter((p) => p < 0.001)).toHaveLength(seeds.length);
  });
});
