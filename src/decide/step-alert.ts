import type { AlertState } from '../core/alert.ts';
import type { ShiftKind } from '../core/findings.ts';
import { windowWord } from './decided-window.ts';
import type { DecidedWindow } from './decided-window.ts';
import { nextReminder } from './due-reminder.ts';

export interface AlertRule {
  /** Consecutive windows needed, both to fire and to resolve. At least 1. */
  readonly forWindows: number;
  /** 0: no reminders. */
  readonly remindEveryMs: number;
}

export const ALERT_REASONS = [
  'no_shift',
  'undetermined',
  'already_counted',
  'first_shifted_window',
  'counting_windows',
  'enough_windows',
  'shift_continues',
  'verdict_changed',
  'new_kind_confirmed',
  'shift_returned',
  'shift_not_confirmed',
  'counting_clean_windows',
  'enough_clean_windows',
] as const;
export type AlertReason = (typeof ALERT_REASONS)[number];

export type AlertEventKind =
  | 'pending'
  | 'firing'
  | 'still_firing'
  | 'recovering'
  | 'resolved'
  | 'cleared'
  | 'none';

export interface AlertStep {
  /** To be stored; null when there is no incident. A resolved or cleared one is returned in state `resolved`. */
  readonly next: AlertState | null;
  readonly event: { readonly kind: AlertEventKind; readonly reason: AlertReason };
  /** Whether people are told, and what. */
  readonly notify: 'firing' | 'resolved' | null;
}

/**
 * What one more decided window does to the alert of its series. Windows must come in order of their start.
 *
 * An alert fires after `forWindows` consecutive shifted windows and resolves after as many clean ones; windows
 * without a verdict neither count nor reset. While firing, the incident takes over a changed verdict at once,
 * but people are told again only when a kind they have not heard of was named by `forWindows` windows in a row:
 * a verdict that flickers sends nothing, and one incident never sends more than one mail per kind of shift.
 */
export function stepAlert(
  current: AlertState | null,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const open = current === null || current.state === 'resolved' ? null : current;
  if (open?.lastWindowId === window.id) return unchanged(open, 'already_counted');
  const word = windowWord(window.verdict);
  if (word === 'undecided') return unchanged(open, 'undetermined');
  if (word === 'shifted') return afterShiftedWindow(open, window, rule, nowMs);
  return open === null ? unchanged(null, 'no_shift') : afterCleanWindow(open, window, rule, nowMs);
}

function afterCleanWindow(
  open: AlertState,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const next: AlertState = {
    ...open,
    cleanInARow: open.cleanInARow + 1,
    windowsInARow: 0,
    verdictInARow: 0,
    lastWindowId: window.id,
  };
  const over: AlertState = { ...next, state: 'resolved', resolvedAtMs: nowMs, nextReminderAtMs: null };
  if (open.state === 'pending') return step(over, 'cleared', 'shift_not_confirmed', null);
  if (next.cleanInARow < rule.forWindows) {
    return step({ ...next, state: 'recovering' }, 'recovering', 'counting_clean_windows', null);
  }
  return step({ ...over, lastNotifiedAtMs: nowMs }, 'resolved', 'enough_clean_windows', 'resolved');
}

function afterShiftedWindow(
  open: AlertState | null,
  window: DecidedWindow,
  rule: AlertRule,
  nowMs: number,
): AlertStep {
  const next = open === null ? opened(window) : continued(open, window);
  if (open !== null && open.state !== 'pending') return stillFiring(open, next, rule, nowMs);
  if (next.windowsInARow >= rule.forWindows) {
    const fired: AlertState = { ...next, state: 'firing', firedVerdict: next.verdict, firedAtMs: nowMs };
    return step(told(fired, rule, nowMs), 'firing', 'enough_windows', 'firing');
  }
  return step(next, 'pending', open === null ? 'first_shifted_window' : 'counting_windows', null);
}

function stillFiring(open: AlertState, next: AlertState, rule: AlertRule, nowMs: number): AlertStep {
  const news = next.types.some((type) => !open.toldTypes.includes(type));
  if (news && next.verdictInARow >= rule.forWindows) {
    return step(told(next, rule, nowMs), 'still_firing', 'new_kind_confirmed', 'firing');
  }
  if (open.state === 'recovering') return step(next, 'still_firing', 'shift_returned', null);
  const reason = open.verdict === next.verdict ? 'shift_continues' : 'verdict_changed';
  return step(next, 'still_firing', reason, null);
}

function opened(window: DecidedWindow): AlertState {
  return {
    state: 'pending',
    verdict: window.verdict,
    types: window.types,
    firedVerdict: null,
    toldTypes: [],
    windowsInARow: 1,
    verdictInARow: 1,
    cleanInARow: 0,
    sinceMs: window.startMs,
    lastWindowId: window.id,
    firedAtMs: null,
    resolvedAtMs: null,
    lastNotifiedAtMs: null,
    nextReminderAtMs: null,
  };
}

function continued(open: AlertState, window: DecidedWindow): AlertState {
  const same = open.verdict === window.verdict;
  return {
    ...open,
    state: open.state === 'recovering' ? 'firing' : open.state,
    verdict: window.verdict,
    types: window.types,
    windowsInARow: open.windowsInARow + 1,
    verdictInARow: same ? open.verdictInARow + 1 : 1,
    cleanInARow: 0,
    lastWindowId: window.id,
  };
}

function told(alert: AlertState, rule: AlertRule, nowMs: number): AlertState {
  const toldTypes: ShiftKind[] = [...new Set([...alert.toldTypes, ...alert.types])];
  return {
    ...alert,
    toldTypes,
    lastNotifiedAtMs: nowMs,
    nextReminderAtMs: nextReminder(rule.remindEveryMs, nowMs),
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
