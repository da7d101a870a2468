import { createHash } from 'node:crypto';
import { decideRetrain } from '../decide/decide-retrain.ts';
import type { DecidedWindow } from '../decide/decided-window.ts';
import { stepAlert, type AlertStep } from '../decide/step-alert.ts';
import type { Diagnosis, FeatureComparison } from '../core/findings.ts';
import type { Notification, RetrainRequest } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import {
  advanceAlertCursor,
  appendAlertEvent,
  lockAlertSeries,
  saveAlert,
  type AlertSeriesKey,
} from '../store/alerts.ts';
import { loadFeatureComparisons, loadUndecided, type UndecidedWindow } from '../store/evaluations.ts';
import { appendOutbox } from '../store/outbox.ts';
import type { Tx } from '../store/pool.ts';
import { createRetrainRun, lastRetrainRunAtMs, openRetrainRun } from '../store/retrain-runs.ts';
import { notifyChannels } from './notify-channels.ts';

export interface SeriesContext {
  readonly key: AlertSeriesKey;
  readonly model: ModelSpec;
  readonly versionName: string;
  readonly nowMs: number;
}

/** At most this many windows are decided in one transaction; the rest follow with the next evaluation. */
const MAX_STEPS = 500;

/**
 * Steps a series' alert through every window that has been evaluated and not decided, strictly in order of
 * time, and writes what follows from it: the incident, its events, mails and a retrain run. A window whose
 * evaluation is still missing stops the walk; its own evaluation will go on from there. So the outcome does not
 * depend on which evaluator finishes first.
 */
export async function decideSeries(tx: Tx, context: SeriesContext): Promise<void> {
  const { key } = context;
  const locked = await lockAlertSeries(tx, key);
  let alert = locked.alert;
  let alertId = locked.alert?.id ?? null;
  for (const window of await loadUndecided(tx, key, locked.decidedUntilMs, MAX_STEPS)) {
    if (!window.evaluated) break;
    if (window.diagnosis !== null) {
      const { diagnosis } = window;
      const step = stepAlert(
        alert,
        { id: window.windowId, startMs: window.startMs, ...newsOf(diagnosis, key.series) },
        { forWindows: context.model.alerts.forWindows, remindEveryMs: context.model.alerts.remindEveryMs },
        context.nowMs,
      );
      alertId = await record(tx, context, window, diagnosis, step, alertId);
      alert = step.next === null || alertId === null ? null : { ...step.next, ...key, id: alertId };
      if (step.next?.state === 'resolved') {
        alert = null;
        alertId = null;
      }
    }
    await advanceAlertCursor(tx, key, window.startMs + 1);
  }
}

/**
 * What a window's verdict is to its series. A fault shows without labels: the closed series has told people by the
 * time labels are in, and the matured one has nothing to add. There it neither counts nor resets.
 */
export function newsOf(
  { verdict, types }: Diagnosis,
  series: AlertSeriesKey['series'],
): Pick<DecidedWindow, 'verdict' | 'types'> {
  return series === 'matured' && verdict === 'data_fault'
    ? { verdict: 'undetermined', types: [] }
    : { verdict, types };
}

/** Writes one step; returns the incident's id. */
async function record(
  tx: Tx,
  context: SeriesContext,
  window: UndecidedWindow,
  diagnosis: Diagnosis,
  step: AlertStep,
  knownId: string | null,
): Promise<string | null> {
  let alertId = knownId;
  if (step.next !== null && step.event.kind !== 'none') {
    alertId = await saveAlert(tx, context.key, knownId, step.next);
    await appendAlertEvent(tx, alertId, {
      atMs: context.nowMs,
      ...step.event,
      windowId: window.windowId,
      details: { verdict: diagnosis.verdict, types: diagnosis.types, summary: diagnosis.summary },
    });
  }
  const retrain = await requestRetrain(tx, context, window, diagnosis, step, alertId);
  if (step.notify !== null && step.next !== null && alertId !== null) {
    const features = await loadFeatureComparisons(
      tx,
      window.windowId,
      context.key.series,
      context.key.segment,
    );
    const notification: Notification = {
      kind: step.notify,
      ...describeWindow(context, window, diagnosis, features, alertId),
      firedVerdict: step.next.firedVerdict,
      sinceMs: step.next.sinceMs,
      windowsInARow: step.next.windowsInARow,
      decisionReason: step.event.reason,
      nextReminderAtMs: step.next.nextReminderAtMs,
      retrain,
    };
    await notifyChannels(tx, context.model, notification, context.nowMs);
  }
  return alertId;
}

