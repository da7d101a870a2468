import type { AlertKind, AlertState } from '../core/alerts/alert.ts';
import { DAY_MS } from '../core/clock.ts';
import type { RetrainOutcomeKind } from '../core/retrain/retrain.ts';
import type { DecidedWindow } from './decided-window.ts';
import { isNewsTo } from './step-alert.ts';

/** Logs that are further behind than that are history which is read again, and not late. */
const LATE_AT_MOST_MS = 2 * DAY_MS;

/**
 * Windows that end up to this moment do not open an incident again that is closed now. Where a log of the past is read, its own time is what
 * counts: no window of it would ever end after the clock's.
 *
 * @param newestEndMs of the windows there are; null: none
 */
export function closedUntil(nowMs: number, newestEndMs: number | null, sizeMs: number): number {
  if (newestEndMs === null || nowMs - newestEndMs <= Math.max(LATE_AT_MOST_MS, 2 * sizeMs)) return nowMs;
  return newestEndMs;
}

/** The incident once it is closed, whatever its windows show. */
export function closedAlert(alert: AlertState, nowMs: number): AlertState {
  return {
    ...alert,
    state: 'resolved',
    resolvedAtMs: nowMs,
    lastNotifiedAtMs: nowMs,
    nextReminderAtMs: null,
  };
}

/** An incident that somebody has closed. */
export interface ClosedIncident {
  readonly id: string;
  readonly untilMs: number;
  /** Kinds that it showed or people were told of. */
  readonly kinds: readonly AlertKind[];
}

/** Whether all that a window shows was known when somebody closed the incident. */
export function isClosedByHand(
  { types }: Pick<DecidedWindow, 'types'>,
  endMs: number,
  closed: readonly ClosedIncident[],
): boolean {
  const kinds = closed.filter(({ untilMs }) => endMs <= untilMs).flatMap((each) => each.kinds);
  return kinds.length > 0 && !isNewsTo(kinds, types);
}

/** Which incident that somebody had closed a window shows again: the newest, if a kind of it is there. */
export function followedBy(
  { types }: Pick<DecidedWindow, 'types'>,
  newest: ClosedIncident | null,
): string | null {
  return newest !== null && types.some((type) => newest.kinds.includes(type)) ? newest.id : null;
}

/** A version that was trained because of an incident or after it, and how far it has taken the place of the incident's. */
export interface Successor {
  readonly outcome: RetrainOutcomeKind;
  /** Windows that have closed with rows of it, all after the last row of the version before it. */
  readonly windowsAfter: number;
  /** Whether windows of the incident's size and version are still to close. */
  readonly isOldOpen: boolean;
}

/**
 * Whether an incident about a shift is over because its version is gone: no window of it would ever end it. Gone is what no
 * data takes for it, too: nothing came while another version had as many windows as an incident takes.
 *
 * By outcomes the new version must have helped (`fixed`), or nothing was lost and it is no worse (`kept`): it is not the
 * repair that ends the incident, and of both outcomes nothing is left to do. A fault stays for people: a new version that was
 * trained on faulty rows has them in its baseline, and would never show it.
 *
 * @param kinds that the incident shows or people were told of
 */
export function isReplaced(kinds: readonly AlertKind[], successor: Successor, forWindows: number): boolean {
  const { outcome, windowsAfter, isOldOpen } = successor;
  if (outcome !== 'fixed' && outcome !== 'kept') return false;
  return windowsAfter >= forWindows && !isOldOpen && !kinds.includes('data_fault');
}
