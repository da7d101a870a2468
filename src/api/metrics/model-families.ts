import { VERDICTS } from '../../core/findings.ts';
import type { FeatureFigures, ModelFigures, VersionFigures } from '../../store/read-models/model-figures.ts';
import type { MetricSample, SampledFamily } from './fleet-registry.ts';

/** Which models are shown one by one, and how much of them. */
export interface ModelMetrics {
  readonly models: readonly string[];
  /** Of one model, the worst by effect. */
  readonly features: number;
  /** Of all models together. */
  readonly maxSeries: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (figures: ModelFigures, nowMs: number) => MetricSample[];
}

/** In the order in which they are left out where there are too many: the last first. */
export const MODEL_FAMILIES: readonly Family[] = [
  {
    name: 'shiftwatch_verdict',
    help: 'What was said of the newest judged window: 1 for the verdict that stands, 0 for the others.',
    labels: ['model', 'version', 'kind'],
    samples: ({ versions }) =>
      versions.flatMap(({ model, version, verdict }) =>
        VERDICTS.map((kind): MetricSample => [[model, version, kind], kind === verdict ? 1 : 0]),
      ),
  },
  {
    name: 'shiftwatch_verdict_confidence',
    help: 'How sure that verdict is, 0 to 1.',
    labels: ['model', 'version'],
    samples: ofVersions(({ confidence }) => confidence),
  },
  {
    name: 'shiftwatch_judged_window_end_timestamp_seconds',
    help: 'When the window ended that verdict, drift and estimates are of.',
    labels: ['model', 'version'],
    samples: ofVersions(({ endMs }) => endMs / 1_000),
  },
  {
    name: 'shiftwatch_judged_window_seconds',
    help: 'How long it is.',
    labels: ['model', 'version'],
    samples: ofVersions(({ sizeMs }) => sizeMs / 1_000),
  },
  {
    name: 'shiftwatch_incident_age_seconds',
    help: 'How long the oldest open incident of a kind has lasted: a verdict, `no_data` or `operational`.',
    labels: ['model', 'kind'],
    samples: ({ incidents }, nowMs) =>
      incidents.map(({ model, kind, sinceMs }) => [[model, kind], Math.max(0, nowMs - sinceMs) / 1_000]),
  },
  {
    name: 'shiftwatch_label_maturity',
    help: 'Share of the predictions that have a label, in the newest window judged by labels.',
    labels: ['model', 'version'],
    samples: ofVersions(({ labelled }) => labelled),
  },
  performance(
    'shiftwatch_performance',
    'How good the model is; `estimated`: without labels.',
    ({ value }) => value,
  ),
  performance(
    'shiftwatch_performance_low',
    'Lower end of its 95 % interval.',
    ({ interval }) => interval?.[0],
  ),
  performance(
    'shiftwatch_performance_high',
    'Upper end of its 95 % interval.',
    ({ interval }) => interval?.[1],
  ),
  feature(
    'shiftwatch_drift_effect',
    'How far a feature moved: Jensen-Shannon distance to the baseline.',
    ({ effect }) => effect,
  ),
  feature(
    'shiftwatch_drift_q',
    'How likely such a move is by chance, adjusted for all features tested.',
    ({ q }) => q,
  ),
  feature(
    'shiftwatch_missing_share',
    'Share of the rows in which a feature is missing.',
    ({ missing }) => missing,
  ),
];

export const LEFT_OUT = {
  name: 'shiftwatch_metrics_series_left_out',
  help: 'Series of models that are not shown, because of metrics.features or metrics.max_series.',
  labels: [],
} as const;

/** As many series as may be shown, and how many more there are. */
export function modelFamilies(
  figures: ModelFigures,
  { maxSeries }: ModelMetrics,
  nowMs: number,
): SampledFamily[] {
  let room = maxSeries;
  let leftOut = figures.leftOut;
  const families = MODEL_FAMILIES.map((family): SampledFamily => {
    const all = family.samples(figures, nowMs);
    const samples = all.slice(0, room);
    room -= samples.length;
    leftOut += all.length - samples.length;
    return { ...family, samples };
  });
  return [...families, { ...LEFT_OUT, samples: [[[], leftOut]] }];
}

function ofVersions(figure: (version: VersionFigures) => number | null): Family['samples'] {
  return ({ versions }) =>
    versions.flatMap((each): MetricSample[] => known([each.model, each.version], figure(each)));
}

type Read = (figure: VersionFigures['realised'][string]) => number | null | undefined;

function performance(name: string, help: string, read: Read): Family {
  const samples: Family['samples'] = ({ versions }) =>
    versions.flatMap((each) =>
      (['realised', 'estimated', 'holdout'] as const).flatMap((source) =>
        Object.entries(each[source]).flatMap(([metric, figure]) =>
          known([each.model, each.version, metric, source], read(figure)),
        ),
      ),
    );
  return { name, help, labels: ['model', 'version', 'metric', 'source'], samples };
}

function feature(name: string, help: string, read: (figures: FeatureFigures) => number | null): Family {
  const samples: Family['samples'] = ({ features }) =>
    features.flatMap((each) => known([each.model, each.version, each.feature], read(each)));
  return { name, help, labels: ['model', 'version', 'feature'], samples };
}

/** What is not known is absent. */
function known(labels: readonly string[], value: number | null | undefined): MetricSample[] {
  return typeof value === 'number' ? [[labels, value]] : [];
}
