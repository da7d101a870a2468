import type { AlertCause, AlertState } from '../../core/alerts/alert.ts';
import { followedBy } from '../../decide/close-by-hand.ts';
import { consequencesOf } from '../../decide/consequences.ts';
import type { DecidedWindow } from '../../decide/decided-window.ts';
import { stepUrgency } from '../../decide/step-urgency.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { RetrainReason } from '../../decide/decide-retrain.ts';
import { seriesStateAfter } from '../../decide/step-alert.ts';
import { joinIncident, stepIncident, type IncidentStep } from '../../decide/step-incident.ts';
import {
  absorbAlert,
  advanceAlertCursor,
  appendAlertEvent,
  lockAlertSeries,
  lockIncidentOfWindow,
  noteUntil,
  openAlert,
  saveIncident,
  type AlertKey,
  type AlertSeriesKey,
  type SeriesStanding,
  type KeptIncident,
} from '../../store/alerts/alerts.ts';
import { loadFollowed, loadNewestClosed, noteFollows } from '../../store/alerts/closed-incidents.ts';
import { loadFeatureComparisons } from '../../store/history/comparisons.ts';
import { loadUndecided, type JudgedWindow } from '../../store/evaluation/evaluations.ts';
import { startOfEarlier } from '../../store/evaluation/earlier-counts.ts';
import { loadHeld } from '../../store/alerts/held-notifications.ts';
import { loadGravity, noteGraveWindows } from '../../store/alerts/incident-urgency.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { openRetrainRun } from '../../store/retrain/runs.ts';
import { askForRetrain } from '../retrain/ask-for-retrain.ts';
import type { Decided } from './decided.ts';
import type { NotTold } from '../messages/hold-back.ts';
import { describeWindow, judgedOn, laterIn, type SeriesContext } from '../messages/describe-window.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import { seenTogether, type SeenTogether } from '../messages/seen-together.ts';
import { runId } from '../retrain/run-id.ts';
import { heedPersons } from './persons-word.ts';
import { causesOf, readWindow } from './window-facts.ts';

/** At most this many windows are decided in one transaction; the rest follow with the next evaluation. */
const MAX_STEPS = 500;

/**
 * Steps a series' alerts through every window that has been evaluated and not decided, strictly in order of
 * time, and writes what follows from it: the incidents, their events, mails and a retrain run. A window whose
 * evaluation is still missing stops the walk; its own evaluation will go on from there. So the outcome does not
 * depend on which evaluator finishes first. Returns what was decided, for the log.
 *
 * @param beforeMs windows that start then or later are left for others
 */
export async function decideSeries(
  tx: Tx,
  context: SeriesContext,
  beforeMs = Number.POSITIVE_INFINITY,
): Promise<Decided[]> {
  const { key } = context;
  const { incidents, decidedUntilMs } = await lockAlertSeries(tx, key);
  const open = new Map(incidents);
  const decided: Decided[] = [];
  for (const window of await loadUndecided(tx, key, decidedUntilMs, MAX_STEPS)) {
    if (!window.evaluated || window.startMs >= beforeMs) break;
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
  open: Map<AlertCause, KeptIncident>,
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
    const told = { ...window, together: seen.together, seenIn: cause === 'shift' ? seen.joined : null };
    const view = viewOf(before, key);
    const shown = await readWindow(tx, context, told, cause, view);
    const read = await heedPersons(tx, context, cause, { ...seen, window, joined: told.seenIn }, shown, view);
    const plain = stepIncident(before, key.series, read, rule, context.nowMs);
    const { knownId, joined } = await join(tx, context, window, cause, {
      ownId: before?.id ?? null,
      plain,
    });
    const { step, graveInARow } = await withUrgency(tx, context, knownId, joined, window, read);
    const { id, retrain, notTold } = await record(
      tx,
      context,
      { ...seen, window, alone, read },
      cause,
      step,
      knownId,
    );
    if (id !== null && graveInARow !== null) await noteGraveWindows(tx, id, key.series, graveInARow);
    const { own, incident } = step;
    if (incident === null || id === null || own.next?.state === 'resolved') open.delete(cause);
    else open.set(cause, { ...incident, id });
    if (cause === 'shift') {
      standing = { state: seriesStateAfter(own), reason: own.event.reason, windowId: window.windowId };
    }
    const { segment, series } = key;
    const of = { segment, series, cause, windowId: window.windowId, alertId: id };
    decided.push({ ...step.event, ...of });
    if (retrain !== null) decided.push({ ...retrainEvent(retrain), ...of });
    if (notTold !== null) decided.push({ ...notToldEvent(notTold), ...of });
  }
  return standing;
}

