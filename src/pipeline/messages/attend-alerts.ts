import type { Attended, Attention } from '../../api/api-deps.ts';
import { fail, ok } from '../../core/result.ts';
import {
  type AlertAttention,
  clearAcknowledgement,
  clearSnooze,
  lockAttention,
  saveAcknowledgement,
  saveSnooze,
} from '../../store/alerts/alert-attention.ts';
import { appendAlertEvent } from '../../store/alerts/alerts.ts';
import { loadHeld, saveHeld } from '../../store/alerts/held-notifications.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { findAlert } from '../../store/read-models/alerts.ts';

/**
 * Somebody looks after it: no reminders, until then or until it shows a kind of shift that it does not show now. Of an
 * acknowledgement and a snooze the later one counts.
 */
export async function acknowledgeAlert(
  pool: Pool,
  alertId: string,
  { author, comment, untilMs }: Attention,
  nowMs: number,
): Promise<Attended> {
  return await attend(pool, alertId, async (tx, { types, toldTypes }) => {
    await clearSnooze(tx, alertId);
    await saveAcknowledgement(tx, alertId, {
      by: author,
      comment,
      untilMs,
      atMs: nowMs,
      types: [...new Set([...types, ...toldTypes])],
    });
    await note(tx, alertId, 'acknowledged', nowMs, { by: author, comment, until: iso(untilMs) });
  });
}

/** Nothing is told of it until then, except that it is over; then people hear of it once more. */
export async function snoozeAlert(
  pool: Pool,
  alertId: string,
  { author, comment, untilMs }: Attention & { readonly untilMs: number },
  nowMs: number,
): Promise<Attended> {
  return await attend(pool, alertId, async (tx, { lastWindowId }) => {
    await clearAcknowledgement(tx, alertId);
    await saveSnooze(tx, alertId, { by: author, comment, untilMs, atMs: nowMs });
    await note(tx, alertId, 'snoozed', nowMs, { by: author, comment, until: iso(untilMs) });
    const held = await loadHeld(tx, alertId);
    if (held.some(({ kind }) => kind !== 'corrected')) return;
    await saveHeld(
      tx,
      alertId,
      {
        kind: 'reminder',
        windowId: lastWindowId,
        reason: 'snoozed',
        untilMs,
        by: author,
        notification: null,
      },
      nowMs,
    );
  });
}

/** Takes an acknowledgement back; without one nothing changes. */
export async function unacknowledgeAlert(pool: Pool, alertId: string, nowMs: number): Promise<Attended> {
  return await attend(pool, alertId, async (tx, { acknowledgement }) => {
    if (acknowledgement === null) return;
    await clearAcknowledgement(tx, alertId);
    await note(tx, alertId, 'unacknowledged', nowMs, {});
  });
}

/** Ends a snooze before its time; without one nothing changes. */
export async function unsnoozeAlert(pool: Pool, alertId: string, nowMs: number): Promise<Attended> {
  return await attend(pool, alertId, async (tx, { snooze }) => {
    if (snooze === null) return;
    await clearSnooze(tx, alertId);
    await note(tx, alertId, 'unsnoozed', nowMs, {});
  });
}

async function attend(
  pool: Pool,
  alertId: string,
  work: (tx: Tx, attention: AlertAttention) => Promise<void>,
): Promise<Attended> {
  return await inTransaction(pool, async (tx) => {
    const attention = await lockAttention(tx, alertId);
    if (attention === null) {
      return fail({ reason: 'unknown_alert', detail: `There is no alert ${alertId}.` } as const);
    }
    const { state } = attention;
    if (state === 'pending' || state === 'resolved') {
      const word = state === 'pending' ? 'has not fired yet' : 'is over';
      return fail({
        reason: 'not_firing',
        detail: `Alert ${alertId} ${word}: nothing is sent for it.`,
      } as const);
    }
    await work(tx, attention);
    const row = await findAlert(tx, alertId);
    return row === null
      ? fail({ reason: 'unknown_alert', detail: `Alert ${alertId} vanished.` } as const)
      : ok(row);
  });
}

async function note(
  tx: Tx,
  alertId: string,
  kind: 'acknowledged' | 'unacknowledged' | 'snoozed' | 'unsnoozed',
  nowMs: number,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendAlertEvent(tx, alertId, { atMs: nowMs, kind, reason: 'by_person', windowId: null, details });
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
