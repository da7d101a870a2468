import type { AlertCause, AlertKind } from '../core/alerts/alert.ts';
import type { VerdictKind } from '../core/findings.ts';

/** Why a window counts neither towards an incident nor towards its end. */
export type UncountedReason =
  /** The evidence does not tell, or there is no baseline. */
  | 'undetermined'
  /** Too few rows to say anything. */
  | 'insufficient'
  /** No rows at all: an incident of its own, not the end of another. */
  | 'no_data'
  /** Better than what fires, not good enough to clear. */
  | 'between_thresholds'
  /** Clean, and with the clean ones before it too few rows to rule out half of what had moved. */
  | 'recovery_not_shown'
  /** The calendar explains what moved, whatever else goes on. */
  | 'known_event'
  /** A fault shows without labels: the closed series has told of it. */
  | 'told_by_closed_series'
  /** Nothing says how predictions were made. */
  | 'not_measured'
  /** Nothing came, and at this time of the week nothing ever comes. */
  | 'usual_silence'
  /** Nothing came, because another version had taken over. */
  | 'served_elsewhere'
  /** It ended before somebody closed the incident by hand, and shows nothing else. */
  | 'closed_by_hand'
  /** What it shows was expected, and it does not tell that what else the incident is about is over. */
  | 'expected';

export type WindowWord = 'shifted' | 'clean';

/** What the alert policy needs to know of a window, for the incidents of one cause. */
export interface DecidedWindow {
  readonly id: string;
  readonly startMs: number;
  readonly cause: AlertCause;
  /** `shifted`: towards the incident. `clean`: towards its end. */
  readonly counts: WindowWord | UncountedReason;
  readonly verdict: VerdictKind;
  readonly types: readonly AlertKind[];
  /** The gravest first. */
  readonly subjects: readonly string[];
  /** Several windows together show it: the start of the first of them. Absent: its own rows do. */
  readonly togetherSinceMs?: number;
  /** Its labels and those of windows before it show it, too, and nothing before these: the start of the first of them. */
  readonly labelsSinceMs?: number;
  /** Set where it shows a change that somebody expected: it does not count towards an incident then. */
  readonly expected?: ExpectedBy;
}

/** Who expected what a window shows, and why. */
export interface ExpectedBy {
  readonly annotationId: string;
  readonly author: string;
  readonly comment: string;
}

/** What a verdict says to the alert policy. Too few rows or conflicting evidence say nothing at all, unless the model got worse (`ShiftFacts`). */
export function windowWord(verdict: VerdictKind): WindowWord | 'undecided' {
  if (verdict === 'undetermined') return 'undecided';
  return verdict === 'none' ? 'clean' : 'shifted';
}
