import type { GroupFinding } from '../../src/core/findings.ts';
import type { BinnedCounts } from '../../src/core/columns/figures.ts';
import type { FigureTimeline, IncidentNews, Notification, RunNews } from '../../src/core/jobs.ts';
import {
  faultNotification,
  resolvedNotification,
  sampleFeature,
  sampleNotification,
  sampleRequest,
  sampleRunNews,
} from './sample-notification.ts';

const HOUR = 3_600_000;
const WINDOWS = 36;

/** A figure that stood still and then went where it is. */
export function sampleTimeline(
  { windowStartMs }: IncidentNews,
  figure: Omit<FigureTimeline, 'points'>,
  { quiet, moved, movedWindows = 2 }: { quiet: number; moved: number; movedWindows?: number },
): FigureTimeline {
  const points = Array.from({ length: WINDOWS }, (_, index) => {
    const isMoved = index >= WINDOWS - movedWindows;
    // A window without rows has no figure.
    const value = index === 12 ? null : isMoved ? moved : quiet * (1 + 0.02 * Math.sin(index * 1.7));
    return { startMs: windowStartMs - (WINDOWS - 1 - index) * HOUR, value };
  });
  return { ...figure, points };
}

const accuracy = { name: 'accuracy', measure: 'metric', reference: 0.86, limit: 0.83 } as const;
const psiOf = (name: string) => ({ name, measure: 'psi', reference: null, limit: 0.031 }) as const;

function withTimeline(
  notification: IncidentNews,
  ...timeline: [Omit<FigureTimeline, 'points'>, { quiet: number; moved: number; movedWindows?: number }]
): IncidentNews {
  return { ...notification, timeline: sampleTimeline(notification, ...timeline) };
}

const groups: GroupFinding[] = [
  {
    feature: 'sex',
    group: 'female',
    rows: 1_420,
    labelled: 1_180,
    rates: {
      selection_rate: rate(0.41, 0.55, [-0.19, -0.09], 1e-7),
      true_positive_rate: rate(0.68, 0.84, [-0.22, -0.1], 2e-6),
      false_positive_rate: rate(0.12, 0.13, [-0.05, 0.03], 0.61),
    },
  },
];

function rate(value: number, others: number, ends: [number, number], p: number) {
  return {
    value,
    interval: null,
    others,
    difference: value - others,
    difference_interval: ends,
    p_value: p,
  };
}

/** Concept drift with everything that a mail can say beside it. */
export function conceptMail(): IncidentNews {
  const base = sampleNotification();
  if (base.performance === null) throw new Error('the sample has performance');
  return withTimeline(
    {
      ...base,
      performance: {
        ...base.performance,
        mature: false,
        holdout: {
          labelled: { holdout: 412, influenced: 2_038 },
          metrics: {
            accuracy: { holdout: 0.71, influenced: 0.79, difference_interval: [-0.13, -0.03], p_value: 4e-4 },
            f1: { holdout: 0.69, influenced: 0.7, difference_interval: [-0.06, 0.05], p_value: 0.74 },
          },
        },
        groups,
      },
      operational: {
        rows: 3_000,
        breaches: [
          {
            metric: 'latency_p95_ms',
            kind: 'threshold',
            threshold: 200,
            value: 231,
            interval: [224, 240],
            p_value: 1e-4,
            claim: '95th percentile of latency is 231 ms, above the limit of 200 ms',
          },
        ],
      },
    },
    accuracy,
    { quiet: 0.86, moved: 0.71 },
  );
}

const temperature: BinnedCounts = {
  bins: [8, 12, 15, 18, 21, 25, null],
  reference: [850, 860, 850, 870, 850, 860, 860],
  current: [2, 3, 1, 4, 6, 12, 2_972],
};

export function faultMail(): IncidentNews {
  const base = faultNotification();
  const [first, second, third] = base.features;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three features');
  const features = [
    { ...first, counts: temperature },
    {
      ...second,
      counts: {
        bins: [20, 40, 60, null],
        reference: [1_500, 1_500, 1_500, 1_500],
        current: [390, 400, 380, 390],
      },
    },
    third,
  ];
  return withTimeline({ ...base, features }, psiOf('temperature'), { quiet: 0.004, moved: 7.9 });
}

