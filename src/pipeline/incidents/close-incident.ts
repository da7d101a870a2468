import type { Attended, Closing, NotAttended } from '../../api/api-deps.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { lockAttention } from '../../store/alerts/alert-attention.ts';
import { loadAlert, lockIncidents, type StoredAlert } from '../../store/alerts/alerts.ts';
import { createAnnotation, isAnnotated } from '../../store/alerts/annotations.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { findAlert } from '../../store/read-models/alerts.ts';
import { loadVersion } from '../../store/windows/models.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { changeOfIncident } from './change-of-incident.ts';
import { endIncident, noteWord } from './end-incident.ts';

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
    await endIncident(tx, catalog, alert, { by: author, comment, why: 'by_hand', details: {} }, nowMs);
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
    const word = { by: author, comment, why: 'expected', details } as const;
    if (alert.state === 'resolved') await noteWord(tx, alert, word, null, nowMs);
    else await endIncident(tx, catalog, alert, word, nowMs);
    return ok(null);
  });
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
