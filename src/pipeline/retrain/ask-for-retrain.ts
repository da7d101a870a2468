import { runNews } from '../../act/retrain/run-news.ts';
import type { AlertState } from '../../core/alerts/alert.ts';
import type { Diagnosis, Performance } from '../../core/findings.ts';
import type { RequestIncident, RetrainRequest, RetrainTrigger } from '../../core/jobs.ts';
import type { ModelSpec, RetrainSpec } from '../../core/model.ts';
import type { RetrainState } from '../../core/retrain/state.ts';
import type { TrainingRange } from '../../core/retrain/training-range.ts';
import {
  decideRetrain,
  enoughToTrainOn,
  type RetrainDecision,
  type RetrainReason,
  stateOfRequest,
} from '../../decide/decide-retrain.ts';
import { changeToTrainFrom, suggestTrainingRange } from '../../decide/suggest-training-range.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import { appendOutbox } from '../../store/outbox/outbox.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { loadRetrainHistory, lockRetrainDecision } from '../../store/retrain/history.ts';
import { createRetrainRun, type RunBegin } from '../../store/retrain/runs.ts';
import {
  loadIncidentWindows,
  loadTrainingHistory,
  smallestWindowSize,
} from '../../store/retrain/training-windows.ts';
import { notifyChannels } from '../messages/notify-channels.ts';

/** One occasion on which a retraining may be asked for. */
export interface RetrainAsk {
  readonly model: ModelSpec;
  readonly modelVersionId: number;
  readonly versionName: string;
  readonly nowMs: number;
  /** What is known of the newest, or the deciding, window. */
  readonly finding: {
    readonly windowId: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly diagnosis: Diagnosis;
    readonly performance: Performance | null;
  } | null;
  /** The series whose alert was stepped, and that alert; null when no window is the occasion. */
  readonly incident: {
    readonly key: AlertSeriesKey;
    readonly alert: AlertState | null;
    readonly alertId: string | null;
  } | null;
  readonly scheduleDue: boolean;
  readonly byHand?: { readonly force: boolean; readonly by: string; readonly comment: string | null };
  /** The same occasion has the same run, so that a repeated transaction cannot ask twice. */
  readonly runId: (trigger: RetrainTrigger) => string;
  /** In place of the finding's own. */
  readonly summary?: string;
}

export interface RetrainAnswer {
  readonly reason: RetrainReason;
  readonly decision: RetrainDecision;
  /** Null: nothing was asked for, because of `reason`. */
  readonly run: { readonly state: RetrainState; readonly request: RetrainRequest } | null;
}

/**
 * Decides whether to ask for a retraining, and writes what follows: the run, and the request to be sent or the message to
 * those who have to approve it. However many ask at once, one run comes of it.
 */
export async function askForRetrain(tx: Tx, ask: RetrainAsk): Promise<RetrainAnswer> {
  const spec = ask.model.retrain;
  const first = await decide(tx, ask);
  if (spec === null || first.request === null) return declined(first);
  await lockRetrainDecision(tx, ask.modelVersionId);
  // Whoever held the lock may have asked.
  const decision = await decide(tx, ask);
  if (decision.request === null) return declined(decision);
  const training = await trainingRange(tx, ask, spec);
  const minLabels = spec.minLabels ?? ask.model.labels.minLabelled;
  if (training !== null && ask.byHand?.force !== true && !enoughToTrainOn(training, minLabels)) {
    return { ...declined(decision), reason: 'too_few_labels' };
  }
  const request = await requestOf(tx, ask, decision.request, training);
  const begin = beginOf(spec, ask.nowMs);
  const created = await createRetrainRun(tx, ask.modelVersionId, spec.webhook, request, begin);
  if (!created.ok) return { ...declined(decision), reason: created.error.reason };
  await passOn(tx, ask.model, spec, request, begin, ask.nowMs);
  return { reason: decision.reason, decision, run: { state: begin.state, request } };
}

function declined(decision: RetrainDecision): RetrainAnswer {
  return { reason: decision.reason, decision, run: null };
}

