import type { Fault } from '../core/faults.ts';
import type { FeatureStatus } from '../core/findings.ts';
import { displayText } from './display-text.ts';
import { formatCount, formatNumber } from './format.ts';
import { FAULT_WORDS } from './words.ts';

/** What of a feature in a window the sentence is made of. */
export interface FlagFacts {
  readonly status: FeatureStatus;
  readonly reason: string;
  readonly faults: readonly Fault[];
  /** What the gravest fault says, where it is known. */
  readonly detail: string | null;
  readonly effect: number | null;
  /** The effect from which a significant change is a drift. */
  readonly floor: number;
  readonly q: number | null;
  readonly rows: number;
}

const REASONS: Readonly<Record<string, (facts: FlagFacts) => string>> = {
  shifted: ({ effect, floor, rows, q }) =>
    `Flagged: it moved by ${size(effect)}, above the floor of ${formatNumber(floor)}, which chance does not do with ${formatCount(rows)} rows (${formatQ(q)}).`,
  effect_below_floor: ({ effect, floor, q }) =>
    `Not flagged: that it moved is no chance (${formatQ(q)}), but by ${size(effect)}, below the floor of ${formatNumber(floor)}.`,
  not_significant: ({ effect, rows, q }) =>
    `Not flagged: chance moves ${formatCount(rows)} rows as far (${size(effect)}, ${formatQ(q)}).`,
  other_direction: ({ effect }) =>
    `Not flagged: it moved by ${size(effect)}, but not in the direction that is watched.`,
  too_few_rows: ({ rows }) => `Not judged: ${formatCount(rows)} rows are too few.`,
  no_values: () => 'Not judged: it has no values here, or had none in training.',
  too_few_values: () => 'Not judged: too few rows have a value.',
  too_few_cells: () => 'Not judged: too few rows differ for anything to be tested.',
  constant: () => 'Not flagged: it has one and the same value, as in training.',
  ignored: () => 'Not flagged: the configuration says to ignore it.',
  identifier: () => 'Not flagged: it is an identifier, whose values never come twice.',
  calendar: () => 'Not flagged: it follows the calendar, and moves by itself.',
  not_judged_yet: () =>
    'Not judged yet: the window is still open, and what is counted so far is provisional.',
};

/** Why a feature is flagged in a window, or why not, in one sentence. A reason that is not known is shown as it is. */
export function whyFlagged(facts: FlagFacts): string {
  if (facts.status === 'fault' || facts.faults.length > 0) {
    const kinds = facts.faults.map((fault) => FAULT_WORDS[fault]).join(', ');
    const detail = facts.detail === null ? '' : `: ${displayText(facts.detail, 400)}`;
    return `Flagged as a data fault (${kinds === '' ? 'not named' : kinds})${detail}.`;
  }
  return REASONS[facts.reason]?.(facts) ?? `${facts.status}: ${facts.reason.replaceAll('_', ' ')}.`;
}

function size(effect: number | null): string {
  return effect === null
    ? 'an effect that is not known'
    : `an effect of ${formatNumber(Math.max(0, effect))}`;
}

function formatQ(q: number | null): string {
  if (q === null) return 'q is not known';
  if (q < 1e-9) return 'q < 1e-9';
  return q < 0.001 ? `q = ${q.toExponential(0)}` : `q = ${q.toFixed(3)}`;
}
