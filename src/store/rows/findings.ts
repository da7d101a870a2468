/**
 * `core/findings.ts` as schemas, for the OpenAPI document. Objects are open: rows that another version wrote are shown as
 * they are, new keys included.
 */
import { z } from 'zod';
import { CYCLES } from '../../core/columns/cycle-figures.ts';
import type { CycleFigures, OutcomeHours, OutcomeSpread } from '../../core/columns/cycle-figures.ts';
import type { BinnedCounts, Metrics, Shares, TestResult } from '../../core/columns/figures.ts';
import { FAIRNESS_RATES, SEASONS, TIME_PATTERNS } from '../../core/findings.ts';
import type { FaultFinding } from '../../core/faults.ts';
import type * as core from '../../core/findings.ts';
import type { PooledFigures } from '../../core/columns/pooled-figures.ts';
import { interval } from './cells.ts';
import type { Twin } from './held-to-core.ts';
import { advice, fault, featureKind, featureStatus, severity, shiftKind, verdictKind } from './words.ts';

const share = z.number().min(0).max(1);

const shares: Twin<Shares> = z.looseObject({ reference: share, current: share });

const testResult: Twin<TestResult> = z.looseObject({
  statistic: z.number(),
  p_value: z.number().nullable(),
  bound: z
    .number()
    .exactOptional()
    .describe('The statistic may fall short of the exact one by at most this.'),
});

const metrics: Twin<Metrics, 'wasserstein_bound' | 'wasserstein_robust'> = z
  .looseObject({
    psi: z.number().exactOptional(),
    ks: testResult.exactOptional(),
    g_test: testResult.exactOptional(),
    chi_square: testResult.exactOptional(),
    cramers_v: z.number().exactOptional(),
    jensen_shannon: z.number().exactOptional(),
    hellinger: z.number().exactOptional(),
    total_variation: z.number().exactOptional(),
    l_infinity: z.number().exactOptional(),
    kl_divergence: z.number().exactOptional(),
    wasserstein: z.number().exactOptional(),
    wasserstein_normalized: z.number().exactOptional(),
    cramer_von_mises: testResult.exactOptional(),
    anderson_darling: testResult.exactOptional(),
    energy_distance: z.number().exactOptional(),
    mann_whitney: testResult.exactOptional(),
  })
  .describe('Absent: does not apply to this kind, or could not be computed.');

const binnedCounts: Twin<BinnedCounts> = z.looseObject({
  bins: z
    .array(z.union([z.string(), z.number(), z.null()]))
    .describe('Upper edges of (lo, hi] bins, the last one open (null); or level names.'),
  reference: z.array(z.number()),
  current: z.array(z.number()),
  usual: z
    .array(z.number())
    .exactOptional()
    .describe('Of the reference’s own windows of the same hours, where the column follows them.'),
});

const outcomeSpread: Twin<OutcomeSpread> = z.looseObject({ factor: z.number(), windows: z.number() });

const outcomeHours: Twin<OutcomeHours> = z.looseObject({ by: z.enum(CYCLES), labelled: z.number() });

const cycleFigures: Twin<CycleFigures> = z
  .looseObject({
    by: z.enum(CYCLES),
    windows: z.number().describe('Of the reference, of the same hours.'),
    rows: z.number(),
    psi: z.number(),
    ks: z.number().exactOptional().describe('Over the bins; of numbers.'),
  })
  .describe('Against the reference’s own windows of the same hours: what the column was judged by.');

const seasonalFigures: Twin<core.SeasonalFigures> = z
  .looseObject({
    status: featureStatus,
    drifted: z.boolean(),
    severity,
    reason: z.string(),
    p_value: z.number().nullable(),
    q_value: z.number().nullable(),
    missing: shares,
    threshold: z.looseObject({ psi: z.number().nullable() }),
    rows: z.number().describe('Of the season in the past.'),
    psi: z.number().nullable(),
  })
  .describe('Against past windows of the same season, instead of the training baseline.');

const pooledFigures: Twin<PooledFigures> = z
  .looseObject({
    windows: z.number(),
    rows: z.number(),
    test: z.enum(['shift', 'spread', 'cells']),
    statistic: z.number(),
    p_value: z.number().describe('Over all lengths and tests looked at.'),
    q_value: z.number().nullable(),
    size: z
      .looseObject({ estimate: z.number(), upper: z.number() })
      .describe('In standard deviations of the reference.'),
    drifted: z.boolean(),
    since_windows: z
      .number()
      .nullable()
      .describe('Over how many of the last windows it is most clearly away.'),
    last_window: z
      .number()
      .nullable()
      .describe('The last window’s part: 1 as far away as all together, 0 not at all.'),
  })
  .describe('The last windows together, as many as are most significant.');

export const featureComparison: Twin<
  core.FeatureComparison,
  'missing_test' | 'invalid_test' | 'new_levels_test' | 'preset' | 'overdispersion'
