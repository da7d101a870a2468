import type { Clock } from '../../core/clock.ts';
import type { EvaluateMessage } from '../../core/jobs.ts';
import type { Log } from '../../core/log.ts';
import { LONGEST_SEASON_WINDOW_MS } from '../../core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../core/operational.ts';
import { describeTimePattern } from '../../diagnose/pattern/time-pattern.ts';
import { loadBaseline, type SharedBaseline } from '../../store/evaluation/baselines.ts';
import {
  beginEvaluation,
  claimRevision,
  loadEstimates,
  writeEvaluation,
  type WindowToEvaluate,
} from '../../store/evaluation/evaluations.ts';
import { loadHealthyOperations } from '../../store/evaluation/operational.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import type { RowSample } from '../../store/predictions/row-samples.ts';
import { loadSeason } from '../../store/evaluation/season-windows.ts';
import { foldParts, nextDeltaNumber } from '../../store/windows/window-parts.ts';
import { askForMatured, matureWindow } from '../../store/windows/windows.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { decideEvaluated } from '../incidents/decide-evaluated.ts';
import { logDecisions } from '../incidents/decided.ts';
import type { EvaluationInput, EvaluationOutput } from './evaluate-window.ts';
import { loadRowSample, type SampleOptions } from '../predictions/load-row-sample.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';
import { loadMaturityRule } from '../labels/load-maturity-rule.ts';
import { noteUnreadable } from '../windows/note-unreadable.ts';
import { type PartsToSum, type PartSums, sumWindowParts } from '../windows/sum-parts.ts';
import { readContent } from '../windows/window-content.ts';
import { withTimePatterns, type DescribePattern } from './series-pattern.ts';

export interface EvaluatorOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  /** Absent: each is loaded when it is needed. */
  readonly baselines?: { load(id: number): Promise<SharedBaseline> };
  /** Runs `evaluateWindow`, in a thread of its own so that Kafka's heartbeat does not wait for statistics. */
  readonly compute: (input: EvaluationInput) => Promise<EvaluationOutput>;
  /** Adds parts up, in a thread too. Absent: right here. */
  readonly sumParts?: (input: PartsToSum) => Promise<PartSums>;
  /** Takes rows out of chunks, in a thread too. Absent: right here. */
  readonly repack?: SampleOptions['repack'];
  /** Looks for the pattern of many windows over time, in a thread too. Absent: right here. */
  readonly describePattern?: DescribePattern;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stored rows that the row-based tests see beside the window's own sample: labelled ones decide about the concept. */
const CLOSED_ROWS = 2_000;
const MATURED_ROWS = 20_000;
/** Fewer parts than this are not worth rewriting. */
const FOLD_FROM_PARTS = 8;

/** `overtaken`: another evaluation that had seen more has written its verdict meanwhile. */
export type EvaluationOutcome = 'evaluated' | 'overtaken' | 'not_closed' | 'model_not_configured';

/**
 * Evaluates one window: adds up its deltas, compares, diagnoses, and writes measurements, verdict, alert and
 * what follows in one transaction. May be repeated at any time: it then adds a revision and decides nothing twice.
 */
