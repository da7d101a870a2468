import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foldedSample } from '../../src/pipeline/evaluate/fold-parts.ts';
import { decodeRowSample } from '../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../src/stats/profile/rows/row-sample.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { newInputs, packInputs, readInputs } from '../../src/window/part-profiles.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const ROWS = 2_000;
const table = tableOf([
  numericColumn(
    'x',
    Array.from({ length: ROWS }, (_, i) => Math.sin(i)),
  ),
  levelColumn(
    'level',
    Array.from({ length: ROWS }, (_, i) => `l${i % 7}`),
  ),
]);
const reference = buildReference(table, { task: 'classification', positiveClass: null });

describe('the inputs of a window that has closed', () => {
  const inputs = newInputs('', reference, 'classification');
  for (let i = 0; i < ROWS; i += 1)
    inputs.add(
      {
        features: new Map<string, number | string>([
          ['x', Math.cos(i)],
          ['level', `l${i % 5}`],
        ]),
        prediction: null,
        score: null,
      },
      1,
    );

  it('are read as what they were, packed or not', () => {
    const packed = packInputs(inputs);
    expect(packed.length).toBeLessThan(inputs.encode().length);
    for (const delta of [packed, inputs.encode()])
      expect(Buffer.from(readInputs('', delta, reference, 'classification').encode())).toEqual(
        Buffer.from(inputs.encode()),
      );
  });

  it('are refused where they would unpack to more than any counts take', () => {
    const bomb = zstdCompressSync(Buffer.alloc(2 ** 26 + 1));
    expect(() => readInputs('', bomb, reference, 'classification')).toThrow();
  });
});

describe('the sample of a window that has closed', () => {
  const sample = new RowSample(reference);
  for (let i = 0; i < 1_500; i += 1)
    sample.addPrediction(BigInt(i) * 7_919n, new Map<string, number>([['x', i]]), {
      prediction: null,
      score: null,
      segments: [],
      atMs: i,
      probabilities: null,
    });

  it('is the smallest hashes only, where the rows are kept as predictions; else it is whole', () => {
    const rowsOf = (stored: number): number => {
      const [part] = foldedSample(sample, stored);
      const read = decodeRowSample(part!.delta, reference, null);
      expect(part!.rows).toBe(read.rows.length);
      return read.rows.length;
    };
    expect(rowsOf(1_500)).toBe(500);
    expect(rowsOf(1_499)).toBe(1_500);
    const [part] = foldedSample(sample, 1_500);
    const small = decodeRowSample(part!.delta, reference, null);
    expect(small.cutoff).toBe(500n * 7_919n);
  });
});
