import { OPERATIONAL_METRICS } from '../core/operational.ts';
import type { OperationalLimit, OperationalSpec } from '../core/operational.ts';
import type {
  ComparedVersion,
  VersionComparison,
  VersionDifference,
  VersionMetric,
} from '../core/version-comparison.ts';
import { VERSION_METRICS } from '../core/version-comparison.ts';
import { welchTest } from '../stats/significance/welch.ts';
import { sameShareTest } from '../stats/significance/same-share-test.ts';
import { sameMean, sameQuantile } from './operation/operational-tests.ts';
import {
  type FiguresOf,
  intervalOfDifference,
  squaredErrors,
  type VersionFacts,
  versionFigures,
} from './version-figures.ts';

/** Level at which one version counts as better than another. */
const LEVEL = 0.01;
const LARGER_IS_BETTER: ReadonlySet<VersionMetric> = new Set(['accuracy', 'throughput_per_s']);
/** How much traffic a version got says nothing of the version, and the other latencies repeat the 95th percentile. */
const DECIDING: readonly VersionMetric[] = [
  'accuracy',
  'rmse',
  'fairness_difference',
  'latency_p95_ms',
  'cost_per_prediction',
  'energy_per_prediction_j',
  'error_rate',
  'size_bytes',
];

interface Described {
  readonly facts: VersionFacts;
  readonly figures: FiguresOf;
}

/**
 * Versions side by side: figures with intervals, differences to a base with tests, which versions keep the model's
 * limits (satisficing), which are dominated, and the best of those within the limits by the optimizing metric.
 *
 * A version is dominated by another that is nowhere worse in what both say and somewhere better: significantly at 0.01,
 * or in size. Tests take rows as independent, and two versions as having seen the same kind of traffic, which only holds
 * where they ran at the same time. Cost O(versions² · metrics).
 *
 * @param base its name; null: the first
 */
export function compareVersions(
  all: readonly VersionFacts[],
  optimizing: VersionComparison['optimizing'],
  spec: OperationalSpec,
  base: string | null,
): Pick<VersionComparison, 'base' | 'optimizing' | 'versions' | 'best' | 'as_good'> {
  const described = all.map((facts) => ({ facts, figures: versionFigures(facts) }));
  const first = described.find(({ facts }) => facts.version === base) ?? described[0];
  const versions = described.map((each) => describe(each, first, described, spec));
  const { best, asGood } = chooseBest(described, versions, optimizing);
  return { base: first?.facts.version ?? null, optimizing, versions, best, as_good: asGood };
}

function describe(
  each: Described,
  base: Described | undefined,
  all: readonly Described[],
  spec: OperationalSpec,
): ComparedVersion {
  const { facts, figures } = each;
  const violated = violations(figures, spec);
  return {
    version: facts.version,
    state: facts.state,
    rows: facts.operation.rows,
    labelled: facts.quality?.n ?? 0,
    windows: facts.windows,
    metrics: figures,
    ...(base !== undefined && base !== each && { differences: differences(each, base) }),
    satisfies: violated.length === 0,
    violated,
    dominated_by: all.filter((other) => dominates(other, each)).map((other) => other.facts.version),
  };
}

function differences(each: Described, base: Described): NonNullable<ComparedVersion['differences']> {
  return Object.fromEntries(
    VERSION_METRICS.flatMap((metric): [VersionMetric, VersionDifference][] => {
      const own = each.figures[metric];
      const theirs = base.figures[metric];
      if (own === undefined || theirs === undefined) return [];
      const found = {
        difference: own.value - theirs.value,
        interval: intervalOfDifference(own, theirs),
        p_value: sameFigure(metric, base.facts, each.facts),
      };
      return [[metric, found]];
    }),
  );
}

/** p of "both have the same"; null where it is not tested. */
function sameFigure(metric: VersionMetric, a: VersionFacts, b: VersionFacts): number | null {
  const [before, now] = [a.operation, b.operation];
  switch (metric) {
    case 'latency_p50_ms':
      return sameQuantile(before.latencyMs, now.latencyMs, 0.5);
    case 'latency_p95_ms':
      return sameQuantile(before.latencyMs, now.latencyMs, 0.95);
    case 'latency_p99_ms':
      return sameQuantile(before.latencyMs, now.latencyMs, 0.99);
    case 'latency_mean_ms':
      return sameMean(before.latencyMs, now.latencyMs);
    case 'cost_per_prediction':
      return sameMean(before.cost, now.cost);
    case 'energy_per_prediction_j':
      return sameMean(before.energyJ, now.energyJ);
    case 'error_rate':
      return sameShareTest(before.errors.total, before.rows, now.errors.total, now.rows).p_value;
    case 'accuracy':
    case 'rmse':
      return sameQuality(a.quality, b.quality);
    default:
      return null;
  }
}

function sameQuality(a: VersionFacts['quality'], b: VersionFacts['quality']): number | null {
  if (a?.task === 'classification' && b?.task === 'classification') {
    return sameShareTest(a.correct, a.n, b.correct, b.n).p_value;
  }
  if (a?.task === 'regression' && b?.task === 'regression') {
    return welchTest(squaredErrors(a), squaredErrors(b)).p_value;
  }
  return null;
}

function violations(
  figures: FiguresOf,
  { limits, maxSizeBytes }: OperationalSpec,
): ComparedVersion['violated'] {
  const all: [VersionMetric, OperationalLimit][] = OPERATIONAL_METRICS.flatMap((metric) => {
    const limit = limits[metric];
    return limit === undefined ? [] : [[metric, limit]];
  });
  if (maxSizeBytes !== null) all.push(['size_bytes', { max: maxSizeBytes }]);
  return all.flatMap(([metric, { min, max }]) => {
    const value = figures[metric]?.value;
    if (value === undefined) return [];
    if (max !== undefined && value > max) return [{ metric, threshold: max, value }];
    return min !== undefined && value < min ? [{ metric, threshold: min, value }] : [];
  });
}

function dominates(a: Described, b: Described): boolean {
  if (a === b) return false;
  const shared = DECIDING.filter(
    (metric) => a.figures[metric] !== undefined && b.figures[metric] !== undefined,
  );
  return (
    shared.every((metric) => advantage(metric, a, b) >= 0) &&
    shared.some((metric) => advantage(metric, a, b) > 0 && isCertain(metric, a, b))
  );
}

/** Positive where a is better. */
function advantage(metric: VersionMetric, a: Described, b: Described): number {
  const difference = (a.figures[metric]?.value ?? 0) - (b.figures[metric]?.value ?? 0);
  return LARGER_IS_BETTER.has(metric) ? difference : -difference;
}

function isCertain(metric: VersionMetric, a: Described, b: Described): boolean {
  if (metric === 'size_bytes') return true;
  return (sameFigure(metric, b.facts, a.facts) ?? 1) <= LEVEL;
}

function chooseBest(
  described: readonly Described[],
  versions: readonly ComparedVersion[],
  optimizing: VersionComparison['optimizing'],
): { readonly best: string | null; readonly asGood: string[] } {
  const fit = described.filter(
    ({ figures }, at) => versions[at]?.satisfies === true && figures[optimizing] !== undefined,
  );
  const [best] = fit.toSorted((a, b) => -advantage(optimizing, a, b));
  if (best === undefined) return { best: null, asGood: [] };
  const asGood = fit.filter((each) => each !== best && !isCertain(optimizing, best, each));
  return { best: best.facts.version, asGood: asGood.map(({ facts }) => facts.version) };
}
