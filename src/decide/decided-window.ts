import type { ShiftKind, VerdictKind } from '../core/findings.ts';

/** What the alert policy needs to know of a window's verdict. */
export interface DecidedWindow {
  readonly id: string;
  readonly startMs: number;
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
}

export type WindowWord = 'shifted' | 'clean' | 'undecided';

/** What a verdict says to the alert policy. Too few rows or conflicting evidence say nothing at all. */
export function windowWord(verdict: VerdictKind): WindowWord {
  if (verdict === 'undetermined') return 'undecided';
  return verdict === 'none' ? 'clean' : 'shifted';
}
