import type { IncidentNews } from '../../core/jobs.ts';
import type { Log } from '../../core/log.ts';
import type { ModelSpec } from '../../core/model.ts';
import { afterReminder } from '../../decide/due-reminder.ts';
import { RELEASE_REASONS } from '../../decide/hold-notification.ts';
import { type AlertAttention, lockAttention } from '../../store/alerts/alert-attention.ts';
import { loadAlert, saveAlert, type StoredAlert } from '../../store/alerts/alerts.ts';
import {
  dropHeld,
  type HeldNotification,
  loadHeld,
  lockOwing,
  saveHeld,
} from '../../store/alerts/held-notifications.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { describeAlert } from './describe-alert.ts';
import { decideHold, noteEvent, tell } from './hold-back.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { queueForChannels } from './notify-channels.ts';

const BATCH = 50;

/**
 * Looks at every message that was held back: what nothing holds any more is told now, once, and what became pointless is
 * dropped. Answers how many were told.
 */
export async function releaseHeld(
  pool: Pool,
  catalog: ModelCatalog,
  log: Log,
  nowMs: number,
): Promise<number> {
  let told = 0;
  let after = '0';
  for (;;) {
    const owing = await inTransaction(pool, async (tx) => {
      const alerts = await lockOwing(tx, after, BATCH);
      for (const alertId of alerts) told += await releaseAlert(tx, alertId, catalog, log, nowMs);
      return alerts;
    });
    const last = owing.at(-1);
    if (last === undefined || owing.length < BATCH) return told;
    after = last;
  }
}

async function releaseAlert(
  tx: Tx,
  alertId: string,
  catalog: ModelCatalog,
  log: Log,
  nowMs: number,
): Promise<number> {
  let told = 0;
  for (const held of await loadHeld(tx, alertId)) {
    // What was told a moment ago may have changed what is known of it.
    const attention = await lockAttention(tx, alertId);
    const alert = await loadAlert(tx, alertId);
    if (attention === null || alert === null) throw new Error(`incident ${alertId} vanished`);
    const release = held.notification === null ? releaseStanding : releasePast;
    if (!(await release(tx, { alert, attention, held, catalog, nowMs }))) continue;
    told += 1;
    const reason = RELEASE_REASONS[held.reason];
    log.info({ incident: alertId, message: held.kind, reason }, 'told what was held back');
  }
  return told;
}

interface Owed {
  readonly alert: StoredAlert;
  readonly attention: AlertAttention;
  readonly held: HeldNotification;
  readonly catalog: ModelCatalog;
  readonly nowMs: number;
}

/** That it fires, or a reminder: told of the incident as it stands now, and of none that is over. */
async function releaseStanding(tx: Tx, { alert, attention, held, catalog, nowMs }: Owed): Promise<boolean> {
  if (alert.state === 'resolved') {
    await dropHeld(tx, held.id);
    const about = { incidentId: alert.id, windowId: held.windowId, kind: held.kind, series: alert.series };
    await noteEvent(tx, about, 'not_told', 'resolved_before_told', nowMs);
    return false;
  }
  const current = await describeAlert(tx, alert, catalog, nowMs);
  // Another process may know its model.
  if (current === null) return false;
  const { model, described } = current;
  const next = afterReminder(alert, model.spec.alerts, nowMs);
  const notification: IncidentNews = {
    ...described,
    kind: held.kind,
    decisionReason: RELEASE_REASONS[held.reason],
    nextReminderAtMs: next.nextReminderAtMs,
  };
  const isTold = await tellUnlessHeld(tx, notification, { attention, held, model: model.spec, nowMs });
  if (isTold) {
    const toldTypes = [...new Set([...alert.toldTypes, ...alert.types])];
    await saveAlert(tx, alert.id, { ...next, toldTypes });
  }
  return isTold;
}

/** That it is over, or a correction: as it was said when it was held back. */
async function releasePast(tx: Tx, { attention, held, catalog, nowMs }: Owed): Promise<boolean> {
  const { notification } = held;
  const model = notification === null ? null : catalog.model(notification.model);
  if (notification === null || model === null) return false;
  return await tellUnlessHeld(tx, notification, { attention, held, model: model.spec, nowMs });
}

async function tellUnlessHeld(
  tx: Tx,
  notification: IncidentNews,
  context: Pick<Owed, 'attention' | 'held' | 'nowMs'> & { readonly model: ModelSpec },
): Promise<boolean> {
  const { attention, held, model, nowMs } = context;
  const decision = await decideHold(tx, model, notification, attention, nowMs);
  if (decision.held) {
    const { reason, untilMs, by } = decision;
    if (reason !== held.reason || untilMs !== held.untilMs || by !== held.by) {
      await saveHeld(tx, notification.incidentId, { ...held, reason, untilMs, by }, nowMs);
    }
    return false;
  }
  await dropHeld(tx, held.id);
  const { verdict, types } = notification.diagnosis;
  const reason = RELEASE_REASONS[held.reason];
  await noteEvent(tx, notification, 'told', reason, nowMs, { verdict, types });
  await queueForChannels(tx, model, await tell(tx, notification, decision, nowMs), nowMs);
  return true;
}
