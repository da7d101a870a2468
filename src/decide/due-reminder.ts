import type { AlertState } from '../core/alerts/alert.ts';
import { MINUTE_MS } from '../core/clock.ts';

export type ReminderReason = 'due' | 'not_firing' | 'no_reminders' | 'not_yet';

/** When the next reminder follows a notification sent now; null when reminders are switched off (0). */
function nextReminder(remindEveryMs: number, nowMs: number): number | null {
  return remindEveryMs > 0 ? nowMs + remindEveryMs : null;
}

/** The first reminder waits a little longer, at most a twelfth of `remindEveryMs`. */
const PATIENCE_MS = 5 * MINUTE_MS;

/**
 * When the first reminder follows what a window was told for; null when reminders are switched off. What is told for a window
 * is told when one ends, so a day later another one ends: it is judged first, or people would read `still open` a second before
 * `resolved`.
 */
export function firstReminder(remindEveryMs: number, nowMs: number): number | null {
  return nextReminder(remindEveryMs, nowMs + Math.min(PATIENCE_MS, remindEveryMs / 12));
}

/** Whether a due reminder waits for a verdict that is on its way: five minutes at most, should it never come. */
export function awaitsVerdict(isToBeJudged: boolean, waitsSinceMs: number, nowMs: number): boolean {
  return isToBeJudged && nowMs - waitsSinceMs < PATIENCE_MS;
}

/**
 * Whether an open incident should be brought to mind again. A recovering one counts as open: should its windows
 * stop coming, nobody would otherwise hear of it again.
 */
export function dueReminder(
  alert: Pick<AlertState, 'state' | 'nextReminderAtMs'>,
  nowMs: number,
): { readonly due: boolean; readonly reason: ReminderReason } {
  if (alert.state !== 'firing' && alert.state !== 'recovering') return { due: false, reason: 'not_firing' };
  if (alert.nextReminderAtMs === null) return { due: false, reason: 'no_reminders' };
  return alert.nextReminderAtMs <= nowMs ? { due: true, reason: 'due' } : { due: false, reason: 'not_yet' };
}

/** Times `remindEveryMs` that nobody waits longer than. */
const SELDOMEST = 7;

/**
 * The alert after a reminder. Counted from now, so that an outage is followed by one reminder, not by many. What only asks to be watched
 * waits as long again as it has been told, between one and seven times `remindEveryMs`: on the first day, the second, the fourth, the eighth, and
 * then every seventh, because nobody reads the same line every morning.
 */
export function afterReminder(
  alert: AlertState,
  { remindEveryMs, isToWatch = false }: { readonly remindEveryMs: number; readonly isToWatch?: boolean },
  nowMs: number,
): AlertState {
  const toldForMs = isToWatch ? nowMs - (alert.firedAtMs ?? nowMs) : 0;
  const waitMs = Math.min(SELDOMEST * remindEveryMs, Math.max(remindEveryMs, toldForMs));
  return { ...alert, lastNotifiedAtMs: nowMs, nextReminderAtMs: nextReminder(waitMs, nowMs) };
}