async function decide(tx: Tx, ask: RetrainAsk): Promise<RetrainDecision> {
  const { model, nowMs, finding, incident, byHand } = ask;
  return decideRetrain(
    {
      spec: model.retrain,
      labels: model.labels,
      types: finding?.diagnosis.types ?? [],
      alert: incident?.alert ?? null,
      performance: finding?.performance ?? null,
      scheduleDue: ask.scheduleDue,
      ...(byHand !== undefined && { byHand }),
      history: await loadRetrainHistory(tx, ask.modelVersionId, {
        nowMs,
        countDryRuns: model.retrain?.dryRun === true,
      }),
    },
    nowMs,
  );
}

/** Without a baseline to go by, this many times the least is enough. */
const TIMES_THE_LEAST = 10;

/** Null: nothing of this version has been evaluated yet. */
async function trainingRange(tx: Tx, ask: RetrainAsk, spec: RetrainSpec): Promise<TrainingRange | null> {
  const { model, modelVersionId, finding, incident } = ask;
  const sizeMs = incident?.key.sizeMs ?? (await smallestWindowSize(tx, modelVersionId));
  if (sizeMs === null) return null;
  const { windows, baseline, labelsKnown, keptSinceMs } = await loadTrainingHistory(
    tx,
    modelVersionId,
    sizeMs,
  );
  const least = Math.max(spec.minLabels ?? 0, model.labels.minLabelled);
  const trainedOn = labelsKnown ? baseline.labels : baseline.rows;
  return suggestTrainingRange(windows, {
    ...(finding === null
      ? { change: null, bothSidesOfMs: null }
      : changeToTrainFrom(finding.diagnosis, incident?.alert?.sinceMs ?? finding.startMs)),
    enough: Math.max(least, trainedOn ?? TIMES_THE_LEAST * least),
    labelsKnown,
    keptSinceMs,
  });
}

async function requestOf(
  tx: Tx,
  ask: RetrainAsk,
  decided: { readonly trigger: RetrainTrigger; readonly reason: string },
  training: TrainingRange | null,
): Promise<RetrainRequest> {
  const { model, finding, byHand } = ask;
  return {
    runId: ask.runId(decided.trigger),
    model: model.name,
    modelVersion: ask.versionName,
    trigger: decided.trigger,
    reason: decided.reason,
    requestedAtMs: ask.nowMs,
    window:
      finding === null ? null : { id: finding.windowId, startMs: finding.startMs, endMs: finding.endMs },
    verdict: finding?.diagnosis.verdict ?? null,
    advice: finding?.diagnosis.advice ?? null,
    summary: ask.summary ?? finding?.diagnosis.summary ?? '',
    evidence: finding?.diagnosis.evidence ?? [],
    performance: finding?.performance ?? null,
    incident: await incidentOf(tx, ask),
    training,
    dataStored: model.storePredictions,
    requestedBy: byHand?.by ?? null,
    comment: byHand?.comment ?? null,
  };
}

async function incidentOf(tx: Tx, { incident, finding }: RetrainAsk): Promise<RequestIncident | null> {
  if (incident?.alert == null || incident.alertId === null || finding === null) return null;
  const { sinceMs } = incident.alert;
  const windows = await loadIncidentWindows(tx, incident.key, sinceMs, finding.endMs);
  return { id: incident.alertId, sinceMs, ...windows };
}

function beginOf(spec: RetrainSpec, nowMs: number): RunBegin {
  const state = stateOfRequest(spec);
  if (state !== 'awaiting_approval') return { state };
  return { state, expiresAtMs: nowMs + (spec.approval?.expiresAfterMs ?? 0) };
}

async function passOn(
  tx: Tx,
  model: ModelSpec,
  spec: RetrainSpec,
  request: RetrainRequest,
  begin: RunBegin,
  nowMs: number,
): Promise<void> {
  if (begin.state === 'requested') {
    await sendRetrain(tx, spec.webhook, request);
    return;
  }
  const kind = `retrain_${begin.state}` as const;
  const expiresAtMs = begin.state === 'dry_run' ? null : begin.expiresAtMs;
  const retrain = { state: begin.state, reason: request.reason };
  await notifyChannels(tx, model, runNews(request, { kind, retrain, expiresAtMs }), nowMs);
}

/** One message a run, whoever writes it and however often. */
export async function sendRetrain(tx: Tx, webhook: string, request: RetrainRequest): Promise<void> {
  await appendOutbox(tx, { kind: 'retrain', webhook, request }, `retrain:${request.runId}`);
}
