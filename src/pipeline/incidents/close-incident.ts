import type { Attended, Closing, NotAttended } from '../../api/api-deps.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { closedAlert, closedUntil } from '../../decide/close-by-hand.ts';
import { lockAttention } from '../../store/alerts/alert-attention.ts';
import {
  appendAlertEvent,
  clearSeriesState,
  loadAlert,
  lockIncidents,
  saveAlert,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import { createAnnotation, isAnnotated } from '../../store/alerts/annotations.ts';
import { newestWindowEnd, noteClosed } from '../../store/alerts/closed-incidents.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { findAlert } from '../../store/read-models/alerts.ts';
import { loadVersion } from '../../store/windows/models.ts';
import { describeAlert } from '../messages/describe-alert.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { changeOfIncident } from './change-of-incident.ts';

/**
 * Somebody closes an incident: it is over, whatever its windows show, and who heard of it hears so. Only a window that ends after now opens
 * another one of the same.
 */
export async function resolveByHand(
  pool: Pool,
  catalog: ModelCatalog,
  alertId: string,
  { author, comment }: Omit<Closing, 'untilMs'>,
  nowMs: number,
): Promise<Attended> {
  return await onIncident(pool, alertId, async (tx, alert) => {
    const refused = refusal(alert);
    if (refused !== null) return fail(refused);
    await close(tx, catalog, alert, { by: author, comment, isExpected: false, details: {} }, nowMs);
    return ok(null);
  });
}

/** Somebody expected what an incident shows: it is closed, and what shows the same from its beginning on is explained. One that is over stays so. */
export async function expectChange(
  pool: Pool,
  catalog: ModelCatalog,
  alertId: string,
  { author, comment, untilMs }: Closing,
  nowMs: number,
): Promise<Attended> {
  return await onIncident(pool, alertId, async (tx, alert) => {
    const refused = alert.state === 'resolved' && alert.firedAtMs !== null ? null : refusal(alert);
    if (refused !== null) return fail(refused);
    if (await isAnnotated(tx, alertId))
      return fail(not('not_firing', `Somebody has said of alert ${alertId} already that it was expected.`));
    const version = await loadVersion(tx, alert.modelVersionId);
    const model = catalog.model(version?.modelName ?? '');
    if (model === null) return fail(not('not_known', `The model of alert ${alertId} is configured no more.`));
    const change = await changeOfIncident(tx, alert, model.spec);
    if (change === null) return fail(not('not_known', `What alert ${alertId} showed is kept no longer.`));
    const said = { alertId, change, fromMs: alert.sinceMs, untilMs, author, comment };
    const annotation = await createAnnotation(tx, said, nowMs);
    const details = { annotation, explains_until: untilMs === null ? null : new Date(untilMs).toISOString() };
    const word = { by: author, comment, isExpected: true, details };
    if (alert.state === 'resolved') await note(tx, alert, word, null, nowMs);
    else await close(tx, catalog, alert, word, nowMs);
    return ok(null);
  });
}

interface Word {
  readonly by: string;
  readonly comment: string;
  readonly isExpected: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

async function close(
  tx: Tx,
  catalog: ModelCatalog,
  alert: StoredAlert,
  word: Word,
  nowMs: number,
): Promise<void> {
  const { id } = alert;
  const { by, comment, isExpected } = word;
  // As it stands: what is told is what somebody has closed.
  const current = await describeAlert(tx, alert, catalog, nowMs);
  const untilMs = closedUntil(nowMs, await newestWindowEnd(tx, alert), alert.sizeMs);
  await saveAlert(tx, id, closedAlert(alert, nowMs));
  await noteClosed(tx, id, { by, comment, untilMs });
  if (alert.cause === 'shift')
    for (const series of ['closed', 'matured'] as const)
      await clearSeriesState(tx, { ...alert, series }, eventOf(word).kind);
  await note(tx, alert, word, untilMs, nowMs);
  if (current === null) return;
  const { after: _later, ...described } = current.described;
  const message = {
    ...described,
    kind: 'resolved',
    decisionReason: eventOf(word).kind,
    nextReminderAtMs: null,
    toldTypes: alert.toldTypes,
    byHand: { by, comment, isExpected },
  } as const;
  await notifyChannels(tx, current.model.spec, message, nowMs);
}

async function note(
  tx: Tx,
  { id }: StoredAlert,
  word: Word,
  untilMs: number | null,
  nowMs: number,
): Promise<void> {
  const { by, comment, details } = word;
  const closed = untilMs === null ? {} : { closed_until: new Date(untilMs).toISOString() };
  await appendAlertEvent(tx, id, {
    atMs: nowMs,
    ...eventOf(word),
    windowId: null,
    details: { by, comment, ...closed, ...details },
  });
}

function eventOf({ isExpected }: Word) {
  return { kind: isExpected ? 'expected' : 'resolved_by_hand', reason: 'by_person' } as const;
}

async function onIncident(
  pool: Pool,
  alertId: string,
  work: (tx: Tx, alert: StoredAlert) => Promise<Result<null, NotAttended>>,
): Promise<Attended> {
  return await inTransaction(pool, async (tx) => {
    const unknown = fail(not('unknown_alert', `There is no alert ${alertId}.`));
    const found = await loadAlert(tx, alertId);
    if (found === null) return unknown;
    // No window is decided meanwhile.
    await lockIncidents(tx, found.modelVersionId);
    await lockAttention(tx, alertId);
    const alert = await loadAlert(tx, alertId);
    if (alert === null) return unknown;
    const done = await work(tx, alert);
    if (!done.ok) return done;
    const row = await findAlert(tx, alertId);
    return row === null ? unknown : ok(row);
  });
}

function refusal({ id, state, mergedInto }: StoredAlert): NotAttended | null {
  if (state === 'pending') return not('not_firing', `Alert ${id} has not fired yet.`);
  if (state === 'resolved') return not('not_firing', `Alert ${id} is over already.`);
  return mergedInto === null
    ? null
    : not('not_firing', `Alert ${id} has become a part of alert ${mergedInto}.`);
}

function not(reason: NotAttended['reason'], detail: string): NotAttended {
  return { reason, detail };
}
