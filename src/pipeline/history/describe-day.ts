/** What the profiles of a day say of each column. */
import { namedCounts } from '../../compare/assess.ts';
import { measureCategorical } from '../../compare/measures/measure-categorical.ts';
import { measuredCounts } from '../../compare/measures/measure-profile.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import { rareAsOne } from '../../judge/privacy/rare-levels.ts';
import type { FeatureProfile, UntypedProfile } from '../../stats/profile/feature-profile.ts';
import { quantileOfGrid } from '../../stats/profile/grids/grid-quantile.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import type { DayColumn, DayQuantiles, DayRow } from '../../store/rows/days.ts';

type Described = Pick<DayRow, 'features' | 'prediction' | 'score' | 'label'>;

interface Asked {
  /** Null: all of them, and what the model said and what it was held to. */
  readonly feature: string | null;
  /** Levels of features that fewer rows have are not named. */
  readonly minCount?: number | undefined;
}

export function describeDay(
  input: InputProfile | null,
  labels: LabelProfile | null,
  { feature, minCount }: Asked,
): Described {
  const isAsked = (name: string): boolean => feature === null || name === feature;
  const known = input?.features.filter(({ reference }) => isAsked(reference.name)) ?? [];
  const found = input?.untyped?.list().filter(({ name }) => isAsked(name)) ?? [];
  const features = [
    ...known.map((profile) => describeColumn(profile, minCount)),
    ...found.map((profile) => describeFound(profile, input!.featureRows, minCount)),
  ];
  if (feature !== null) return { features, prediction: null, score: null, label: null };
  return {
    features,
    prediction: input === null ? null : describeColumn(input.prediction),
    score: input === null || input.score.n === 0 ? null : describeColumn(input.score),
    label: labels === null ? null : describeColumn(labels.label),
  };
}

function describeColumn(profile: FeatureProfile, minCount?: number): DayColumn {
  const { rows, missing, invalid, infinite } = profile;
  const share = (some: number): number => (rows > 0 ? some / rows : 0);
  const { bins, reference, current } = countsOf(profile, minCount);
  const isNumeric = profile.kind === 'numeric';
  return {
    name: profile.reference.name,
    kind: profile.kind,
    rows,
    missing: share(missing),
    invalid: share(invalid + infinite),
    new_levels: isNumeric ? null : share(profile.newLevels.total),
    mean: isNumeric ? profile.mean : null,
    standard_deviation: isNumeric ? profile.standardDeviation : null,
    quantiles: isNumeric ? quantilesOf(profile) : null,
    counts: { bins, reference, current },
  };
}

function countsOf(profile: FeatureProfile, minCount: number | undefined): BinnedCounts {
  if (profile.kind === 'numeric' || minCount === undefined) return measuredCounts(profile);
  return rareAsOne(namedCounts(measureCategorical(profile), { minCount }));
}

/** Of a feature that no baseline knows. A row that does not name it has it missing. */
function describeFound(profile: UntypedProfile, rows: number, minCount?: number): DayColumn {
  const isNumeric = profile.kind === 'numeric';
  const [own, other] = isNumeric ? [profile.numeric, profile.levels] : [profile.levels, profile.numeric];
  const share = (some: number): number => (rows > 0 ? some / rows : 0);
  return {
    ...describeColumn(own, minCount),
    rows,
    missing: share(rows - profile.rows + profile.missing + own.missing + other.missing),
    invalid: share(profile.invalid + own.invalid + own.infinite + other.rows - other.missing),
    // None of them is known.
    new_levels: isNumeric ? null : share(own.n),
  };
}

function quantilesOf(profile: FeatureProfile & { readonly kind: 'numeric' }): DayQuantiles {
  const [p1, p5, p25, p50, p75, p95, p99] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((p) =>
    quantileOfGrid(profile, p),
  );
  if (p1 == null || p5 == null || p25 == null || p50 == null || p75 == null || p95 == null || p99 == null)
    return null;
  return { p1, p5, p25, p50, p75, p95, p99 };
}
