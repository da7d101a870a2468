import type { FeatureComparison } from '../core/findings.ts';
import { words } from './page-format.ts';
import type { VerdictStyle } from './tokens.ts';
import { FAULT_WORDS, SEVERITY_WORDS } from './words.ts';

type Judged = Pick<FeatureComparison, 'status' | 'severity' | 'faults'> & { readonly reason?: string };

/** How a feature stands, in words on the colour of the verdict it speaks for. */
export function featureStanding({ status, severity, faults, reason = 'too_few_rows' }: Judged): {
  readonly text: string;
  readonly style: VerdictStyle;
} {
  if (status === 'fault' || faults.length > 0)
    return { text: faults.map((fault) => FAULT_WORDS[fault]).join(', ') || 'fault', style: 'fault' };
  if (status === 'ok') return { text: 'as in training', style: 'ok' };
  if (status === 'insufficient') return { text: words(reason), style: 'none' };
  return {
    text: ['moved', SEVERITY_WORDS[severity]].filter((part) => part !== '').join(', '),
    style: 'covariate',
  };
}
