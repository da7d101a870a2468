import type { Evidence, ShiftKind } from '../core/findings.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

/** Whose odds moved by one factor, and what that does to a score. */
export interface OddsStep {
  readonly class: string;
  /** Odds now over odds before. */
  readonly factor: number;
  /** The score that means now what 0.5 meant before; null without scores of that class. */
  readonly threshold: number | null;
}

/**
 * What a label shift asks for, as a number: with two classes the odds of one at the same features are those of before times (n₁/n₀ now)/(n₁/n₀
 * before), and a score s that was right means odds s/(1 − s) times that; 0.5 is reached at 1/(1 + factor). Of the positive class where there is one,
 * else of the rarer. Null with other than two classes, or an empty one on a side.
 *
 * Source: Saerens, Latinne and Decaestecker, Neural Computation 14 (2002).
 */
function oddsStep(labelled: RowSamples | null, positiveClass: string | null): OddsStep | null {
  if (labelled?.label?.kind !== 'levels') return null;
  const { label, score } = labelled;
  const before = levelCounts(label.reference, label.levels.length);
  const now = levelCounts(label.current, label.levels.length);
  const used = [...before.keys()].filter((code) => before[code]! + now[code]! > 0);
  const [a, b] = used;
  if (a === undefined || b === undefined || used.length > 2) return null;
  if (Math.min(before[a]!, before[b]!, now[a]!, now[b]!) === 0) return null;
  const asked = used.find((code) => label.levels[code] === positiveClass);
  const of = asked ?? (before[a]! < before[b]! ? a : b);
  const other = of === a ? b : a;
  const factor = now[of]! / now[other]! / (before[of]! / before[other]!);
  const hasScore = score !== null && asked !== undefined;
  return { class: label.levels[of] ?? '', factor, threshold: hasScore ? 1 / (1 + factor) : null };
}

/** By how much the odds moved, where that is what the labels say: of rows that are what they were or, where the inputs moved as well, at the same features, as a model of the relation has it. */
export function oddsOf(
  types: readonly ShiftKind[],
  labelled: RowSamples | null,
  step: StepOfRelation | null,
  positiveClass: string | null,
): OddsStep | null {
  if (labelled === null || !types.includes('label_shift')) return null;
  return step !== null && types.includes('covariate_shift')
    ? stepAtFeatures(step, labelled, positiveClass)
    : oddsStep(labelled, positiveClass);
}

interface StepOfRelation {
  readonly class: string;
  readonly logOdds: number;
}

function stepAtFeatures(
  { class: of, logOdds }: StepOfRelation,
  { label, score }: RowSamples,
  positiveClass: string | null,
): OddsStep | null {
  if (label?.kind !== 'levels') return null;
  const asked = positiveClass !== null && label.levels.includes(positiveClass) ? positiveClass : of;
  const factor = Math.exp(asked === of ? logOdds : -logOdds);
  const hasScore = score !== null && asked === positiveClass;
  return { class: asked, factor, threshold: hasScore ? 1 / (1 + factor) : null };
}

/** `the odds of ill are × 2.04 at the same features: a score of 0.33 means what 0.5 did`. */
export function describeOdds({ class: name, factor, threshold }: OddsStep): string {
  const moved = `the odds of ${name} are × ${factor.toPrecision(3)} at the same features`;
  return threshold === null ? moved : `${moved}: a score of ${threshold.toFixed(2)} means what 0.5 did`;
}

export function oddsEvidence(step: OddsStep): Evidence {
  return { claim: describeOdds(step), statistic: 'odds_ratio', value: step.factor, p_value: null };
}
