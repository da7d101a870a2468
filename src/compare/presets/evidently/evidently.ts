import type { ColumnPair } from '../column-pair.ts';
import type { Method } from '../method.ts';
import type { Tool } from '../tool.ts';
import { hasMoreValuesThan } from './binned-counts.ts';
import { ENERGY_DISTANCE, HELLINGER, JENSEN_SHANNON, KL_DIVERGENCE, PSI, WASSERSTEIN } from './distances.ts';
import { CHI_SQUARE, FISHER_EXACT, G_TEST, measureChiSquare, measureZ, Z } from './level-tests.ts';
import {
  ANDERSON_DARLING,
  CRAMER_VON_MISES,
  EPPS_SINGLETON,
  KS,
  MANN_WHITNEY,
  T_TEST,
} from './numeric-tests.ts';

/** Up to this many reference rows Evidently tests for significance, beyond it measures a distance. */
const MOST_ROWS_TESTED = 1000;
const MOST_VALUES_AS_LEVELS = 5;

/** The two tests as taken by default, when they see numbers with few values too. */
const CHI_SQUARE_OF_VALUES: Method = {
  ...CHI_SQUARE,
  kinds: ['numeric', 'categorical'],
  measure: measureChiSquare,
};
const Z_OF_VALUES: Method = { ...Z, kinds: ['numeric', 'categorical'], measure: measureZ };

/**
 * Evidently's conventions (its pandas engine): missing and infinite values are dropped, so they never count as drift;
 * bins are drawn over both sides together; a data set has drifted when half of its features have.
 */
export const EVIDENTLY: Tool = {
  name: 'evidently',
  methods: [
    PSI,
    KL_DIVERGENCE,
    JENSEN_SHANNON,
    WASSERSTEIN,
    HELLINGER,
    KS,
    CHI_SQUARE,
    Z,
    T_TEST,
    MANN_WHITNEY,
    ANDERSON_DARLING,
    CRAMER_VON_MISES,
    EPPS_SINGLETON,
    ENERGY_DISTANCE,
    FISHER_EXACT,
    G_TEST,
  ],
  choose: defaultMethod,
  emptyNote: 'a side has no values: Evidently stops the whole report there',
  infinityNote: null,
  datasetShare: 0.5,
};

/** By the reference's rows that have a value, and the distinct values of both sides. */
function defaultMethod(pair: ColumnPair): Method {
  const values = atMostValues(pair, MOST_VALUES_AS_LEVELS + 1);
  const rows = pair.kind === 'numeric' ? pair.reference.n : pair.counts.n;
  const continuous = pair.kind === 'numeric' && values > MOST_VALUES_AS_LEVELS;
  if (rows > MOST_ROWS_TESTED) return continuous ? WASSERSTEIN : JENSEN_SHANNON;
  if (continuous) return KS;
  return values > 2 ? CHI_SQUARE_OF_VALUES : Z_OF_VALUES;
}

/** The distinct values of both sides together, counted no further than `most`. */
function atMostValues(pair: ColumnPair, most: number): number {
  if (pair.kind === 'categorical') return Math.min(most, pair.counts.cells.length);
  const seen = new Set<number>();
  if (hasMoreValuesThan(pair.reference, most - 1, seen)) return most;
  hasMoreValuesThan(pair.current, most - 1, seen);
  return seen.size;
}
