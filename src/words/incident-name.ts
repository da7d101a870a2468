import type { AlertCause } from '../core/alerts/alert.ts';
import type { VerdictKind } from '../core/findings.ts';
import { KIND_OF_METRIC, OPERATIONAL_METRICS } from '../core/operational.ts';
import { displayText } from './display-text.ts';
import { TOLD_WORDS, VERDICT_WORDS } from './words.ts';

export interface NamedIncident {
  readonly cause: AlertCause;
  readonly verdict: VerdictKind;
  /** Features of a shift, metrics of operation. */
  readonly subjects: readonly string[];
}

/** `covariate shift`, `no data`, `latency and errors`: what an incident is about. */
export function incidentName({ cause, verdict, subjects }: NamedIncident): string {
  if (cause === 'shift') return shiftIncident(verdict);
  if (cause === 'no_data') return 'no data';
  const metrics = OPERATIONAL_METRICS.filter((metric) => subjects.includes(metric));
  return [...new Set(metrics.map((metric) => KIND_OF_METRIC[metric]))].join(' and ');
}

/** What is told of without a kind is that the model got worse. */
export function shiftIncident(verdict: VerdictKind): string {
  return verdict === 'undetermined' ? TOLD_WORDS.performance_loss : VERDICT_WORDS[verdict];
}

const SHOWN_SUBJECTS = 3;

/** ` of age and income`, ` of age, income, region and 4 more`; nothing where there is no feature to name. */
export function subjectsInWords({ cause, subjects }: Omit<NamedIncident, 'verdict'>): string {
  if (cause !== 'shift' || subjects.length === 0) return '';
  const shown = subjects.slice(0, SHOWN_SUBJECTS).map((subject) => displayText(subject, 300));
  const more = subjects.length - SHOWN_SUBJECTS;
  const last = more > 0 ? `${more} more` : shown.pop();
  return ` of ${shown.length === 0 ? '' : `${shown.join(', ')} and `}${last}`;
}