export function covariateMail(): IncidentNews {
  return withTimeline(
    sampleNotification({
      series: 'closed',
      diagnosis: {
        verdict: 'covariate_shift',
        types: ['covariate_shift'],
        not_tested: ['concept_drift'],
        confidence: 0.97,
        evidence: [
          { claim: 'age and country moved', statistic: 'domain classifier AUC', value: 0.74, p_value: 1e-9 },
        ],
        faults: [],
        summary: 'Other people are being scored than in training: age and country have moved.',
        advice: 'watch',
        reason: null,
      },
      performance: null,
      retrain: { state: 'not_requested', reason: 'no_trigger' },
    }),
    psiOf('age'),
    { quiet: 0.006, moved: 0.41, movedWindows: 3 },
  );
}

export function mixedMail(): IncidentNews {
  const base = conceptMail();
  return {
    ...base,
    diagnosis: {
      ...base.diagnosis,
      verdict: 'mixed',
      types: ['covariate_shift', 'concept_drift'],
      summary:
        'Inputs moved, and the relation between inputs and outcomes changed as well: accuracy fell from 0.86 to 0.71, 0.05 of it because of other rows and 0.10 because of the new relation.',
    },
  };
}

export function reminderMail(): IncidentNews {
  return {
    ...covariateMail(),
    kind: 'reminder',
    windowsInARow: 26,
    decisionReason: 'due',
    firedVerdict: 'covariate_shift',
  };
}

export function resolvedMail(): IncidentNews {
  return withTimeline(resolvedNotification(), accuracy, { quiet: 0.71, moved: 0.855, movedWindows: 6 });
}

export function correctedMail(): IncidentNews {
  const fired = conceptMail();
  return {
    ...fired,
    kind: 'corrected',
    firedVerdict: 'concept_drift',
    diagnosis: {
      ...fired.diagnosis,
      verdict: 'covariate_shift',
      types: ['covariate_shift'],
      advice: 'watch',
      summary: 'With all labels in, the relation between inputs and outcomes has not moved; the inputs have.',
    },
    decisionReason: 'told_kind_gone',
    correction: { told: 'concept_drift', incident: 'open' },
  };
}

export function approvalMail(): RunNews {
  return sampleRunNews('retrain_awaiting_approval', {
    expiresAtMs: sampleRequest().requestedAtMs + 24 * HOUR,
  });
}

export function retrainFailedMail(): RunNews {
  return sampleRunNews('retrain_failed', { reason: 'http status 503 (after 12 attempts)' });
}

/** Many features, long names, another channel: what makes a mail wide. */
export function crowdedMail(): IncidentNews {
  const base = covariateMail();
  const name = 'customer_lifetime_value_over_the_last_ninety_days_without_returns';
  const levels = Array.from({ length: 14 }, (_, index) => `category-number-${index}-with-a-long-name`);
  const features = Array.from({ length: 12 }, (_, index) =>
    sampleFeature(`${name}_${index}`, {
      kind: 'categorical',
      status: 'drift',
      drifted: true,
      severity: 'warning',
      metrics: { psi: 0.3 - index / 100 },
      counts: {
        bins: levels,
        reference: levels.map((_, at) => 500 - at * 30),
        current: levels.map((_, at) => 60 + at * 30),
      },
    }),
  );
  return {
    ...base,
    model: 'a_model_name_that_goes_on_and_on_because_someone_put_the_whole_team_into_it',
    features,
    timeline:
      base.timeline === null || base.timeline === undefined ? null : { ...base.timeline, name: `${name}_0` },
    insteadOf: {
      channel: 'oncall-pager',
      reason: 'undeliverable',
      detail: 'http status 503: the service is down for maintenance (after 12 attempts)',
    },
  };
}

export const SAMPLE_MAILS = {
  fault: faultMail,
  covariate: covariateMail,
  concept: conceptMail,
  mixed: mixedMail,
  reminder: reminderMail,
  resolved: resolvedMail,
  corrected: correctedMail,
  'retrain-approval': approvalMail,
  'retrain-failed': retrainFailedMail,
  crowded: crowdedMail,
} as const satisfies Record<string, () => Notification>;
