import type { AlertCause } from '../../core/alerts/alert.ts';
import { consequencesOf } from '../../decide/consequences.ts';
import type { DecidedWindow } from '../../decide/decided-window.ts';
import { stepUrgency } from '../../decide/step-urgency.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { RetrainReason } from '../../decide/decide-retrain.ts';
import { seriesStateAfter, stepAlert, type AlertStep } from '../../decide/step-alert.ts';
import {
  advanceAlertCursor,
  appendAlertEvent,
  lockAlertSeries,
  saveAlert,
  type AlertKey,
  type SeriesStanding,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import {
  loadFeatureComparisons,
  loadUndecided,
  type JudgedWindow,
} from '../../store/evaluation/evaluations.ts';
import { startOfEarlier } from '../../store/evaluation/earlier-counts.ts';
import { loadHeld } from '../../store/alerts/held-notifications.ts';
import { loadUrgency, noteGraveWindows } from '../../store/alerts/incident-urgency.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { openRetrainRun } from '../../store/retrain/runs.ts';
import { askForRetrain } from '../retrain/ask-for-retrain.ts';
import type { Decided } from './decided.ts';
import type { NotTold } from '../messages/hold-back.ts';
import { describeWindow, type SeriesContext } from '../messages/describe-window.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import { seenTogether } from '../messages/seen-together.ts';
import { runId } from '../retrain/run-id.ts';
import { causesOf, readWindow } from './window-facts.ts';

/** At most this many windows are decided in one transaction; the rest follow with the next evaluation. */
const MAX_STEPS = 500;

/**
 * Steps a series' alerts through every window that has been evaluated and not decided, strictly in order of
 * time, and writes what follows from it: the incidents, their events, mails and a retrain run. A window whose
 * evaluation is still missing stops the walk; its own evaluation will go on from there. So the outcome does not
 * depend on which evaluator finishes first. Returns what was decided, for the log.
 */
export async function decideSeries(tx: Tx, context: SeriesContext): Promise<Decided[]> {
  const { key } = context;
  const { alerts, decidedUntilMs } = await lockAlertSeries(tx, key);
  const open = new Map(alerts);
  const decided: Decided[] = [];
  for (const window of await loadUndecided(tx, key, decidedUntilMs, MAX_STEPS)) {
    if (!window.evaluated) break;
    let standing: SeriesStanding | null = null;
    if (window.diagnosis !== null) {
      standing = await decideWindow(tx, context, { ...window, diagnosis: window.diagnosis }, open, decided);
    }
    await advanceAlertCursor(tx, key, window.startMs + 1, standing);
  }
  return decided;
}

/** Steps the incidents of every cause; `open` is what they were before and are after. */
async function decideWindow(
  tx: Tx,
  context: SeriesContext,
  alone: JudgedWindow,
  open: Map<AlertCause, StoredAlert>,
  decided: Decided[],
): Promise<SeriesStanding | null> {
  const { key, model } = context;
  const rule = { forWindows: model.alerts.forWindows, remindEveryMs: model.alerts.remindEveryMs };
  let standing: SeriesStanding | null = null;
  const seen = await seenTogether(tx, key, alone);
  // What is watched no more still ends what it began.
  for (const cause of new Set([...causesOf(context), ...open.keys()])) {
    const before = open.get(cause) ?? null;
    const window = cause === 'shift' ? seen.window : alone;
    const read = await readWindow(tx, context, { ...window, together: seen.together }, cause, before);
    const plain = stepAlert(before, read, rule, context.nowMs);
    const step = before === null ? plain : await withUrgency(tx, context, before.id, plain, window, read);
    const { id, retrain, notTold } = await record(tx, context, window, cause, step, before?.id ?? null);
    if (step.next === null || id === null || step.next.state === 'resolved') open.delete(cause);
    else open.set(cause, { ...step.next, ...key, cause, id });
    if (cause === 'shift') {
      standing = { state: seriesStateAfter(step), reason: step.event.reason, windowId: window.windowId };
    }
    const { segment, series } = key;
    const of = { segment, series, cause, windowId: window.windowId, alertId: id };
    decided.push({ ...step.event, ...of });
    if (retrain !== null) decided.push({ ...retrainEvent(retrain), ...of });
    if (notTold !== null) decided.push({ ...notToldEvent(notTold), ...of });
  }
  return standing;
}

interface Recorded {
  /** Of the incident; null: there is none. */
  readonly id: string | null;
  readonly retrain: RetrainAnswer | null;
  /** Why people are not told what there is to tell. */
  readonly notTold: NotTold | null;
}

/** The step as it is once it is known what the window means for an incident that nobody was paged about. */
async function withUrgency(
  tx: Tx,
  { model, nowMs }: SeriesContext,
  alertId: string,
  plain: AlertStep,
  window: JudgedWindow,
  { cause, counts }: DecidedWindow,
): Promise<AlertStep> {
  const held = await loadHeld(tx, alertId);
  // What is held back is told when the hold ends, as grave as it is by then.
  if (held.some(({ kind }) => kind !== 'corrected')) return plain;
  const before = await loadUrgency(tx, alertId);
  const consequences = consequencesOf({ ...window, cause });
  const { step, urgency } = stepUrgency(plain, before, { counts, consequences }, model.alerts, nowMs);
  if (urgency.graveInARow !== before.graveInARow) await noteGraveWindows(tx, alertId, urgency.graveInARow);
  return step;
}

/** Writes one step and what follows from it. */
async function record(
  tx: Tx,
  context: SeriesContext,
  window: JudgedWindow,
  cause: AlertCause,
  step: AlertStep,
  knownId: string | null,
): Promise<Recorded> {
  const { diagnosis } = window;
  const key: AlertKey = { ...context.key, cause };
  let alertId = knownId;
  if (step.next !== null && step.event.kind !== 'none') {
    alertId = await saveAlert(tx, key, knownId, step.next);
    const { verdict, types, summary } = diagnosis;
    const { subjects } = step.next;
    await appendAlertEvent(tx, alertId, {
      atMs: context.nowMs,
      ...step.event,
      windowId: window.windowId,
      details: { verdict, types, summary, ...(cause !== 'shift' && { kinds: step.next.types, subjects }) },
    });
  }
  let notTold: NotTold | null = null;
  const retrain = cause === 'shift' ? await requestRetrain(tx, context, window, step, alertId) : null;
  if (step.notify !== null && step.next !== null && alertId !== null) {
    const { segment, series } = key;
    // Why people who hear of a shift hear of no retraining. The windows that follow have nothing new to say of it.
    const answer = retrain === null ? null : retrainEvent(retrain);
    if (step.notify === 'firing' && answer?.kind === 'retrain_declined') {
      await appendAlertEvent(tx, alertId, { atMs: context.nowMs, windowId: window.windowId, ...answer });
    }
    const features =
      cause === 'shift' ? await loadFeatureComparisons(tx, window.windowId, series, segment) : [];
    const notification: IncidentNews = {
      kind: step.notify,
      ...describeWindow(context, window, features, { id: alertId, cause }),
      subjects: step.next.subjects,
      firedVerdict: step.next.firedVerdict,
      sinceMs: step.next.sinceMs,
      windowsInARow: step.next.windowsInARow,
      ...(step.notify === 'resolved' && {
        overByMs: await startOfEarlier(tx, window.windowId, step.next.cleanInARow - 1),
      }),
      decisionReason: step.event.reason,
      nextReminderAtMs: step.next.nextReminderAtMs,
      retrain,
    };
    notTold = await notifyChannels(tx, context.model, notification, context.nowMs);
  }
  return { id: alertId, retrain, notTold };
}

interface RetrainAnswer {
  /** Of the run that is open now, or `not_requested`. */
  readonly state: string;
  readonly reason: RetrainReason;
}

const REASONS_TO_ASK: ReadonlySet<RetrainReason> = new Set([
  'performance_drop',
  'drift_firing',
  'schedule_due',
] as const);

function notToldEvent(reason: NotTold) {
  return { kind: reason === 'nobody_heard' ? 'not_told' : 'held', reason } as const;
}

function retrainEvent({ reason }: RetrainAnswer) {
  return { kind: REASONS_TO_ASK.has(reason) ? 'retrain_requested' : 'retrain_declined', reason } as const;
}

async function requestRetrain(
  tx: Tx,
  context: SeriesContext,
  window: JudgedWindow,
  step: AlertStep,
  alertId: string | null,
): Promise<RetrainAnswer | null> {
  const { key, model, versionName, nowMs } = context;
  // A segment's drift is news for people; a retraining is about the whole model.
  if (model.retrain === null || key.segment !== '') return null;
  const { reason, run } = await askForRetrain(tx, {
    model,
    modelVersionId: key.modelVersionId,
    versionName,
    nowMs,
    finding: window,
    incident: { key, alert: step.next, alertId },
    scheduleDue: false,
    runId: (trigger) => runId(key, window.windowId, trigger),
  });
  if (run === null) {
    const open = await openRetrainRun(tx, key.modelVersionId);
    return { state: open === null ? 'not_requested' : open.state, reason };
  }
  if (alertId !== null) {
    await appendAlertEvent(tx, alertId, {
      atMs: nowMs,
      kind: 'retrain_requested',
      reason,
      windowId: window.windowId,
      details: { run_id: run.request.runId, state: run.state },
    });
  }
  return { state: run.state, reason };
}
