import type { DigestEntry } from '../../core/alerts/digest.ts';
import type { Consequence } from '../../core/alerts/consequence.ts';
import type { IncidentNews, ModelNews } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { ok } from '../../core/result.ts';
import { consequencesOf } from '../../decide/consequences.ts';
import { pagingConsequence, routeNotification, type Route } from '../../decide/route-notification.ts';
import { appendDigestEntry } from '../../store/alerts/digests.ts';
import { appendRoute, loadPagedFor, noteFirstPage } from '../../store/alerts/incident-urgency.ts';
import { loadSilentStretches } from '../../store/alerts/silent-stretches.ts';
import { appendOutbox } from '../../store/outbox/outbox.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { capital } from '../../words/display-text.ts';
import { loadFigureTimeline } from './figure-timeline.ts';
import { holdBack, type NotTold } from './hold-back.ts';

/**
 * Tells people, unless a silence, a mute schedule, another incident or one of themselves holds the message back: then it
 * is told when that ends; news of runs are never held back. Answers why it is not told now; null: it is.
 */
export async function notifyChannels(
  tx: Tx,
  model: ModelSpec,
  notification: ModelNews,
  nowMs: number,
): Promise<NotTold | null> {
  const told =
    notification.about === 'incident' ? await holdBack(tx, model, notification, nowMs) : ok(notification);
  if (!told.ok) return told.error;
  await queueForChannels(tx, model, told.value, nowMs);
  return null;
}

/**
 * Sends a notification on its way: one outbox row a channel, or one entry in each channel's next digest. The key makes
 * a decision taken twice one message.
 */
export async function queueForChannels(
  tx: Tx,
  model: ModelSpec,
  notification: ModelNews,
  nowMs: number,
): Promise<void> {
  const { incidentId, kind, model: modelName } = notification;
  const incident = notification.about === 'incident' ? notification : null;
  const consequences = consequencesOf(incident ?? { ...notification, diagnosis: { types: [] } });
  const pagedBefore = await loadPagedFor(tx, incidentId);
  const news = { kind, consequences, wasPaged: pagedBefore !== null };
  const route = routeNotification(news, model.alerts);
  const pagedFor = pagedBefore ?? firstPageFor(route, consequences, model);
  if (pagedBefore === null && pagedFor !== null) await noteFirstPage(tx, incidentId, pagedFor, nowMs);
  const [consequence = null] = consequences;
  const routed = { urgency: route.urgency, reason: route.reason, consequence, pagedFor, atMs: nowMs };
  // No figure leads to rows that do not come.
  const leads = incident !== null && incident.cause !== 'no_data' && route.urgency === 'page';
  const timeline = leads ? await loadFigureTimeline(tx, model, incident) : null;
  // Too short to be an incident of its own, it is still a hole in this one.
  const silent = incident?.cause === 'shift' ? await loadSilentStretches(tx, incident) : [];
  const gaps = silent.length === 0 ? {} : { silent };
  const told = incident === null ? { ...notification, routed } : { ...incident, ...gaps, routed, timeline };
  const windowId = windowIdOf(notification);
  await appendRoute(tx, { ...route, atMs: nowMs, incidentId, model: modelName, kind, windowId, consequence });
  const waits = incident !== null && route.urgency === 'digest';
  const entry = waits ? digestEntry({ ...incident, ...gaps }, consequence, nowMs) : null;
  for (const channel of route.channels) {
    const key = notificationKey(notification, channel);
    if (entry === null) await appendOutbox(tx, { kind: 'notify', channel, notification: told }, key);
    else await appendDigestEntry(tx, channel, key, entry);
  }
}

function windowIdOf(news: ModelNews): string | null {
  return news.about === 'incident' ? news.windowId : (news.window?.id ?? null);
}

function spanOf(news: ModelNews): string {
  if (news.about === 'incident') return `${news.windowStartMs}-${news.windowEndMs}`;
  return news.window === null ? '' : `${news.window.startMs}-${news.window.endMs}`;
}

function notificationKey(notification: ModelNews, channel: string): string {
  return [
    'notify',
    notification.incidentId,
    notification.kind,
    // By its time: a window that was counted again after a restore has another number.
    spanOf(notification),
    // Of one incident, inputs and labels of the same window are two pieces of news.
    notification.about === 'incident' ? notification.series : '',
    notification.kind === 'reminder' ? notification.nextReminderAtMs : '',
    channel,
  ].join(':');
}

/** Null: nobody is paged, or not about anything that windows showed. */
function firstPageFor(
  { urgency }: Route,
  consequences: readonly Consequence[],
  { alerts }: ModelSpec,
): Consequence | null {
  if (urgency !== 'page') return null;
  return pagingConsequence(consequences, alerts) ?? consequences[0] ?? null;
}

/** A digest names a few. */
const MOST_SUBJECTS = 5;

/** Of an incident that is not about the data the verdict on the data says nothing. */
function summaryOf(
  { cause, operational }: Pick<IncidentNews, 'cause' | 'operational'>,
  ofData: string,
): string {
  if (cause === 'shift') return ofData;
  const claim = cause === 'operational' ? (operational?.breaches[0]?.claim ?? '') : '';
  return claim === '' ? '' : `${capital(claim)}.`;
}

function digestEntry(
  { kind, diagnosis, firedVerdict, ...rest }: IncidentNews,
  consequence: Consequence | null,
  atMs: number,
): DigestEntry {
  return {
    kind,
    incidentId: rest.incidentId,
    model: rest.model,
    modelVersion: rest.modelVersion,
    segment: rest.segment,
    series: rest.series,
    cause: rest.cause,
    subjects: (rest.subjects ?? []).slice(0, MOST_SUBJECTS),
    consequence,
    atMs,
    sinceMs: rest.sinceMs,
    windowStartMs: rest.judged?.sinceMs ?? rest.windowStartMs,
    windowEndMs: rest.windowEndMs,
    windowsInARow: rest.windowsInARow,
    firedVerdict: firedVerdict ?? diagnosis.verdict,
    verdict: diagnosis.verdict,
    types: diagnosis.types,
    advice: rest.cause === 'shift' ? diagnosis.advice : 'none',
    summary: summaryOf(rest, diagnosis.summary),
    ...(rest.silent !== undefined && { silent: rest.silent }),
    ...(rest.later !== undefined && { later: rest.later }),
    ...(rest.overTypes !== undefined && {
      over: { types: rest.overTypes, ...(rest.overByMs !== undefined && { byMs: rest.overByMs }) },
    }),
  };
}
