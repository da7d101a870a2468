import type { HoldReason, MutedFeature } from '../../core/alerts/alert-hold.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Held } from '../../core/alerts/alert-hold.ts';
import { holdNotification, type NotHeld } from '../../decide/hold-notification.ts';
import type { MessageFacts } from '../../decide/notification-parts.ts';
import { concernsNobody, owedAfterHold, toldAs, type WhatPeopleKnow } from '../../decide/owed-message.ts';
import {
  type AlertAttention,
  clearAcknowledgement,
  lockAttention,
  markTold,
} from '../../store/alerts/alert-attention.ts';
import { appendAlertEvent } from '../../store/alerts/alerts.ts';
import {
  dropHeld,
  type HeldNotification,
  loadHeld,
  saveHeld,
} from '../../store/alerts/held-notifications.ts';
import { loadOpenIncidents } from '../../store/alerts/open-incidents.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { loadActiveSilences } from '../../store/alerts/silences.ts';

/** Why people are not told now. */
export type NotTold = HoldReason | 'nobody_heard' | 'recomputed';

/**
 * Decides whether people are told now, and writes what follows: that a message is held back and owed, that it concerns
 * nobody, or that it is told. Answers what is to be told, without what is silenced in it, or why nothing is.
 */
export async function holdBack(
  tx: Tx,
  model: ModelSpec,
  notification: IncidentNews,
  nowMs: number,
): Promise<Result<IncidentNews, NotTold>> {
  const { incidentId, windowId } = notification;
  const attention = await lockAttention(tx, incidentId);
  if (attention === null) throw new Error(`there is no incident ${incidentId}`);
  const held = await loadHeld(tx, incidentId);
  const owed = held.find(({ kind }) => kind !== 'corrected') ?? null;
  const known = whatPeopleKnow(attention, owed);
  if (concernsNobody(notification.kind, known)) {
    await noteEvent(tx, notification, 'not_told', 'nobody_heard', nowMs);
    if (notification.kind === 'resolved' && owed !== null) await dropHeld(tx, owed.id);
    return fail('nobody_heard');
  }
  const decision = await decideHold(tx, model, notification, attention, nowMs);
  if (decision.held) {
    await noteEvent(tx, notification, 'held', decision.reason, nowMs, untilAndBy(decision));
    const { kind } = notification;
    const isOver = kind === 'resolved' || kind === 'corrected';
    await saveHeld(
      tx,
      incidentId,
      {
        kind: kind === 'corrected' ? kind : owedAfterHold(kind, known),
        windowId,
        reason: decision.reason,
        untilMs: decision.untilMs,
        by: decision.by,
        notification: isOver ? notification : null,
      },
      nowMs,
    );
    return fail(decision.reason);
  }
  if (owed !== null && notification.kind !== 'corrected') await dropHeld(tx, owed.id);
  return ok(await tell(tx, { ...notification, kind: toldAs(notification.kind, known) }, decision, nowMs));
}

/** Looks at a message with what may hold it back now. */
export async function decideHold(
  tx: Tx,
  model: ModelSpec,
  notification: IncidentNews,
  attention: AlertAttention,
  nowMs: number,
): Promise<Held | NotHeld> {
  const { acknowledgement, snooze } = attention;
  return holdNotification(
    factsOf(notification, attention),
    {
      silences: await loadActiveSilences(tx, nowMs),
      schedules: model.alerts.mute ?? [],
      others: await loadOpenIncidents(tx, attention.modelVersionId),
      acknowledgement,
      snooze,
    },
    nowMs,
  );
}

/** That it is told now: what it says of the incident's silenced features is left out, and named as such. */
export async function tell(
  tx: Tx,
  notification: IncidentNews,
  { muted, endsAcknowledgement }: NotHeld,
  nowMs: number,
): Promise<IncidentNews> {
  await markTold(tx, notification.incidentId, nowMs);
  if (endsAcknowledgement) {
    await clearAcknowledgement(tx, notification.incidentId);
    await noteEvent(tx, notification, 'unacknowledged', 'new_kind_of_shift', nowMs);
  }
  return muted.length === 0 ? notification : withoutMuted(notification, muted);
}

function whatPeopleKnow(attention: AlertAttention, owed: HeldNotification | null): WhatPeopleKnow {
  const message = owed === null || owed.kind === 'corrected' ? null : owed.kind;
  // Nothing told and the beginning still owed: nobody knows. What fired before messages were held was told.
  return { heard: attention.toldAtMs !== null || message !== 'firing', owed: message };
}

function factsOf(notification: IncidentNews, attention: AlertAttention): MessageFacts {
  const { kind, incidentId, model, modelVersion, segment, features, diagnosis, correction } = notification;
  const isOver = kind === 'resolved' || kind === 'corrected';
  return {
    kind,
    endsIncident: kind === 'resolved' || correction?.incident === 'withdrawn',
    incidentId,
    model,
    version: modelVersion,
    segment,
    types: isOver ? attention.toldTypes : attention.types,
    moved: features.filter(({ drifted }) => drifted).map(({ name }) => name),
    faults: diagnosis.faults,
  };
}

function withoutMuted(notification: IncidentNews, muted: readonly MutedFeature[]): IncidentNews {
  const names = new Set(muted.map(({ feature }) => feature));
  const { features, diagnosis, subjects } = notification;
  return {
    ...notification,
    ...(subjects !== undefined && { subjects: subjects.filter((name) => !names.has(name)) }),
    features: features.filter(({ name }) => !names.has(name)),
    diagnosis: { ...diagnosis, faults: diagnosis.faults.filter(({ feature }) => !names.has(feature)) },
    muted,
  };
}

function untilAndBy({ untilMs, by }: Pick<Held, 'untilMs' | 'by'>): Record<string, unknown> {
  return { until: untilMs === null ? null : new Date(untilMs).toISOString(), by };
}

export async function noteEvent(
  tx: Tx,
  {
    incidentId,
    windowId,
    kind,
    series,
  }: Pick<HeldNotification, 'windowId' | 'kind'> & Pick<IncidentNews, 'incidentId' | 'series'>,
  event: 'held' | 'not_told' | 'told' | 'unacknowledged',
  reason: string,
  nowMs: number,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await appendAlertEvent(tx, incidentId, {
    atMs: nowMs,
    kind: event,
    reason,
    windowId,
    series,
    details: { message: kind, ...details },
  });
}
