import { judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { ShiftKind } from '../../core/findings.ts';
import type { JoinedVerdict } from '../../core/alerts/joined-verdict.ts';
import { FIGURES_OF_LOSS, successOf, windowsOfLoss } from '../../judge/loss-together.ts';
import { movedIn, movedInMost } from '../../judge/moved-in-most.ts';
import { movedTogether } from '../../judge/pool-windows.ts';
import { isUnnamedLoss } from '../../judge/unnamed-loss.ts';
import { MOST_EARLIER, NOTHING_EARLIER } from '../../judge/windows-before.ts';
import type { EvaluatedSegment } from '../../store/evaluation/evaluations.ts';
import {
  type IncidentWindow,
  loadEarlierSuccess,
  loadJoinableWindows,
  loadMovedIn,
} from '../../store/evaluation/incident-windows.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { loadMaturityRule } from '../labels/load-maturity-rule.ts';
import { sumStoredParts } from '../windows/sum-parts.ts';
import { PIECE_BYTES, readContent } from '../windows/window-content.ts';
import type { EvaluationInput } from './evaluate-window.ts';
import { type EvaluatorOptions, type LoadedWindow, readStored } from './load-window.ts';

/** By then a verdict is as sharp as it gets, and reading more would only take longer. */
const MOST_ROWS = 1_000_000;
/** What changes within an incident has to show in so many windows, the last of them this one. */
const NEWEST_WINDOWS = 4;
const MOST_FEATURES = 50;

/** Evaluated segments with what the windows of an open incident say of all rows together. */
export async function withIncident(
  options: EvaluatorOptions,
  loaded: LoadedWindow,
  segments: readonly EvaluatedSegment[],
): Promise<EvaluatedSegment[]> {
  const whole = segments.find(({ segment }) => segment === WHOLE);
  const joined = whole === undefined ? null : await judgeIncident(options, loaded, whole);
  return segments.map((segment) => (joined !== null && segment === whole ? { ...segment, joined } : segment));
}

/**
 * The verdict on a window of an incident and on the incident's windows straight before it together, at most 32 and a million rows:
 * counts add, so that evidence does. Where the window shows a kind of shift that all of them together do not, the last four decide
 * whether something new has begun. Of all rows; null: there is no incident, or nothing of it can be put together.
 *
 * Cost: one more evaluation, two where a new kind shows or labels say a little.
 */
async function judgeIncident(
  options: EvaluatorOptions,
  loaded: LoadedWindow,
  own: EvaluatedSegment,
): Promise<JoinedVerdict | null> {
  if (loaded.window.baselineId === null || loaded.input.seasonal !== undefined) return null;
  const before = isOfIncident(own, loaded)
    ? await loadJoinableWindows(options.pool, loaded.window, loaded.series, MOST_EARLIER)
    : [];
  const joinable = straightBefore(before, loaded.window.startMs, own.rows);
  const all = joinable.length === 0 ? null : await judgeTogether(options, loaded, joinable, own);
  // What goes on for weeks, maybe told by another series, hides what its last days show: labels of these are looked at by themselves.
  const losing = namesLabels(all) ? null : await judgeLosing(options, loaded, own);
  if (losing !== null) return losing;
  if (all === null || joinable.length < NEWEST_WINDOWS || !showsMore(own.diagnosis.types, all)) return all;
  const newest = await judgeTogether(options, loaded, joinable.slice(0, NEWEST_WINDOWS - 1), own);
  return newest !== null && showsMore(newest.diagnosis.types, all) ? { ...newest, isNewest: true } : all;
}

/**
 * Where labels of several windows say a little of what each by itself does not: the verdict on all of them, if it is one of labels. Null
 * otherwise. Cost: one more evaluation in the one window of a hundred in which the model happens to be as much worse.
 */
async function judgeLosing(
  options: EvaluatorOptions,
  loaded: LoadedWindow,
  own: EvaluatedSegment,
): Promise<JoinedVerdict | null> {
  const { performance } = own.compared;
  if (loaded.series !== 'matured' || performance === null || own.diagnosis.faults.length > 0) return null;
  const before = await loadEarlierSuccess(options.pool, loaded.window, loaded.series, {
    figures: FIGURES_OF_LOSS,
    most: MOST_EARLIER,
  });
  const joinable = straightBefore(before, loaded.window.startMs, own.rows);
  const success = [
    ...joinable.toReversed().map((each) => each.success),
    successOf(own.diagnosis, performance, own.compared.label),
  ];
  const losing = windowsOfLoss(success);
  if (losing === null) return null;
  const all = await judgeTogether(options, loaded, joinable.slice(0, losing - 1), own);
  return all !== null && saysMoreOfLabels(all) ? { ...all, isNewest: true } : null;
}

function namesLabels(joined: JoinedVerdict | null): boolean {
  return joined !== null && joined.diagnosis.types.some((type) => OF_LABELS.has(type));
}

const OF_LABELS: ReadonlySet<ShiftKind> = new Set(['label_shift', 'concept_drift']);

/** Which of them it is, or that the model got worse and nobody knows why. */
function saysMoreOfLabels(joined: JoinedVerdict): boolean {
  return namesLabels(joined) || isUnnamedLoss(joined.diagnosis, joined.performance);
}

/**
 * A window whose data are broken, or that is as the training data were, says by itself what it is. Of a window that closed with labels only
 * these are asked: its inputs were when it closed, and what they show then goes on without what labels showed before.
 */
function isOfIncident(
  { diagnosis, compared }: EvaluatedSegment,
  { series }: Pick<LoadedWindow, 'series'>,
): boolean {
  const { types, advice } = diagnosis;
  if (types.includes('data_fault')) return false;
  if (series === 'matured') {
    const isOfLabels = types.some((type) => OF_LABELS.has(type)) || advice === 'retrain';
    return isOfLabels || isUnnamedLoss(diagnosis, compared.performance);
  }
  return types.length > 0 || movedTogether(compared.features).length > 0;
}

function showsMore(types: readonly ShiftKind[], { diagnosis }: JoinedVerdict): boolean {
  return types.some((type) => !diagnosis.types.includes(type));
}

/** Without gaps that a fault leaves, without rows that would count twice, and not too many. */
function straightBefore<W extends IncidentWindow>(
  before: readonly W[],
  startMs: number,
  ownRows: number,
): W[] {
  const joined: W[] = [];
  let rows = ownRows;
  let nextMs = startMs;
  for (const window of before) {
    rows += window.rows;
    if (window.isFaulty || window.endMs > nextMs || rows > MOST_ROWS) break;
    nextMs = window.startMs;
    joined.push(window);
  }
  return joined;
}

/** With the one that is judged. Those in which nothing came say nothing, and are none of those in a row either. */
export function windowsWithRows(before: readonly Pick<IncidentWindow, 'rows'>[]): number {
  return 1 + before.filter(({ rows }) => rows > 0).length;
}

async function judgeTogether(
  options: EvaluatorOptions,
  loaded: LoadedWindow,
  before: readonly IncidentWindow[],
  own: EvaluatedSegment,
): Promise<JoinedVerdict | null> {
  const windows = windowsWithRows(before);
  if (windows === 1) return null;
  const sinceMs = before.at(-1)!.startMs;
  options.beforeMore?.();
  const input = await joinedInput(options, loaded, before, own);
  options.beforeMore?.();
  const output = await options.compute(input);
  const whole = output.segments.find(({ segment }) => segment === WHOLE);
  if (whole === undefined) return null;
  const { types } = whole.diagnosis;
  const isLoss =
    own.diagnosis.types.length === 0 && isUnnamedLoss(whole.diagnosis, whole.compared.performance);
  const says = types.length > 0 || isLoss;
  // A fault is claimed by what one window does that none before it did.
  if (!says || types.includes('data_fault')) return null;
  const { time_pattern } = own.diagnosis;
  return {
    sinceMs,
    windows,
    rows: whole.rows,
    diagnosis: { ...whole.diagnosis, ...(time_pattern !== undefined && { time_pattern }) },
    performance: whole.compared.performance,
    features: whole.compared.features
      .filter(({ drifted }) => drifted)
      .toSorted((a, b) => (judgedPsi(b) ?? 0) - (judgedPsi(a) ?? 0))
      .slice(0, MOST_FEATURES),
  };
}

async function joinedInput(
  options: EvaluatorOptions,
  { window, series, spec, input }: LoadedWindow,
  before: readonly IncidentWindow[],
  own: EvaluatedSegment,
): Promise<EvaluationInput> {
  const { pool, catalog, clock } = options;
  const sinceMs = before.at(-1)!.startMs;
  const span = { ...window, startMs: sinceMs };
  const model = catalog.model(window.modelName);
  const nowMs = (model === null ? null : catalog.watermark(model.id)) ?? clock.nowMs();
  const said = await loadMovedIn(
    pool,
    before.map(({ id }) => id),
    series,
  );
  return {
    ...input,
    parts: await joinedParts(options, { spec, input }, before),
    stored: model === null ? input.stored : await readStored(options, span, model, series === 'matured'),
    maturity: await loadMaturityRule(pool, span, series, spec, nowMs),
    earlier: new Map(),
    before: NOTHING_EARLIER,
    around: NOTHING_EARLIER,
    startMs: sinceMs,
    together: [{ startMs: window.startMs, rows: own.rows }, ...before],
    movedAlone: movedInMost([movedIn(own.compared), ...said]),
  };
}

/** Of all rows. What is more than a piece is added up on the way, so that memory does not grow with the number of windows. */
async function joinedParts(
  { pool, sumParts = async (parts) => sumStoredParts(parts) }: EvaluatorOptions,
  { spec, input }: Pick<LoadedWindow, 'spec' | 'input'>,
  before: readonly IncidentWindow[],
): Promise<StoredPart[]> {
  const { task } = spec;
  const { baseline } = input;
  const counted = baseline === null ? null : { ...baseline, sample: null };
  let parts = [...input.parts];
  for (const { id } of before) {
    const content = await readContent(pool, id, { task, baseline, sumParts, segment: WHOLE });
    parts.push(...content.parts);
    if (parts.reduce((bytes, { delta }) => bytes + delta.length, 0) <= PIECE_BYTES) continue;
    const { sums } = await sumParts({ task, baseline: counted, parts });
    parts = sums.map((sum) => ({ ...sum, id: 0 }));
  }
  return parts;
}
