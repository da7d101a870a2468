import { closedAlert, closedUntil } from '../../decide/close-by-hand.ts';
import {
  type AlertEvent,
  appendAlertEvent,
  clearSeriesState,
  saveAlert,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import { newestWindowEnd, noteClosed } from '../../store/alerts/closed-incidents.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { describeAlert } from '../messages/describe-alert.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';

/** Why an incident is over that no window has ended. */
export interface EndingWord {
  readonly by: string;
  readonly comment: string;
  readonly why: 'by_hand' | 'expected' | 'replaced';
  /** The version that has taken the place of the incident's. */
  readonly replacedBy?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Ends an incident whatever its windows show, and tells those who heard of it. The version's incidents are locked. */
export async function endIncident(
  tx: Tx,
  catalog: ModelCatalog,
  alert: StoredAlert,
  word: EndingWord,
  nowMs: number,
): Promise<void> {
  const { id } = alert;
  const { by, comment, why, replacedBy } = word;
  // As it stands: what is told is what somebody has closed.
  const current = await describeAlert(tx, alert, catalog, nowMs);
  const untilMs = closedUntil(nowMs, await newestWindowEnd(tx, alert), alert.sizeMs);
  await saveAlert(tx, id, closedAlert(alert, nowMs));
  await noteClosed(tx, id, { by, comment, untilMs });
  if (alert.cause === 'shift')
    for (const series of ['closed', 'matured'] as const)
      await clearSeriesState(tx, { ...alert, series }, EVENTS[why].kind);
  await noteWord(tx, alert, word, untilMs, nowMs);
  if (current === null) return;
  const { after: _later, ...described } = current.described;
  const message = {
    ...described,
    kind: 'resolved',
    decisionReason: EVENTS[why].kind,
    nextReminderAtMs: null,
    toldTypes: alert.toldTypes,
    byHand: { by, comment, isExpected: why === 'expected', ...(replacedBy !== undefined && { replacedBy }) },
  } as const;
  await notifyChannels(tx, current.model.spec, message, nowMs);
}

/** Into its story. */
export async function noteWord(
  tx: Tx,
  { id }: StoredAlert,
  word: EndingWord,
  untilMs: number | null,
  nowMs: number,
): Promise<void> {
  const { by, comment, replacedBy, details } = word;
  const closed = untilMs === null ? {} : { closed_until: new Date(untilMs).toISOString() };
  await appendAlertEvent(tx, id, {
    atMs: nowMs,
    ...EVENTS[word.why],
    windowId: null,
    details: {
      by,
      comment,
      ...(replacedBy !== undefined && { replaced_by: replacedBy }),
      ...closed,
      ...details,
    },
  });
}

const EVENTS = {
  by_hand: { kind: 'resolved_by_hand', reason: 'by_person' },
  expected: { kind: 'expected', reason: 'by_person' },
  replaced: { kind: 'replaced', reason: 'version_replaced' },
} as const satisfies Record<EndingWord['why'], Pick<AlertEvent, 'kind' | 'reason'>>;
