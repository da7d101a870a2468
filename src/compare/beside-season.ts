import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';
import type { InputProfile } from '../stats/profile/input-profile.ts';
import { asReference } from '../stats/table/segment-reference.ts';
import type {
  Comparison,
  Diagnosis,
  Evidence,
  FeatureComparison,
  SeasonalFigures,
  SeasonalFinding,
  SeasonKind,
} from '../core/findings.ts';
import { compareProfiles } from './compare-profiles.ts';
import type { ComparedWindow } from './compared-window.ts';
import { effectOf } from './effect.ts';
import type { CompareOptions } from './options.ts';

/** One window may have been as it was for any reason. */
const LEAST_WINDOWS = 2;
/** What the season explains of a difference from the training data must be at least this share of it. */
const EXPLAINED_SHARE = 0.5;

const SEASON_WORDS: Record<SeasonKind, string> = {
  hour_of_week: 'the same hour of the week',
  day_of_week: 'the same day of the week',
  previous_year: 'the same time of last year',
};

/** What was found of a window against the training baseline. */
interface Evaluated {
  readonly compared: Omit<Comparison, 'diagnosis'>;
  readonly diagnosis: Diagnosis;
}

export interface PastSeason {
  readonly by: SeasonKind;
  readonly windows: number;
  /** Their sum, counted on the training baseline. */
  readonly profile: InputProfile;
}

/**
 * Judges a window beside the sum of earlier ones of its season. A covariate shift that the season explains is no news:
 * the verdict is then `none` with the reason `seasonal`, and what the training baseline said is kept. Faults, labels and
 * the concept are not a season's to explain.
 */
export function judgeBesideSeason<T extends Evaluated>(
  evaluated: T,
  current: InputProfile,
  { by, windows, profile: past }: PastSeason,
  baseline: ReferenceProfile,
  options: Pick<CompareOptions, 'minRows' | 'minLabelled' | 'features'>,
): T {
  const found = { by, windows, rows: past.rows, drifted: [], explains: null };
  if (windows < LEAST_WINDOWS) return withFinding(evaluated, { ...found, reason: 'too_few_seasons' });
  const usual = seasonReference(past, baseline);
  const against = compareProfiles(usual, current, null, options);
  const compared = withFigures(evaluated.compared, against);
  const drifted = columnsOf(against).filter((column) => column.drifted);
  const reason =
    Math.min(past.rows, current.rows) < options.minRows
      ? 'too_few_rows'
      : drifted.length > 0
        ? 'differs_from_season'
        : isExplained(evaluated.compared, against)
          ? 'within_season'
          : 'too_few_rows';
  const finding = { ...found, reason, drifted: drifted.map(({ name }) => name) } as const;
  return withFinding({ ...evaluated, compared }, finding, against);
}

/** The sum of past windows as a baseline, in the bins and levels of the training baseline. */
function seasonReference(past: InputProfile, baseline: ReferenceProfile): ReferenceProfile {
  return {
    task: baseline.task,
    positiveClass: baseline.positiveClass,
    rows: past.rows,
    features: past.features.map(asReference),
    prediction: baseline.prediction === null ? null : asReference(past.prediction),
    score: baseline.score === null ? null : asReference(past.score),
    label: null,
    performance: null,
  };
}

type Columns = Pick<ComparedWindow, 'features' | 'prediction' | 'score'>;

function columnsOf({ features, prediction, score }: Columns): FeatureComparison[] {
  return [...features, prediction, score].filter((column) => column !== null);
}

function withFigures(compared: Evaluated['compared'], against: Columns): Evaluated['compared'] {
  const beside = (column: FeatureComparison | null, seasonal: FeatureComparison | null | undefined) =>
    column === null || seasonal === null || seasonal === undefined
      ? column
      : { ...column, seasonal: figuresOf(seasonal) };
  return {
    ...compared,
    features: compared.features.map((column, at) => beside(column, against.features[at]) ?? column),
    prediction: beside(compared.prediction, against.prediction),
    score: beside(compared.score, against.score),
  };
}

function figuresOf(column: FeatureComparison): SeasonalFigures {
  const { status, drifted, severity, reason, p_value, q_value, missing, threshold, rows, metrics } = column;
  return {
    status,
    drifted,
    severity,
    reason,
    p_value,
    q_value,
    missing,
    threshold,
    rows: rows.reference,
    psi: metrics.psi ?? null,
  };
}

/** Not to be told from the season is not enough: few rows cannot tell anything. */
function isExplained(training: Columns, against: Columns): boolean {
  const seasonal = columnsOf(against);
  return columnsOf(training)
    .filter(({ drifted }) => drifted)
    .every((column) => {
      const usual = seasonal.find(({ name }) => name === column.name);
      const left = usual === undefined || usual.status === 'insufficient' ? null : effectOf(usual);
      return left !== null && left <= (1 - EXPLAINED_SHARE) * (effectOf(column) ?? 0);
    });
}

function withFinding<T extends Evaluated>(evaluated: T, finding: SeasonalFinding, against?: Columns): T {
  const { diagnosis } = evaluated;
  const onlyInputs = diagnosis.verdict === 'covariate_shift' && diagnosis.faults.length === 0;
  if (finding.reason === 'within_season' && onlyInputs) {
    return { ...evaluated, diagnosis: explained(diagnosis, finding, against) };
  }
  const evidence =
    finding.reason === 'differs_from_season' && diagnosis.types.includes('covariate_shift')
      ? [...diagnosis.evidence, seasonalEvidence(finding, against)]
      : diagnosis.evidence;
  return { ...evaluated, diagnosis: { ...diagnosis, evidence, seasonal: finding } };
}

function explained(
  { verdict, summary, advice, evidence, ...rest }: Diagnosis,
  finding: SeasonalFinding,
  against: Columns | undefined,
): Diagnosis {
  return {
    ...rest,
    verdict: 'none',
    types: [],
    evidence: [seasonalEvidence(finding, against), ...evidence],
    summary: `As usual for the season: the inputs differ from the training data, but not from ${pastWords(finding)}.`,
    advice: 'none',
    reason: 'seasonal',
    seasonal: { ...finding, explains: { verdict, summary, advice } },
  };
}

function seasonalEvidence(finding: SeasonalFinding, against: Columns | undefined): Evidence {
  const columns = against === undefined ? [] : columnsOf(against);
  const p = columns.flatMap(({ p_value: value }) => (value === null ? [] : [value]));
  const claim =
    finding.reason === 'within_season'
      ? `the window looks like ${pastWords(finding)}`
      : `the window differs from ${pastWords(finding)} too (${finding.drifted.slice(0, 3).join(', ')})`;
  return {
    claim,
    statistic: 'largest_seasonal_psi',
    value: columns.reduce((largest, { metrics }) => Math.max(largest, metrics.psi ?? 0), 0),
    p_value: p.length === 0 ? null : Math.min(1, Math.min(...p) * p.length),
  };
}

function pastWords({ by, windows, rows }: SeasonalFinding): string {
  return `${SEASON_WORDS[by]} before (${windows} windows, ${rows.toLocaleString('en')} rows)`;
}