> = z
  .looseObject({
    name: z.string(),
    kind: featureKind,
    status: featureStatus,
    rows: z.looseObject({ reference: z.number(), current: z.number() }),
    missing: shares,
    invalid: shares,
    new_levels: shares.exactOptional(),
    metrics,
    threshold: z.looseObject({ psi: z.number().nullable() }),
    p_value: z.number().nullable(),
    q_value: z.number().nullable(),
    severity,
    drifted: z.boolean(),
    faults: z.array(fault),
    reason: z.string(),
    counts: binnedCounts.exactOptional(),
    cycle: cycleFigures.exactOptional(),
    seasonal: seasonalFigures.exactOptional(),
    pooled: pooledFigures.exactOptional(),
  })
  .meta({ id: 'FeatureComparison' });

const evidence: Twin<core.Evidence> = z.looseObject({
  claim: z.string(),
  statistic: z.string(),
  value: z.number().nullable(),
  p_value: z.number().nullable(),
});

export const faultFinding: Twin<FaultFinding> = z.looseObject({
  fault,
  feature: z.string(),
  detail: z.string(),
  share,
  statistic: z.number().nullable(),
  p_value: z.number().nullable(),
  since: z.string().exactOptional().describe('When it began; the first row of the window, or before.'),
});

const timePattern = {
  pattern: z.enum(TIME_PATTERNS),
  reason: z.string().nullable(),
  change_point: z.string().nullable(),
  interval: z.tuple([z.string(), z.string()]).nullable(),
  completed_at: z.string().exactOptional(),
  ended_at: z.string().exactOptional(),
  period: z.looseObject({ windows: z.number(), ms: z.number().nullable() }).exactOptional(),
  windows: z.number(),
  confidence: share.nullable(),
  mixture_p_value: z.number().nullable().exactOptional(),
  summary: z.string(),
};

const timePatternPart: Twin<core.TimePatternPart> = z.looseObject({
  subject: z.enum(['feature', 'prediction', 'score', 'label', 'performance']),
  name: z.string(),
  ...timePattern,
});

const timePatterns: Twin<core.TimePatterns> = z
  .looseObject({ ...timePattern, parts: z.array(timePatternPart) })
  .meta({ id: 'TimePatterns' });

const seasonalFinding: Twin<core.SeasonalFinding> = z
  .looseObject({
    by: z.enum(SEASONS),
    windows: z.number(),
    rows: z.number(),
    reason: z.enum(['within_season', 'differs_from_season', 'too_few_seasons', 'too_few_rows']),
    drifted: z.array(z.string()),
    explains: z
      .looseObject({ verdict: verdictKind, summary: z.string(), advice })
      .nullable()
      .describe('What the training baseline alone says, where the season explains it.'),
  })
  .meta({ id: 'SeasonalFinding' });

const movedStratum: Twin<core.MovedStratum> = z.looseObject({
  feature: z.string().nullable(),
  range: z.tuple([z.number().nullable(), z.number().nullable()]).exactOptional(),
  level: z.string().exactOptional(),
  share,
  class: z.string().exactOptional(),
  reference_rate: z.number().describe('What the old relation leads to for these very rows.'),
  current_rate: z.number(),
  p_value: z.number(),
});

const performanceSplit: Twin<core.PerformanceSplit> = z.looseObject({
  metric: z.enum(['accuracy', 'mae']),
  total: z.number(),
  mix: z.number(),
  concept: z.number(),
  interval: z.tuple([z.number(), z.number()]).describe('95 % interval of `concept`.'),
});

const reading: Twin<core.Reading> = z.looseObject({
  verdict: verdictKind,
  fault: fault.exactOptional(),
  feature: z.string().exactOptional(),
  for: z.array(z.string()),
  against: z.array(z.string()),
});

const weight = z.number().exactOptional();

const knownEvent: Twin<core.KnownEventFinding> = z
  .looseObject({
    names: z.array(z.string()),
    expected: z.boolean().describe('Whether one of them explains inputs and class shares that move.'),
    explains: z
      .looseObject({ verdict: verdictKind, summary: z.string(), advice })
      .nullable()
      .describe('What is said without them, where one explains it and the verdict is therefore `none`.'),
  })
  .describe('Events of the calendar that the window lies in.');

export const diagnosis: Twin<core.Diagnosis> = z
  .looseObject({
    verdict: verdictKind,
    types: z.array(shiftKind),
    not_tested: z.array(shiftKind),
    confidence: share,
    evidence: z.array(evidence),
    faults: z.array(faultFinding),
    summary: z.string(),
    advice,
    reason: z.string().nullable(),
    time_pattern: timePatterns.exactOptional().describe('How what moved came about.'),
    seasonal: seasonalFinding.exactOptional(),
    known_event: knownEvent.exactOptional(),
    weights: z
      .object({
        none: weight,
        covariate_shift: weight,
        label_shift: weight,
        concept_drift: weight,
        data_fault: weight,
        mixed: weight,
      })
      .exactOptional(),
    readings: z
      .array(reading)
      .exactOptional()
      .describe('Where it may be a fault or a change of the world: both.'),
    strata: z.array(movedStratum).exactOptional(),
    performance_change: performanceSplit.nullable().exactOptional(),
  })
  .meta({ id: 'Diagnosis' });

