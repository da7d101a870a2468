import type { AlertState } from '../core/alerts/alert.ts';
import type { ShiftKind, VerdictKind } from '../core/findings.ts';
import { windowWord } from './decided-window.ts';

/** What a message said of one window. */
export interface ToldVerdict {
  /** `firing`: that it shows a shift. `resolved`: that it shows none any more. */
  readonly kind: 'firing' | 'resolved';
  readonly types: readonly ShiftKind[];
}

export interface RevisedVerdict {
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
}

const CORRECTION_REASONS = [
  'told_shift_gone',
  'told_kind_gone',
  'resolution_withdrawn',
  'verdict_stands',
  'undetermined',
  'corrected_before',
] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];

/**
 * Whether people have to be told that what they were told of a window is not so: late labels or rows have changed its
 * verdict. A kind that is found beside those they heard of is news, not a correction, and windows to come will tell.
 * A window that cannot be judged any more neither confirms nor denies. Each window is corrected once, however often its
 * verdict changes after that.
 */
export function decideCorrection(
  told: ToldVerdict,
  now: RevisedVerdict,
  correctedBefore: boolean,
): { readonly notify: boolean; readonly reason: CorrectionReason } {
  const reason = whatChanged(told, now);
  if (reason === 'verdict_stands' || reason === 'undetermined') return { notify: false, reason };
  return correctedBefore ? { notify: false, reason: 'corrected_before' } : { notify: true, reason };
}

function whatChanged(told: ToldVerdict, now: RevisedVerdict): CorrectionReason {
  const word = windowWord(now.verdict);
  if (word === 'undecided') return 'undetermined';
  if (told.kind === 'resolved') return word === 'shifted' ? 'resolution_withdrawn' : 'verdict_stands';
  if (word === 'clean') return 'told_shift_gone';
  return told.types.every((type) => now.types.includes(type)) ? 'verdict_stands' : 'told_kind_gone';
}

/**
 * The incident after one of its windows turned out clean. Null: it stays as it is, because other windows of it still
 * show a shift, or it is over already.
 */
export function withdrawIncident(
  alert: AlertState,
  now: RevisedVerdict,
  standingWindows: number,
  nowMs: number,
): AlertState | null {
  if (alert.state === 'resolved' || windowWord(now.verdict) !== 'clean' || standingWindows > 0) return null;
  return { ...alert, state: 'resolved', resolvedAtMs: nowMs, nextReminderAtMs: null };
}
