import type { Clock } from '../../core/clock.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { EvaluateMessage } from '../../core/jobs.ts';
import type { Log } from '../../core/log.ts';
import { LONGEST_SEASON_WINDOW_MS, type ModelSpec } from '../../core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../core/operational.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { loadBaseline, type SharedBaseline } from '../../store/evaluation/baselines.ts';
import {
  beginEvaluation,
  type BegunEvaluation,
  loadEstimates,
  type WindowToEvaluate,
} from '../../store/evaluation/evaluations.ts';
import { loadHealthyOperations } from '../../store/evaluation/operational.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { StoredSample } from '../../store/predictions/row-samples.ts';
import { loadSeason } from '../../store/evaluation/season-windows.ts';
import { loadHabits } from '../../store/evaluation/column-habits.ts';
import { eventsWithin } from '../../judge/known-events.ts';
import { SERVICE_POLICY } from '../../judge/policy.ts';
import { HARDLY_QUIET, MOST_EARLIER, NOTHING_EARLIER } from '../../judge/windows-before.ts';
import { loadEarlierCounts } from '../../store/evaluation/earlier-counts.ts';
import type { EvaluationInput, EvaluationOutput } from './evaluate-window.ts';
import { loadRowSample, type SampleOptions } from '../predictions/load-row-sample.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';
import { loadMaturityRule } from '../labels/load-maturity-rule.ts';
import { type PartsToSum, type PartSums, sumStoredParts } from '../windows/sum-parts.ts';
import { readContent, type WindowContent } from '../windows/window-content.ts';
import type { DescribePattern } from './series-pattern.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { seasonRanges } from '../../window/season-ranges.ts';

export interface EvaluatorOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  /** Absent: each is loaded when it is needed. */
  readonly baselines?: { load(id: number, asOf: number): Promise<SharedBaseline> };
  /** Runs `evaluateWindow`, in a thread of its own so that Kafka's heartbeat does not wait for statistics. */
  readonly compute: (input: EvaluationInput) => Promise<EvaluationOutput>;
  /** Adds parts up, in a thread too. Absent: right here. */
  readonly sumParts?: (input: PartsToSum) => Promise<PartSums>;
  /** Takes rows out of chunks, in a thread too. Absent: right here. */
  readonly repack?: SampleOptions['repack'];
  /** Looks for the pattern of many windows over time, in a thread too. Absent: right here. */
  readonly describePattern?: DescribePattern;
  /** Before an evaluation takes as much memory as it has taken already. */
  readonly beforeMore?: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** `overtaken`: another evaluation that had seen more has written its verdict meanwhile. */
export type EvaluationOutcome = 'evaluated' | 'overtaken' | 'not_closed' | 'model_not_configured';

/** A closed window with everything that is needed to judge it. */
export interface LoadedWindow {
  readonly window: BegunEvaluation;
  readonly series: EvaluationSeries;
  readonly spec: ModelSpec;
  readonly content: Pick<WindowContent, 'ids' | 'unreadable'>;
  /** How much of it the verdict has seen. */
  readonly deltas: number;
  /** Once it is judged, without what only that needed. */
  input: EvaluationInput;
}

const NO_SAMPLE: StoredSample = { rows: [], chunks: new Map() };

/** Adds up the parts of a window, and reads beside them what its model was trained on, expects and remembers. */
export async function loadWindow(
  options: EvaluatorOptions,
  { windowId, series }: Pick<EvaluateMessage, 'windowId' | 'series'>,
): Promise<Result<LoadedWindow, 'not_closed' | 'model_not_configured'>> {
  const { pool, catalog, clock } = options;
  const window = await beginEvaluation(pool, windowId);
  if (window === null) return fail('not_closed');
  if (catalog.asOf !== window.asOf) await catalog.keepUp();
  const model = catalog.model(window.modelName);
  if (model === null) return fail('model_not_configured');
  const { spec } = model;
  const baseline = await readBaseline(options, window);
  const sumParts = options.sumParts ?? (async (input) => sumStoredParts(input));
  const { parts, ...content } = await readContent(pool, window.id, { task: spec.task, baseline, sumParts });
  const now = catalog.watermark(model.id) ?? clock.nowMs();
  return ok({
    window,
    series,
    spec,
    content,
    // What labels say is held against what the closed verdict expected: it is never newer than that.
    deltas: series === 'closed' ? content.deltas : window.closedDeltas,
    input: {
      series,
      task: spec.task,
      positiveClass: spec.positiveClass,
      minRows: spec.minRows,
      minLabelled: spec.labels.minLabelled,
      ...(spec.minCount !== undefined && { minCount: spec.minCount }),
      ...(spec.features !== undefined && { features: spec.features }),
      multivariate: spec.multivariate ?? true,
      baseline,
      parts,
      operational: await readOperational(pool, window, model),
      stored: await readStored(options, window, model, series === 'matured'),
      maturity: await loadMaturityRule(pool, window, series, spec, now),
      earlier: series === 'matured' ? await loadEstimates(pool, window.id) : new Map(),
      ...(await readSeason(pool, window, model)),
      startMs: window.startMs,
      events: eventsWithin(spec.calendar ?? [], window),
      ...(spec.timeZone !== undefined && { timeZone: spec.timeZone }),
      learned:
        window.baselineId === null
          ? new Map()
          : await loadHabits(pool, { baselineId: window.baselineId, sizeMs: window.sizeMs }),
      ...(await readBefore(pool, { window, series }, model)),
    },
  });
}