export const multivariate: Twin<core.Multivariate> = z
  .looseObject({
    rows: z.looseObject({ reference: z.number(), current: z.number() }),
    domain_classifier: z
      .looseObject({
        auc: share.describe('0.5 when the two samples cannot be told apart.'),
        null_band: z.tuple([z.number(), z.number()]),
        p_value: share,
        contributions: z.array(z.looseObject({ feature: z.string(), share })),
      })
      .nullable(),
    pca_reconstruction: z
      .looseObject({
        reference: z.number(),
        current: z.number(),
        components: z.number(),
        p_value: share,
      })
      .nullable(),
    mmd: z.looseObject({ statistic: z.number(), p_value: share, permutations: z.number() }).nullable(),
  })
  .describe('What only all features together show, from row samples. Null: could not be computed.')
  .meta({ id: 'Multivariate' });

const performanceMetric: Twin<core.PerformanceMetric, 'difference_interval' | 'bound' | 'reason'> =
  z.looseObject({
    reference: z.number().nullable(),
    current: z.number().nullable(),
    interval,
    p_value: z.number().nullable(),
  });

const arrivalBias: Twin<core.ArrivalBias> = z
  .looseObject({
    tested: z.boolean(),
    biased: z.boolean(),
    p_value: z.number().nullable(),
    feature: z.string().nullable(),
    distance: share.nullable(),
    rows: z.looseObject({ labelled: z.number(), unlabelled: z.number() }),
    reason: z.string(),
  })
  .describe('Do labelled rows differ from the unlabelled ones of the same window?');

export const maturity: Twin<core.Maturity> = z
  .looseObject({
    labelled_share: share,
    expected_share: share.nullable().describe('When no more labels come. Null: not known from history.'),
    expected_interval: z.tuple([share, share]).nullable(),
    expected_labels: z.number().nullable().describe('Still to come.'),
    state: z.enum(['provisional', 'mature']),
    reason: z.string(),
    arrival_bias: arrivalBias,
  })
  .meta({ id: 'Maturity' });

const estimatedMetric: Twin<core.EstimatedMetric> = z.looseObject({
  reference: z.number().nullable(),
  value: z.number().nullable(),
  interval,
  method: z.enum(['cbpe', 'dle']),
  rows: z.number().exactOptional(),
  bound: z.number().exactOptional(),
  valid: z.boolean(),
  reason: z.string(),
});
const estimatedLabels: Twin<core.EstimatedLabels, 'condition_number' | 'mixture_p_value'> = z.looseObject({
  method: z.enum(['bbse', 'em']),
  classes: z.array(
    z.looseObject({
      class: z.string(),
      reference: z.number(),
      estimated: z.number().nullable(),
      interval,
    }),
  ),
  rows: z.number().exactOptional(),
  valid: z.boolean(),
  reason: z.string(),
});
const holdoutMetric: Twin<core.HoldoutMetric, 'bound' | 'reason'> = z.looseObject({
  holdout: z.number().nullable(),
  influenced: z.number().nullable(),
  difference_interval: interval.describe('95 % interval of holdout − influenced.'),
  p_value: z.number().nullable(),
});
const holdoutFinding: Twin<core.HoldoutFinding> = z.looseObject({
  labelled: z.looseObject({ holdout: z.number(), influenced: z.number() }),
  metrics: z.record(z.string(), holdoutMetric),
});
const groupRate: Twin<core.GroupRate> = z.looseObject({
  value: z.number().nullable(),
  interval,
  others: z.number().nullable().describe('The rate of everyone else.'),
  difference: z.number().nullable(),
  difference_interval: interval,
  p_value: z.number().nullable(),
});
const groupFinding: Twin<core.GroupFinding> = z.looseObject({
  feature: z.string(),
  group: z.string(),
  rows: z.number(),
  labelled: z.number(),
  rates: z.partialRecord(z.enum(FAIRNESS_RATES), groupRate),
});
export const performance: Twin<core.Performance, 'classes' | 'confusion'> = z
  .looseObject({
    labelled: z.looseObject({ reference: z.number(), current: z.number(), share }),
    mature: z.boolean().describe('False while labels are still expected.'),
    maturity: maturity.exactOptional(),
    cycle: outcomeHours
      .exactOptional()
      .describe('Where outcomes follow the hours: `reference` of each metric is of the same ones.'),
    overdispersion: outcomeSpread
      .exactOptional()
      .describe(
        'The baseline’s own windows are further apart than their rows explain: errors are as large as theirs.',
      ),
    metrics: z.record(z.string(), performanceMetric),
    estimated: z
      .record(z.string(), estimatedMetric)
      .exactOptional()
      .describe('What was expected before labels came; kept beside what they say.'),
    estimated_labels: z.array(estimatedLabels).exactOptional(),
    holdout: holdoutFinding
      .exactOptional()
      .describe('Where labelled rows were held out: all other figures are then theirs.'),
    groups: z.array(groupFinding).exactOptional().describe('Rates of groups, of all rows.'),
  })
  .meta({ id: 'Performance' });
