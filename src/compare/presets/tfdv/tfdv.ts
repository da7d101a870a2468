import { jensenShannon } from '../../../stats/distances/jensen-shannon.ts';
import { lInfinity } from '../../../stats/distances/total-variation.ts';
import { countInBins } from '../equal-width-bins.ts';
import { NO_BINS, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import type { Sample } from '../sample.ts';
import type { Tool } from '../tool.ts';
import { histogramDivergence } from './histogram-divergence.ts';
import type { Bucket } from './histogram-divergence.ts';

const BUCKETS = 10;

/** Each side has its own ten buckets of equal width; of levels, the exact divergence. */
const JENSEN_SHANNON: Method = {
  name: 'jensen_shannon_divergence',
  aliases: ['jensen_shannon', 'jsd'],
  kinds: ['numeric', 'categorical'],
  measure(pair) {
    if (pair.kind === 'categorical') {
      return unjudged(jensenShannon(pair.counts.reference, pair.counts.current) ** 2);
    }
    const before = ownBuckets(pair.reference);
    const now = ownBuckets(pair.current);
    const divergence = before === null || now === null ? null : histogramDivergence(before, now);
    return divergence === null ? unmeasured(NO_BINS) : unjudged(divergence);
  },
};

const INFINITY_NORM: Method = {
  name: 'infinity_norm',
  aliases: ['l_infinity'],
  kinds: ['categorical'],
  measure: (pair) =>
    pair.kind === 'categorical'
      ? unjudged(lInfinity(pair.counts.reference, pair.counts.current))
      : unmeasured('for categorical columns'),
};

/** max |a − b| of the counts themselves by the rows of both sides: it also grows with the difference in size. */
const NORMALIZED_ABSOLUTE_DIFFERENCE: Method = {
  name: 'normalized_abs_difference',
  kinds: ['categorical'],
  measure(pair) {
    if (pair.kind !== 'categorical') return unmeasured('for categorical columns');
    const { reference, current, n, m } = pair.counts;
    let largest = 0;
    for (const [i, rows] of reference.entries()) {
      largest = Math.max(largest, Math.abs(rows - (current[i] ?? 0)));
    }
    return unjudged(largest / (n + m));
  },
};

/**
 * TensorFlow Data Validation's drift comparators. It sets no threshold and therefore flags nothing by itself; Vertex AI
 * and BigQuery, which are built on it, take 0.3 when nobody says otherwise.
 */
export const TFDV: Tool = {
  name: 'tfdv',
  methods: [JENSEN_SHANNON, INFINITY_NORM, NORMALIZED_ABSOLUTE_DIFFERENCE],
  choose: (pair) => (pair.kind === 'numeric' ? JENSEN_SHANNON : INFINITY_NORM),
  emptyNote: 'a side has no values to compare',
  infinityNote: 'infinite values are left out; TFDV counts them as different even from themselves',
  datasetShare: null,
};

function unjudged(value: number): MethodResult {
  return { value, threshold: null, drifted: null, note: 'TFDV sets no threshold' };
}

function ownBuckets(sample: Sample): Bucket[] | null {
  const { min, max, n } = sample;
  if (min === max) return [{ low: min, high: max, rows: n }];
  const width = (max - min) / BUCKETS;
  const edges = Float64Array.from({ length: BUCKETS + 1 }, (_, i) => (i === BUCKETS ? max : min + i * width));
  if (!Number.isFinite(width) || edges.some((edge, i) => i > 0 && !((edges[i - 1] ?? 0) < edge))) return null;
  const { counts } = countInBins(sample.raw, edges);
  return Array.from(counts, (rows, i) => ({ low: edges[i] ?? 0, high: edges[i + 1] ?? 0, rows }));
}