/**
 * Compare and diagnose, in a thread of their own so that Kafka's heartbeat does not wait for statistics. Rows and segments
 * are let go of: they are tens of megabytes, and what its incident says together takes as much again.
 */
export async function judgeLoaded(
  { compute, beforeMore }: Pick<EvaluatorOptions, 'compute' | 'beforeMore'>,
  loaded: LoadedWindow,
): Promise<EvaluationOutput> {
  beforeMore?.();
  const output = await compute(loaded.input);
  const parts = loaded.input.parts.filter(({ segment }) => segment === WHOLE);
  loaded.input = { ...loaded.input, parts, stored: NO_SAMPLE };
  return output;
}

/** Counts of features in earlier windows that are read for one window: of 500 features those of thirty windows. */
const MOST_EARLIER_COUNTS = 15_000;

/**
 * The windows that this one is looked at together with. Of a model with seasons none: each hour differs from the training
 * data, and its own season is what it is compared with. Where several windows are judged at once, one that follows another
 * may be looked at without it.
 */
async function readBefore(
  pool: Pool,
  { window, series }: Pick<LoadedWindow, 'window' | 'series'>,
  { spec }: CatalogModel,
): Promise<Pick<EvaluationInput, 'before' | 'around'>> {
  if (window.baselineId === null || spec.seasonal !== undefined)
    return { before: NOTHING_EARLIER, around: NOTHING_EARLIER };
  const most = { windows: MOST_EARLIER, counts: MOST_EARLIER_COUNTS, quietP: HARDLY_QUIET };
  const { since, all } = await loadEarlierCounts(pool, window, most);
  return { before: series === 'closed' ? since : NOTHING_EARLIER, around: all };
}

async function readBaseline(
  { pool, baselines }: EvaluatorOptions,
  { baselineId, asOf }: BegunEvaluation,
): Promise<EvaluationInput['baseline']> {
  if (baselineId === null) return null;
  return baselines === undefined
    ? await loadBaseline(pool, baselineId)
    : await baselines.load(baselineId, asOf);
}

async function readOperational(
  pool: Pool,
  window: WindowToEvaluate,
  { spec }: CatalogModel,
): Promise<EvaluationInput['operational']> {
  const operational = spec.operational ?? DEFAULT_OPERATIONAL;
  const { baselineWindows } = operational;
  return {
    spec: operational,
    seconds: (window.endMs - window.startMs) / 1_000,
    earlier:
      baselineWindows === 0
        ? new Map()
        : await loadHealthyOperations(pool, window, { windows: baselineWindows, minRows: spec.minRows }),
  };
}

/** Windows of so many rows begin whenever, and long ones hold every season: they have none. */
async function readSeason(
  pool: Pool,
  window: WindowToEvaluate,
  { spec: { seasonal } }: CatalogModel,
): Promise<Pick<EvaluationInput, 'seasonal'>> {
  if (seasonal === undefined || window.baselineId === null) return {};
  if (window.sizeMs < 0 || window.sizeMs > LONGEST_SEASON_WINDOW_MS[seasonal.by]) return {};
  const { by, timeZone } = seasonal;
  const ranges = seasonRanges(window.startMs, window.sizeMs, by, timeZone);
  return { seasonal: { by, ...(await loadSeason(pool, window, ranges)) } };
}

/** Predictions that are kept have labels and probabilities, which the sample among the parts does not. */
export async function readStored(
  { pool, repack }: Pick<EvaluatorOptions, 'pool' | 'repack'>,
  window: WindowToEvaluate,
  model: CatalogModel,
  matured: boolean,
): Promise<StoredSample> {
  if (!model.spec.storePredictions || window.baselineId === null) return NO_SAMPLE;
  const { windowRows } = SERVICE_POLICY;
  return await loadRowSample(pool, window, matured ? windowRows.matured : windowRows.closed, {
    featuresApart: model.spec.featuresFrom === 'features',
    labelledFirst: matured,
    repack,
  });
}
