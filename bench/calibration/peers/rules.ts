import { cramersV } from '../../../src/stats/distances/cramers-v.ts';
import { chiSquareSurvival } from '../../../src/stats/distributions.ts';
import { ksPValue, ksStatisticSorted } from '../../../src/stats/significance/ks.ts';
import { equalWidthShares, levelShares, valueShares } from './sample.ts';
import type { LevelSample, Sample, SharePair } from './sample.ts';

/** Another tool's rule at its default threshold. */
export interface PeerRule {
  readonly name: string;
  /** What it asks of the reference once; then, per window, whether it would alarm. Null: it does not judge such a feature. */
  readonly prepare: (reference: Sample) => (current: Sample) => boolean | null;
}

/** What NumPy calls the smallest usable double, 2.2e-308. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Rules written from the tools' published source and documentation, for want of running the tools: bins, treatment of
 * empty cells, formula and threshold are theirs. Frouros names no threshold; 0.1 is what the others use.
 */
export const SMALL_RULES: readonly PeerRule[] = [
  shareRule('Frouros PSI > 0.1', tenBins, (shares) => psi(shares, replaceZero(SMALLEST_NORMAL)) > 0.1),
  shareRule('Radicalbit PSI > 0.1', tenBinsOrValues, (shares) => psi(shares, replaceZero(1e-4)) > 0.1),
  shareRule('WhyLabs PSI > 0.2', thirtyBins, (shares) => psi(shares, (x) => Math.max(x, 1e-7)) > 0.2),
  shareRule('WhyLabs Hellinger > 0.7', thirtyBins, (shares) => hellinger(shares) > 0.7),
  testRule(
    'whylogs KS, χ² p < 0.05',
    (d, n, m) => ksPValue(d, n, m) < 0.05,
    (reference, current) => goodnessOfFit(reference, current) < 0.05,
  ),
  testRule(
    'Deepchecks KS D, Cramér V ≥ 0.2',
    (d) => d >= 0.2,
    (reference, current) => {
      const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])];
      const counts = (sample: LevelSample): number[] => names.map((name) => sample.counts.get(name) ?? 0);
      return cramersV(counts(reference), counts(current)) >= 0.2;
    },
  ),
];

/** The two detectors that every figure must be read against. */
export const DUMMY_RULES: readonly PeerRule[] = [
  { name: 'always', prepare: () => () => true },
  { name: 'never', prepare: () => () => false },
];

function shareRule(
  name: string,
  cells: (reference: Float64Array, current: Float64Array) => SharePair,
  alarms: (shares: SharePair) => boolean,
): PeerRule {
  return {
    name,
    prepare: (reference) => (current) => {
      if (reference.kind === 'numbers' && current.kind === 'numbers') {
        return alarms(cells(reference.sorted, current.sorted));
      }
      return reference.kind === 'levels' && current.kind === 'levels'
        ? alarms(levelShares(reference, current))
        : null;
    },
  };
}

function testRule(
  name: string,
  numbers: (d: number, n: number, m: number) => boolean,
  levels: (reference: LevelSample, current: LevelSample) => boolean,
): PeerRule {
  return {
    name,
    prepare: (reference) => (current) => {
      if (reference.kind === 'numbers' && current.kind === 'numbers') {
        const d = ksStatisticSorted(reference.sorted, current.sorted);
        return numbers(d, reference.sorted.length, current.sorted.length);
      }
      return reference.kind === 'levels' && current.kind === 'levels' ? levels(reference, current) : null;
    },
  };
}

function tenBins(reference: Float64Array, current: Float64Array): SharePair {
  return equalWidthShares(reference, current, 10);
}

function thirtyBins(reference: Float64Array, current: Float64Array): SharePair {
  return equalWidthShares(reference, current, 30);
}

function tenBinsOrValues(reference: Float64Array, current: Float64Array): SharePair {
  return hasAtMost(10, reference) ? valueShares(reference, current) : tenBins(reference, current);
}

function hasAtMost(count: number, sorted: Float64Array): boolean {
  let distinct = 0;
  for (let i = 0; i < sorted.length && distinct <= count; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct += 1;
  }
  return distinct <= count;
}

function replaceZero(by: number): (share: number) => number {
  return (share) => (share === 0 ? by : share);
}

/** Σ (q − p) ln(q/p) after `fill`; cells empty on both sides add nothing. */
function psi({ reference, current }: SharePair, fill: (share: number) => number): number {
  return reference.reduce((sum, share, i) => {
    const p = fill(share);
    const q = fill(current[i] ?? 0);
    return sum + (q - p) * (Math.log(q) - Math.log(p));
  }, 0);
}

function hellinger({ reference, current }: SharePair): number {
  const squares = reference.reduce((sum, p, i) => sum + (Math.sqrt(p) - Math.sqrt(current[i] ?? 0)) ** 2, 0);
  return Math.sqrt(squares / 2);
}

/** Pearson's test of the window against the reference's shares taken as true; a level it lacks makes χ² infinite. */
function goodnessOfFit(reference: LevelSample, current: LevelSample): number {
  for (const level of current.counts.keys()) if (!reference.counts.has(level)) return 0;
  let statistic = 0;
  for (const [level, count] of reference.counts) {
    const expected = (count / reference.rows) * current.rows;
    statistic += ((current.counts.get(level) ?? 0) - expected) ** 2 / expected;
  }
  const df = reference.counts.size - 1;
  return df < 1 ? 1 : chiSquareSurvival(statistic, df);
}
