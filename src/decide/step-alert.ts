import type { AlertCause, AlertKind, AlertState, SeriesState } from '../core/alerts/alert.ts';
import type { DecidedWindow, UncountedReason } from './decided-window.ts';
import { firstReminder } from './due-reminder.ts';

export interface AlertRule {
  /** Consecutive windows needed, both to fire and to resolve. At least 1. */
  readonly forWindows: number;
  /** 0: no reminders. */
  readonly remindEveryMs: number;
}

/** What each step is called in the incidents of a cause. */
const REASONS = {
  shift: {
    quiet: 'no_shift',
    first: 'first_shifted_window',
    counting: 'counting_windows',
    enough: 'enough_windows',
    continues: 'shift_continues',
    changed: 'verdict_changed',
    returned: 'shift_returned',
    notConfirmed: 'shift_not_confirmed',
    countingClean: 'counting_clean_windows',
    enoughClean: 'enough_clean_windows',
  },
  no_data: {
    quiet: 'rows_come',
    first: 'first_empty_window',
    counting: 'counting_empty_windows',
    enough: 'enough_empty_windows',
    continues: 'silence_continues',
    changed: 'silence_continues',
    returned: 'silence_returned',
    notConfirmed: 'silence_not_confirmed',
    countingClean: 'counting_windows_with_rows',
    enoughClean: 'enough_windows_with_rows',
  },
  operational: {
    quiet: 'no_breach',
    first: 'first_breached_window',
    counting: 'counting_breached_windows',
    enough: 'enough_breached_windows',
    continues: 'breach_continues',
    changed: 'breach_changed',
    returned: 'breach_returned',
    notConfirmed: 'breach_not_confirmed',
    countingClean: 'counting_windows_without_breach',
    enoughClean: 'enough_windows_without_breach',
  },
} as const satisfies Record<AlertCause, Record<string, string>>;

type StepName = keyof (typeof REASONS)['shift'];
type StepReason = { [C in AlertCause]: (typeof REASONS)[C][StepName] }[AlertCause];

/** Of an incident with two views. */
type ViewReason =
  /** One view is over, the other stands. */
  | 'other_view_stands'
  /** The same, and people are told of what is over. */
  | 'part_over'
  /** The second view shows what people have heard of. */
  | 'views_agree'
  /** Labels of its time show it when the inputs are as before already. */
  | 'labels_show_more';

export type AlertReason =
  | StepReason
  | UncountedReason
  | 'already_counted'
  | 'new_kind_confirmed'
  | 'consequence_confirmed'
  | 'windows_together'
  | ViewReason;

export type AlertEventKind =
  | 'pending'
  | 'firing'
  | 'still_firing'
  | 'recovering'
  | 'resolved'
  | 'cleared'
  /** A window that says nothing, in an open incident. */
  | 'not_counted'
  | 'none';

export interface AlertStep {
  /** To be stored; null when there is no incident. A resolved or cleared one is returned in state `resolved`. */
  readonly next: AlertState | null;
  readonly event: { readonly kind: AlertEventKind; readonly reason: AlertReason };
  /** Whether people are told, and what. */
  readonly notify: 'firing' | 'reminder' | 'resolved' | null;
}

/** Names are many, and of old ones nobody needs more. */
export const MOST_SUBJECTS = 50;

/**
 * What one more decided window does to the alert of its series and cause. Windows must come in order of their start.
 *
 * An alert fires after `forWindows` consecutive windows that count towards it, at once where several windows together show it, and resolves after as many clean ones;
 * windows that say nothing neither count nor reset. While firing, the incident takes over a changed verdict at once,
 * but people are told again only when a kind they have not heard of was named by `forWindows` windows in a row:
 * a verdict that flickers sends nothing, and one incident never sends more than one mail per kind.
 */
export function stepAlert(
  current: AlertState | null,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const open = current === null || current.state === 'resolved' ? null : current;
  if (open?.lastWindowId === window.id) return unchanged(open, 'already_counted');
  const { counts } = window;
  if (counts === 'shifted') return afterShiftedWindow(open, asPartOf(open, window), rule, nowMs);
  if (counts === 'clean') {
    const quiet = window.expected === undefined ? REASONS[window.cause].quiet : 'expected';
    if (open === null) return unchanged(null, quiet);
    return afterCleanWindow(open, window, rule, nowMs);
  }
  return step(open, open === null ? 'none' : 'not_counted', counts, null);
}

/** How a series stands after a step of its incident about shifts. */
export function seriesStateAfter({ next, event }: AlertStep): SeriesState {
  if (next !== null && next.state !== 'resolved') return next.state;
  const { reason } = event;
  if (reason === 'insufficient' || reason === 'no_data' || reason === 'undetermined') return reason;
  return 'ok';
}

/** What costs the model its success was told by name: a window that does not tell why it got worse is one more of that. */
function asPartOf(open: AlertState | null, window: DecidedWindow): DecidedWindow {
  const isUnnamed = window.types.every((type) => type === 'performance_loss');
  if (window.cause !== 'shift' || !isUnnamed || open === null || open.state === 'pending') return window;
  const isNamed = open.toldTypes.some((type) => NAMED.has(type));
  return isNamed ? { ...window, verdict: open.verdict, types: open.types } : window;
}

