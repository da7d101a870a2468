import type { AlertCause } from '../core/alerts/alert.ts';
import type { VerdictKind } from '../core/findings.ts';
import type { VerdictStyle } from './tokens.ts';

/** How a verdict looks: a letter, a colour's class and a name. Never a colour alone. */
export interface Mark {
  readonly letter: string;
  readonly style: VerdictStyle | 'waiting';
  readonly name: string;
}

/** Of what was judged. */
export interface VerdictMark extends Mark {
  readonly style: VerdictStyle;
}

const MARKS: Record<VerdictKind, VerdictMark> = {
  none: { letter: '–', style: 'ok', name: 'no shift' },
  covariate_shift: { letter: 'C', style: 'covariate', name: 'covariate shift' },
  label_shift: { letter: 'L', style: 'label', name: 'label shift' },
  concept_drift: { letter: 'D', style: 'concept', name: 'concept drift' },
  data_fault: { letter: 'F', style: 'fault', name: 'data fault' },
  mixed: { letter: 'M', style: 'mixed', name: 'mixed shift' },
  undetermined: { letter: '?', style: 'none', name: 'undetermined' },
};
const EMPTY: VerdictMark = { letter: '∅', style: 'none', name: 'no data' };
const OPEN: Mark = { letter: '', style: 'waiting', name: 'open' };
const UNJUDGED: Mark = { letter: '…', style: 'waiting', name: 'not judged yet' };

export function markOf(verdict: VerdictKind): VerdictMark {
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

/** Of what an incident is about; null: operation, or a loss that no kind of shift explains, which have none. */
export function incidentMark(incident: {
  readonly cause: AlertCause;
  readonly verdict: VerdictKind;
}): VerdictMark | null {
  if (incident.cause === 'no_data') return EMPTY;
  return incident.cause === 'shift' && incident.verdict !== 'none' ? MARKS[incident.verdict] : null;
}

/** In the order of the legend. */
export const LEGEND: readonly Mark[] = [...Object.values(MARKS), EMPTY, UNJUDGED, OPEN];
