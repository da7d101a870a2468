import { boundedContribution, CompensatedSums } from '../compensated.ts';
import type { FeatureReference, NumericReference, ReferenceProfile } from './feature-reference.ts';

/** A grid needs room for its bin edges and both tails beside its quantiles. */
const SMALLEST_GRID = 64;
/** One point in this many is spent on each end, where gaps are wide and a mean moves a distance most. */
const TAIL_PART = 16;

/**
 * The same reference on at most `maxGridPoints` points: bin edges, the outermost values of both ends, and quantiles
 * evenly spread over the ranks. Bins, and so PSI and every binned distance, stay exact; KS becomes a lower bound short by
 * less than one gap; Wasserstein gets a bound. Unchanged when it already fits. Always the same points. O(grid).
 */
export function coarsenNumeric(reference: NumericReference, maxGridPoints: number): NumericReference {
  const size = reference.grid.length;
  const limit = Math.max(SMALLEST_GRID, maxGridPoints);
  if (size <= limit) return reference;
  const chosen = choosePoints(reference, limit);
  const placeOf = new Map(chosen.map((at, place) => [at, place]));
  return {
    ...reference,
    grid: Float64Array.from(chosen, (at) => reference.grid[at] ?? 0),
    ...mergeGaps(reference, chosen),
    edges: reference.edges.map((at) => placeOf.get(at) ?? 0),
    exact: false,
  };
}

/** Every numeric feature, prediction, score and label of a baseline on coarser grids, for windows that must stay small. */
export function coarsenReference(reference: ReferenceProfile, maxGridPoints: number): ReferenceProfile {
  const coarsen = <T extends FeatureReference | null>(feature: T): T | NumericReference =>
    feature?.kind === 'numeric' ? coarsenNumeric(feature, maxGridPoints) : feature;
  return {
    ...reference,
    features: reference.features.map(coarsen),
    prediction: coarsen(reference.prediction),
    score: coarsen(reference.score),
    label: coarsen(reference.label),
  };
}

function choosePoints(reference: NumericReference, limit: number): number[] {
  const size = reference.grid.length;
  const tail = Math.floor(limit / TAIL_PART);
  const chosen = new Set<number>(reference.edges);
  for (let i = 0; i < tail; i++) chosen.add(i).add(size - 1 - i);
  const quantiles = limit - reference.edges.length - 2 * tail;
  let at = 0;
  let throughRank = (reference.between[0] ?? 0) + (reference.equal[0] ?? 0);
  for (let j = 1; j <= quantiles; j++) {
    const rank = Math.round((j * (reference.n - 1)) / (quantiles + 1));
    while (throughRank <= rank && at < size - 1) {
      at += 1;
      throughRank += (reference.between[at] ?? 0) + (reference.equal[at] ?? 0);
    }
    chosen.add(at);
  }
  return [...chosen].sort((a, b) => a - b);
}

function mergeGaps(
  reference: NumericReference,
  chosen: readonly number[],
): Pick<NumericReference, 'equal' | 'between' | 'betweenSums'> {
  const between = new Float64Array(chosen.length + 1);
  const sums = new CompensatedSums(chosen.length + 1);
  let gap = 0;
  for (let i = 0; i <= reference.grid.length; i++) {
    between[gap] = (between[gap] ?? 0) + (reference.between[i] ?? 0);
    sums.add(gap, reference.betweenSums[i] ?? 0);
    if (chosen[gap] === i) {
      gap += 1;
      continue;
    }
    const count = reference.equal[i] ?? 0;
    between[gap] = (between[gap] ?? 0) + count;
    sums.add(gap, boundedContribution(count * (reference.grid[i] ?? 0)));
  }
  return {
    equal: Float64Array.from(chosen, (at) => reference.equal[at] ?? 0),
    between,
    betweenSums: Float64Array.from(between, (_, i) => sums.get(i)),
  };
}
