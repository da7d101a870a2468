import type { Metrics, TestResult } from '../../core/columns/figures.ts';
import { energyDistanceSorted } from '../../stats/distances/energy-distance.ts';
import { robustScaleOfGrid } from '../../stats/distances/robust-scale.ts';
import { normalizedBy, wassersteinSorted } from '../../stats/distances/wasserstein.ts';
import type { NumericReference } from '../../stats/profile/feature-reference.ts';
import { binGridCounts, binSorted, edgeValues } from '../../stats/profile/grids/grid-counts.ts';
import { gridKs } from '../../stats/profile/grids/grid-ks.ts';
import { gridWasserstein } from '../../stats/profile/grids/grid-wasserstein.ts';
import type { NumericProfile } from '../../stats/profile/numeric-profile.ts';
import { andersonDarlingSorted } from '../../stats/significance/anderson-darling.ts';
import { cramerVonMisesSorted, reportedCramerVonMises } from '../../stats/significance/cramer-von-mises.ts';
import { ksReportedPValue, ksStatisticSorted } from '../../stats/significance/ks.ts';
import { mannWhitneySorted } from '../../stats/significance/mann-whitney.ts';
import type { Measures } from './measures.ts';

/** From counts on the baseline's grid. O(grid). */
export function measureNumericProfile(profile: NumericProfile): Measures {
  const reference = profile.reference;
  const { statistic, bound } = gridKs(reference, profile);
  const moved = gridWasserstein(
    reference.grid,
    { ...reference, sumBetween: (gap) => reference.betweenSums[gap] ?? 0 },
    {
      equal: profile.equal,
      between: profile.between,
      sumBetween: (gap) => profile.betweenSums.get(gap),
    },
  );
  const ks: TestResult = {
    statistic,
    p_value: ksReportedPValue(statistic, reference.n, profile.n),
    ...(reference.exact ? {} : { bound }),
  };
  const metrics: Metrics = { ks, ...distanceMetrics(reference, moved.distance) };
  if (moved.bound > 0 && Number.isFinite(moved.bound)) metrics.wasserstein_bound = moved.bound;
  return describe(profile, binGridCounts(reference, reference), binGridCounts(reference, profile), metrics);
}

/** From the values themselves, both sorted ascending: exact, and with the statistics that need every row. O(n + m). */
export function measureNumericColumns(
  profile: NumericProfile,
  before: Float64Array,
  now: Float64Array,
): Measures {
  const reference = profile.reference;
  const edges = edgeValues(reference);
  const statistic = ksStatisticSorted(before, now);
  const metrics: Metrics = {
    ks: { statistic, p_value: ksReportedPValue(statistic, before.length, now.length) },
    ...distanceMetrics(reference, wassersteinSorted(before, now)),
  };
  if (before.length > 0 && now.length > 0) {
    metrics.cramer_von_mises = reportedCramerVonMises(cramerVonMisesSorted(before, now), before, now);
    metrics.anderson_darling = andersonDarlingSorted(before, now);
    metrics.mann_whitney = mannWhitneySorted(before, now);
    const energy = energyDistanceSorted(before, now);
    if (Number.isFinite(energy)) metrics.energy_distance = energy;
  }
  return describe(profile, binSorted(edges, before), binSorted(edges, now), metrics);
}

function distanceMetrics(reference: NumericReference, distance: number): Metrics {
  return wassersteinMetrics(distance, Math.sqrt(reference.m2 / reference.n), robustScaleOfGrid(reference));
}

/** W1 in the feature's unit, and in units of the reference's spread where it has any. */
export function wassersteinMetrics(
  distance: number,
  standardDeviation: number,
  robustScale: number,
): Metrics {
  if (!Number.isFinite(distance)) return {};
  const metrics: Metrics = { wasserstein: distance };
  const normalized = normalizedBy(distance, standardDeviation);
  if (normalized !== null && Number.isFinite(normalized)) metrics.wasserstein_normalized = normalized;
  const robust = normalizedBy(distance, robustScale);
  if (robust !== null && Number.isFinite(robust)) metrics.wasserstein_robust = robust;
  return metrics;
}

function describe(profile: NumericProfile, before: number[], now: number[], metrics: Metrics): Measures {
  const reference = profile.reference;
  return {
    name: reference.name,
    kind: 'numeric',
    rows: { reference: reference.rows, current: profile.rows },
    missing: { reference: reference.missing, current: profile.missing },
    invalid: {
      reference: reference.invalid + reference.infinite,
      current: profile.invalid + profile.infinite,
    },
    newLevels: null,
    counts: { bins: [...edgeValues(reference), null], reference: before, current: now },
    metrics,
  };
}