/** The incident as the windows of a series have it. */
function viewOf(incident: KeptIncident | null, { series }: AlertSeriesKey): AlertState | null {
  const view = incident?.views.get(series);
  return incident === null || view === undefined ? null : { ...incident.alert, ...view };
}

interface Recorded {
  /** Of the incident; null: there is none. */
  readonly id: string | null;
  readonly retrain: RetrainAnswer | null;
  /** Why people are not told what there is to tell. */
  readonly notTold: NotTold | null;
}

/**
 * A shift that is about to be told may be of an incident that the other series has shown of the same rows and time, and that
 * people have heard of: then it becomes a part of that one.
 */
async function join(
  tx: Tx,
  { key, model, nowMs }: SeriesContext,
  { windowId }: JudgedWindow,
  cause: AlertCause,
  { ownId, plain }: { readonly ownId: string | null; readonly plain: IncidentStep },
): Promise<{ readonly knownId: string | null; readonly joined: IncidentStep }> {
  const alone = { knownId: ownId, joined: plain };
  if (plain.event.kind !== 'firing' || cause !== 'shift') return alone;
  const into = await lockIncidentOfWindow(tx, key, windowId, model.alerts.forWindows);
  const joined = into === null ? null : joinIncident(plain, key.series, into);
  if (into === null || joined === null) return alone;
  if (ownId !== null) {
    await absorbAlert(tx, ownId, into.id, key.series);
    await appendAlertEvent(tx, ownId, {
      atMs: nowMs,
      kind: 'merged',
      reason: 'one_event',
      windowId,
      series: key.series,
      details: { into: into.id },
    });
  }
  return { knownId: into.id, joined };
}

/** The step as it is once it is known what the window means for an incident that nobody was paged about. */
async function withUrgency(
  tx: Tx,
  { key, model, nowMs }: SeriesContext,
  alertId: string | null,
  plain: IncidentStep,
  window: JudgedWindow,
  { cause, counts }: DecidedWindow,
): Promise<{ readonly step: IncidentStep; readonly graveInARow: number | null }> {
  const same = { step: plain, graveInARow: null };
  if (alertId === null) return same;
  const held = await loadHeld(tx, alertId);
  // What is held back is told when the hold ends, as grave as it is by then.
  if (held.some(({ kind }) => kind !== 'corrected')) return same;
  const before = await loadGravity(tx, alertId, key.series);
  const consequences = consequencesOf({ ...window, cause });
  const { step, urgency } = stepUrgency(plain, before, { counts, consequences }, model.alerts, nowMs);
  const graveInARow = urgency.graveInARow === before.graveInARow ? null : urgency.graveInARow;
  if (step === plain || step.next === null || plain.incident === null) return { step: plain, graveInARow };
  return {
    step: { ...plain, ...step, incident: { ...plain.incident, alert: step.next } },
    graveInARow,
  };
}

/** Writes one step and what follows from it. */
async function record(
  tx: Tx,
  context: SeriesContext,
  {
    window,
    alone,
    joined,
    read,
  }: SeenTogether & { readonly alone: JudgedWindow; readonly read: DecidedWindow },
  cause: AlertCause,
  step: IncidentStep,
  knownId: string | null,
): Promise<Recorded> {
  const { diagnosis } = window;
  const key: AlertKey = { ...context.key, cause };
  let alertId = knownId;
  const untilMs = await endedAt(tx, window, step);
  if (step.next !== null && step.incident !== null && step.event.kind !== 'none') {
    if (alertId === null) alertId = await openIncident(tx, key, step.next);
    else await saveIncident(tx, alertId, step.incident, key.series);
    if (untilMs !== null) await noteUntil(tx, alertId, untilMs);
    const { verdict, types, summary } = diagnosis;
    const { subjects } = step.next;
    await appendAlertEvent(tx, alertId, {
      atMs: context.nowMs,
      ...step.event,
      windowId: window.windowId,
      series: key.series,
      details: {
        verdict,
        types,
        summary,
        ...(cause !== 'shift' && { kinds: step.next.types, subjects }),
        ...(cause === 'shift' && joined !== null && { own: ownVerdict(alone) }),
        ...(read.expected !== undefined && { expected: read.expected }),
      },
    });
  }
  let notTold: NotTold | null = null;
  const mayTrain = cause === 'shift' && read.expected === undefined;
  const retrain = mayTrain ? await requestRetrain(tx, context, window, step, alertId) : null;
  if (step.notify !== null && step.next !== null && alertId !== null) {
    const { expected } = read;
    notTold = await tell(
      tx,
      context,
      { window, joined, untilMs },
      { cause, step, alertId, retrain, expected },
    );
  }
  return { id: alertId, retrain, notTold };
}

