import type { VerdictKind } from '../core/findings.ts';

/** How a verdict looks: a letter, a colour's class and a name. Never a colour alone. */
export interface Mark {
  readonly letter: string;
  readonly style: 'ok' | 'covariate' | 'label' | 'concept' | 'fault' | 'mixed' | 'none' | 'waiting';
  readonly name: string;
}

const MARKS: Record<VerdictKind, Mark> = {
  none: { letter: '–', style: 'ok', name: 'no shift' },
  covariate_shift: { letter: 'C', style: 'covariate', name: 'covariate shift' },
  label_shift: { letter: 'L', style: 'label', name: 'label shift' },
  concept_drift: { letter: 'D', style: 'concept', name: 'concept drift' },
  data_fault: { letter: 'F', style: 'fault', name: 'data fault' },
  mixed: { letter: 'M', style: 'mixed', name: 'mixed shift' },
  undetermined: { letter: '?', style: 'none', name: 'undetermined' },
};
const EMPTY: Mark = { letter: '∅', style: 'none', name: 'no data' };
const OPEN: Mark = { letter: '', style: 'waiting', name: 'open' };
const UNJUDGED: Mark = { letter: '…', style: 'waiting', name: 'not judged yet' };

export function markOf(verdict: VerdictKind): Mark {
  return MARKS[verdict];
}

export function windowMark(window: {
  readonly state: string;
  readonly verdict: { readonly verdict: VerdictKind; readonly reason: string | null } | null;
}): Mark {
  if (window.verdict?.reason === 'no_rows') return EMPTY;
  if (window.verdict !== null) return MARKS[window.verdict.verdict];
  return window.state === 'open' ? OPEN : UNJUDGED;
}

/** In the order of the legend. */
export const LEGEND: readonly Mark[] = [...Object.values(MARKS), EMPTY, UNJUDGED, OPEN];