export async function evaluate(
  options: EvaluatorOptions,
  { windowId, series }: EvaluateMessage,
): Promise<EvaluationOutcome> {
  const { pool, catalog, compute, clock, log } = options;
  const window = await beginEvaluation(pool, windowId);
  if (window === null) return 'not_closed';
  const model = catalog.model(window.modelName);
  if (model === null) return 'model_not_configured';
  const baseline = await readBaseline(options, window);
  const sumParts = options.sumParts ?? (async (input) => sumWindowParts(input));
  const content = await readContent(pool, window.id, { task: model.spec.task, baseline, sumParts });
  // What labels say is held against what the closed verdict expected: it is never newer than that.
  const deltas = series === 'closed' ? content.deltas : window.closedDeltas;
  const output = await compute({
    series,
    task: model.spec.task,
    positiveClass: model.spec.positiveClass,
    minRows: model.spec.minRows,
    minLabelled: model.spec.labels.minLabelled,
    multivariate: model.spec.multivariate ?? true,
    baseline,
    parts: content.parts,
    operational: await readOperational(pool, window, model),
    stored: await readStored(options, window, model, series === 'matured'),
    maturity: await loadMaturityRule(
      pool,
      window,
      series,
      model.spec,
      catalog.watermark(model.id) ?? clock.nowMs(),
    ),
    earlier: series === 'matured' ? await loadEstimates(pool, window.id) : new Map(),
    ...(await readSeason(pool, window, model)),
    startMs: window.startMs,
  });
  const describe = options.describePattern ?? (async (windows) => describeTimePattern(windows));
  const segments = await withTimePatterns(pool, window, series, output.segments, describe);
  const decisions = await inTransaction(pool, async (tx) => {
    const revision = await claimRevision(tx, window.id, series, deltas);
    if (revision === null) return null;
    // One instant for the verdict and what is decided on it: a backtest goes by it.
    const nowMs = clock.nowMs();
    await writeEvaluation(tx, window, series, revision, segments, nowMs);
    const unreadable = [...content.unreadable, ...output.unreadable];
    await noteUnreadable(tx, log, { windowId: window.id, model: window.modelName }, unreadable);
    const out = new Set(unreadable.map(({ id }) => id));
    // What feeds a window is folded where it belongs.
    if (window.paneMs === null && content.ids.length - out.size >= FOLD_FROM_PARTS) {
      const number = await nextDeltaNumber(tx);
      await foldParts(
        tx,
        window.id,
        content.ids.filter((id) => !out.has(id)),
        output.folded.map((part) => ({
          ...part,
          windowId: window.id,
          source: 'folded',
          partition: 0,
          from: number,
          to: number + 1n,
        })),
      );
    }
    if (series === 'closed' && isComplete(output)) await matureWindow(tx, window.id);
    await askForMatured(tx, window.id);
    const evaluated = {
      ...window,
      windowId: String(window.id),
      series,
      revision,
      segments: output.segments.map(({ segment }) => segment),
    };
    return await decideEvaluated(tx, evaluated, model.spec, nowMs);
  });
  if (decisions === null) return 'overtaken';
  const whole = output.segments[0];
  log.info(
    {
      model: window.modelName,
      version: window.versionName,
      window: new Date(window.startMs).toISOString(),
      series,
      rows: whole?.rows ?? 0,
      verdict: whole?.diagnosis.verdict,
    },
    'window evaluated',
  );
  logDecisions(log, { model: window.modelName, version: window.versionName }, decisions);
  return 'evaluated';
}

/** Labels are all in as far as history tells, and the model does not insist on its `mature_after`. */
function isComplete({ segments }: EvaluationOutput): boolean {
  const whole = segments.find(({ segment }) => segment === WHOLE);
  const maturity = whole?.compared.performance?.maturity;
  return maturity?.state === 'mature' && maturity.reason === 'labels_complete';
}

async function readBaseline(
  { pool, baselines }: EvaluatorOptions,
  { baselineId }: WindowToEvaluate,
): Promise<EvaluationInput['baseline']> {
  if (baselineId === null) return null;
  return baselines === undefined ? await loadBaseline(pool, baselineId) : await baselines.load(baselineId);
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
  return { seasonal: { by: seasonal.by, ...(await loadSeason(pool, window, seasonal)) } };
}

/** Predictions that are kept have labels and probabilities, which the sample among the parts does not. */
async function readStored(
  { pool, repack }: Pick<EvaluatorOptions, 'pool' | 'repack'>,
  window: WindowToEvaluate,
  model: CatalogModel,
  matured: boolean,
): Promise<RowSample> {
  if (!model.spec.storePredictions || window.baselineId === null) return { rows: [], chunks: new Map() };
  return await loadRowSample(pool, window, matured ? MATURED_ROWS : CLOSED_ROWS, {
    featuresApart: model.spec.featuresFrom === 'features',
    labelledFirst: matured,
    repack,
  });
}