export function describeWindow(
  { key, model, versionName }: SeriesContext,
  window: UndecidedWindow,
  diagnosis: Diagnosis,
  features: readonly FeatureComparison[],
  incidentId: string,
): Omit<
  Notification,
  'kind' | 'firedVerdict' | 'sinceMs' | 'windowsInARow' | 'decisionReason' | 'nextReminderAtMs' | 'retrain'
> {
  return {
    incidentId,
    model: model.name,
    modelVersion: versionName,
    segment: key.segment,
    series: key.series,
    windowId: window.windowId,
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
    rows: window.rows,
    diagnosis,
    features,
    performance: window.performance,
    operational: window.operational ?? null,
  };
}

async function requestRetrain(
  tx: Tx,
  context: SeriesContext,
  window: UndecidedWindow,
  diagnosis: Diagnosis,
  step: AlertStep,
  alertId: string | null,
): Promise<Notification['retrain']> {
  const { key, model, nowMs } = context;
  // A segment's drift is news for people; a retraining is about the whole model.
  if (model.retrain === null || key.segment !== '') return null;
  const open = await openRetrainRun(tx, key.modelVersionId);
  const decision = decideRetrain(
    {
      spec: model.retrain,
      labels: model.labels,
      types: diagnosis.types,
      alert: step.next,
      performance: window.performance,
      scheduleDue: false,
      hasOpenRun: open !== null,
      lastRunAtMs: await lastRetrainRunAtMs(tx, key.modelVersionId),
    },
    nowMs,
  );
  if (decision.request === null) {
    return { state: open === null ? 'not_requested' : open.state, reason: decision.reason };
  }
  const request = retrainRequest(context, window, diagnosis, decision.request);
  const created = await createRetrainRun(tx, key.modelVersionId, model.retrain.webhook, request);
  if (!created.ok) return { state: 'not_requested', reason: created.error.reason };
  await appendOutbox(
    tx,
    { kind: 'retrain', webhook: model.retrain.webhook, request },
    `retrain:${request.runId}`,
  );
  if (alertId !== null) {
    await appendAlertEvent(tx, alertId, {
      atMs: nowMs,
      kind: 'retrain_requested',
      reason: decision.reason,
      windowId: window.windowId,
      details: { run_id: request.runId },
    });
  }
  return { state: 'requested', reason: decision.reason };
}

function retrainRequest(
  { key, model, versionName, nowMs }: SeriesContext,
  window: UndecidedWindow,
  diagnosis: Diagnosis,
  decided: { trigger: RetrainRequest['trigger']; reason: string },
): RetrainRequest {
  return {
    runId: runId(key, window.windowId, decided.trigger),
    model: model.name,
    modelVersion: versionName,
    trigger: decided.trigger,
    reason: decided.reason,
    requestedAtMs: nowMs,
    window: { id: window.windowId, startMs: window.startMs, endMs: window.endMs },
    verdict: diagnosis.verdict,
    advice: diagnosis.advice,
    summary: diagnosis.summary,
    evidence: diagnosis.evidence,
    performance: window.performance,
  };
}

/** The same decision has the same run id, so that a repeated transaction cannot ask twice. */
export function runId(
  key: Pick<AlertSeriesKey, 'modelVersionId' | 'sizeMs' | 'series'>,
  occasion: string,
  trigger: string,
): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([key.modelVersionId, key.sizeMs, key.series, occasion, trigger]))
    .digest();
  // Shaped as a UUID of version 8 (free-form), which is what Postgres' column wants.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