/** Kinds people have not heard of. That the model got worse is none where they know what costs it its success. */
export function isNewsTo(told: readonly AlertKind[], types: readonly AlertKind[]): boolean {
  const isNamed = told.some((type) => NAMED.has(type));
  return types.some((type) => !told.includes(type) && !(isNamed && type === 'performance_loss'));
}

const NAMED: ReadonlySet<AlertKind> = new Set(['concept_drift', 'label_shift', 'data_fault']);

function afterCleanWindow(
  open: AlertState,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const reasons = REASONS[window.cause];
  const next: AlertState = {
    ...open,
    cleanInARow: open.cleanInARow + 1,
    windowsInARow: 0,
    verdictInARow: 0,
    lastWindowId: window.id,
  };
  const over: AlertState = { ...next, state: 'resolved', resolvedAtMs: nowMs, nextReminderAtMs: null };
  // What it shows still was expected: nothing is said to be as it was.
  const enough = window.expected === undefined ? reasons.enoughClean : 'expected';
  if (open.state === 'pending') return step(over, 'cleared', reasons.notConfirmed, null);
  if (next.cleanInARow < rule.forWindows) {
    return step({ ...next, state: 'recovering' }, 'recovering', reasons.countingClean, null);
  }
  return step({ ...over, lastNotifiedAtMs: nowMs }, 'resolved', enough, 'resolved');
}

function afterShiftedWindow(
  open: AlertState | null,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const reasons = REASONS[window.cause];
  const next = open === null ? opened(window) : continued(open, window);
  if (open !== null && open.state !== 'pending') return stillFiring(open, next, window, rule, nowMs);
  // What several windows show has waited for them already.
  const isTogether = window.togetherSinceMs !== undefined;
  if (next.windowsInARow >= rule.forWindows || isTogether) {
    const firedVerdict = window.cause === 'shift' ? next.verdict : null;
    const fired: AlertState = { ...next, state: 'firing', firedVerdict, firedAtMs: nowMs };
    const reason = next.windowsInARow < rule.forWindows ? 'windows_together' : reasons.enough;
    return step(told(fired, rule, nowMs), 'firing', reason, 'firing');
  }
  return step(next, 'pending', open === null ? reasons.first : reasons.counting, null);
}

function stillFiring(
  open: AlertState,
  next: AlertState,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const reasons = REASONS[window.cause];
  const news = isNewsTo(open.toldTypes, next.types);
  if (news && next.verdictInARow >= rule.forWindows) {
    return step(told(next, rule, nowMs), 'still_firing', 'new_kind_confirmed', 'firing');
  }
  if (open.state === 'recovering') return step(next, 'still_firing', reasons.returned, null);
  const reason = namesTheSame(open, window) ? reasons.continues : reasons.changed;
  return step(next, 'still_firing', reason, null);
}

function opened(window: DecidedWindow): AlertState {
  return {
    state: 'pending',
    verdict: window.verdict,
    types: window.types,
    subjects: window.subjects.slice(0, MOST_SUBJECTS),
    firedVerdict: null,
    toldTypes: [],
    windowsInARow: 1,
    verdictInARow: 1,
    cleanInARow: 0,
    sinceMs: window.togetherSinceMs ?? Math.min(window.labelsSinceMs ?? window.startMs, window.startMs),
    lastWindowId: window.id,
    firedAtMs: null,
    resolvedAtMs: null,
    lastNotifiedAtMs: null,
    nextReminderAtMs: null,
  };
}

function continued(open: AlertState, window: DecidedWindow): AlertState {
  return {
    ...open,
    state: open.state === 'recovering' ? 'firing' : open.state,
    // Once people were told it stays what they were told.
    ...(open.state === 'pending' && {
      sinceMs: Math.min(open.sinceMs, window.labelsSinceMs ?? open.sinceMs),
    }),
    verdict: window.verdict,
    types: window.types,
    subjects: [...new Set([...window.subjects, ...open.subjects])].slice(0, MOST_SUBJECTS),
    windowsInARow: open.windowsInARow + 1,
    verdictInARow: namesTheSame(open, window) ? open.verdictInARow + 1 : 1,
    cleanInARow: 0,
    lastWindowId: window.id,
  };
}

/** A shift goes by its verdict; of the other causes the verdict is only what the data was like meanwhile. */
function namesTheSame(open: AlertState, { cause, verdict, types }: DecidedWindow): boolean {
  if (cause === 'shift') return open.verdict === verdict;
  return open.types.length === types.length && types.every((type) => open.types.includes(type));
}

function told(alert: AlertState, rule: AlertRule, nowMs: number): AlertState {
  const toldTypes: AlertKind[] = [...new Set([...alert.toldTypes, ...alert.types])];
  return {
    ...alert,
    toldTypes,
    lastNotifiedAtMs: nowMs,
    nextReminderAtMs: firstReminder(rule.remindEveryMs, nowMs),
  };
}

function unchanged(next: AlertState | null, reason: AlertReason): AlertStep {
  return step(next, 'none', reason, null);
}

function step(
  next: AlertState | null,
  kind: AlertEventKind,
  reason: AlertReason,
  notify: AlertStep['notify'],
): AlertStep {
  return { next, event: { kind, reason }, notify };
}
