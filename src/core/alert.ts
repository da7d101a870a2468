import type { ShiftKind, VerdictKind } from './findings.ts';

/**
 * One incident of one series (model version, window size, segment, `closed` or `matured`). `src/decide` steps
 * it, `src/store` keeps it. No alert at all is `null`.
 */
export interface AlertState {
  readonly state: 'pending' | 'firing' | 'recovering' | 'resolved';
  /** Of the newest window that counted. */
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  /** The verdict it fired with: the incident's name in every message about it. Null before. */
  readonly firedVerdict: VerdictKind | null;
  /** Kinds of shift that people have been told about in this incident. */
  readonly toldTypes: readonly ShiftKind[];
  /** Consecutive windows that showed a shift; undetermined ones in between neither count nor reset. */
  readonly windowsInARow: number;
  /** Consecutive windows that named the present verdict. */
  readonly verdictInARow: number;
  readonly cleanInARow: number;
  /** Start of the first window of the incident. */
  readonly sinceMs: number;
  readonly lastWindowId: string;
  readonly firedAtMs: number | null;
  /** Set with the state `resolved`, also when the alert was cleared before it ever fired. */
  readonly resolvedAtMs: number | null;
  readonly lastNotifiedAtMs: number | null;
  readonly nextReminderAtMs: number | null;
}