/** A new incident; where somebody closed the one before it and it shows the same again, it names that one. */
async function openIncident(tx: Tx, key: AlertKey, alert: AlertState): Promise<string> {
  const follows = followedBy(alert, await loadNewestClosed(tx, key, key.cause));
  const id = await openAlert(tx, key, alert);
  if (follows !== null) await noteFollows(tx, id, follows);
  return id;
}

const NOT_TOLD = { kind: 'not_told', reason: 'recomputed' } as const;

/** What a step says to people. Null: it is told. */
async function tell(
  tx: Tx,
  context: SeriesContext,
  { window, joined, untilMs }: Pick<SeenTogether, 'window' | 'joined'> & { readonly untilMs: number | null },
  {
    cause,
    step,
    alertId,
    retrain,
    expected,
  }: {
    readonly cause: AlertCause;
    readonly step: IncidentStep;
    readonly alertId: string;
    readonly retrain: RetrainAnswer | null;
    readonly expected: DecidedWindow['expected'];
  },
): Promise<NotTold | null> {
  if (step.notify === null || step.next === null) return null;
  if (context.isQuiet === true) {
    const { nowMs: atMs } = context;
    await appendAlertEvent(tx, alertId, {
      atMs,
      windowId: window.windowId,
      ...NOT_TOLD,
      details: { message: step.notify },
    });
    return NOT_TOLD.reason;
  }
  const { segment } = context.key;
  // Why people who hear of a shift hear of no retraining. The windows that follow have nothing new to say of it.
  const answer = retrain === null ? null : retrainEvent(retrain);
  if (step.notify === 'firing' && answer?.kind === 'retrain_declined') {
    await appendAlertEvent(tx, alertId, { atMs: context.nowMs, windowId: window.windowId, ...answer });
  }
  const features =
    cause === 'shift'
      ? (joined?.features ?? (await loadFeatureComparisons(tx, window.windowId, segment)))
      : [];
  const notification: IncidentNews = {
    kind: step.notify,
    ...describeWindow(context, window, features, { id: alertId, cause }),
    ...(cause === 'shift' && judgedOn(joined)),
    subjects: step.next.subjects,
    firedVerdict: step.next.firedVerdict,
    sinceMs: step.next.sinceMs,
    windowsInARow: step.next.windowsInARow,
    ...(cause === 'shift' && step.incident !== null && laterIn(step.incident, context.key.series, joined)),
    ...(step.notify !== 'firing' && untilMs !== null && { overByMs: untilMs }),
    ...(step.over !== undefined && {
      overTypes: step.over,
      ...(step.own.next !== null && { overSinceMs: step.own.next.sinceMs }),
    }),
    ...(step.notify === 'resolved' && { toldTypes: step.next.toldTypes }),
    ...(step.notify === 'resolved' &&
      expected !== undefined && {
        byHand: { by: expected.author, comment: expected.comment, isExpected: true },
      }),
    decisionReason: step.event.reason,
    nextReminderAtMs: step.next.nextReminderAtMs,
    retrain,
    follows: step.notify === 'firing' ? await loadFollowed(tx, alertId) : null,
  };
  return await notifyChannels(tx, context.model, notification, context.nowMs);
}

/** What the window says by itself: corrections go by that. */
function ownVerdict({ diagnosis: { verdict, types } }: JudgedWindow) {
  return { verdict, types };
}

/** When the windows that end a view began; null: they do not end it. */
async function endedAt(tx: Tx, { windowId }: JudgedWindow, { own }: IncidentStep): Promise<number | null> {
  if (own.event.kind !== 'resolved' || own.next === null) return null;
  return await startOfEarlier(tx, windowId, own.next.cleanInARow - 1);
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
  const isHeld = reason !== 'nobody_heard' && reason !== 'recomputed';
  return { kind: isHeld ? 'held' : 'not_told', reason } as const;
}

function retrainEvent({ reason }: RetrainAnswer) {
  return { kind: REASONS_TO_ASK.has(reason) ? 'retrain_requested' : 'retrain_declined', reason } as const;
}

async function requestRetrain(
  tx: Tx,
  context: SeriesContext,
  window: JudgedWindow,
  step: IncidentStep,
  alertId: string | null,
): Promise<RetrainAnswer | null> {
  const { key, model, versionName, nowMs } = context;
  const asking = { model: model.name, version: versionName, sizeMs: key.sizeMs, series: key.series };
  // A segment's drift is news for people; a retraining is about the whole model.
  if (model.retrain === null || key.segment !== '' || context.isQuiet === true) return null;
  const { reason, run } = await askForRetrain(tx, {
    model,
    modelVersionId: key.modelVersionId,
    versionName,
    nowMs,
    finding: window,
    incident: { key, alert: step.next, alertId },
    scheduleDue: false,
    runId: (trigger) => runId(asking, window.startMs, trigger),
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
