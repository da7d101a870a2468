import type { PooledFeature, PooledSample } from '../../../src/stats/multivariate/pooled-sample.ts';
import type { Random } from '../../../src/stats/random.ts';
import { readVectors } from '../vectors.ts';

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function numbers(name: string, values: Iterable<number>): PooledFeature {
  return { name, kind: 'numeric', values: Float64Array.from(values) };
}

export function levels(name: string, codes: Iterable<number>, count: number): PooledFeature {
  return { name, kind: 'categorical', codes: Int32Array.from(codes), levels: count };
}

export function repeat<T>(rows: number, of: (row: number) => T): T[] {
  return Array.from({ length: rows }, (_, row) => of(row));
}

/** Independent features of several kinds: normal, normal with holes, and levels of unequal frequency. */
export function mixedSample(
  referenceRows: number,
  currentRows: number,
  features: number,
  random: Random,
): PooledSample {
  const rows = referenceRows + currentRows;
  return {
    referenceRows,
    currentRows,
    features: repeat(features, (f) => {
      if (f % 3 === 2) {
        const count = f % 2 === 0 ? 4 : 30;
        const draw = (): number => (random() < 0.05 ? -1 : Math.floor(count * random() * random()));
        return levels(`level${f}`, repeat(rows, draw), count);
      }
      const missing = f % 3 === 1 ? 0.1 : 0;
      return numbers(
        `number${f}`,
        repeat(rows, () => (random() < missing ? Number.NaN : normal(random))),
      );
    }),
  };
}

/** Two features with correlation rho in the reference and −rho in the current rows; nothing else ever moves. */
export function flippedCorrelation(sample: PooledSample, rho: number, random: Random): PooledSample {
  const rows = sample.referenceRows + sample.currentRows;
  const left = repeat(rows, () => normal(random));
  const right = left.map((value, row) => {
    const sign = row < sample.referenceRows ? 1 : -1;
    return sign * rho * value + Math.sqrt(1 - rho ** 2) * normal(random);
  });
  return { ...sample, features: [numbers('left', left), numbers('right', right), ...sample.features] };
}

type Rows = Record<string, number[]>;

export interface PeerExpectation {
  readonly domain_classifier_auroc: number;
  readonly auroc_shuffled: readonly number[];
  readonly reconstruction_error: number;
  readonly reference_reconstruction_error: number;
  readonly components: number;
}

/** Rows of a car-loan data set, and what NannyML says of them. */
export function carLoans(which: 'unshifted' | 'shifted'): {
  sample: PooledSample;
  expected: PeerExpectation;
} {
  const vector = readVectors('nannyml_multivariate') as {
    levels: Record<string, string[]>;
    reference: Rows;
  } & Record<'unshifted' | 'shifted', { rows: Rows; expected: PeerExpectation }>;
  const { rows, expected } = vector[which];
  const features = Object.entries(vector.reference).map(([name, before]) => {
    const both = [...before, ...(rows[name] ?? [])];
    const names = vector.levels[name];
    return names === undefined ? numbers(name, both) : levels(name, both, names.length);
  });
  return { sample: { referenceRows: 1_000, currentRows: 600, features }, expected };
}
