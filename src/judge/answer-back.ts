import type { Comparison, Diagnosis } from '../core/findings.ts';
import { normalQuantile } from '../stats/distributions.ts';

/** What labels said in one window of an incident. */
export interface LabelledAnswer {
  /** Of "did the relation move?", or where only the labels' shares had, of "did those?" */
  readonly p: number;
  readonly labelled: number;
}

const ONE_SIDED_95 = 1.644_853_626_951_472_6;
/** Further out a p-value is not told from zero. */
const MOST_STANDARD_ERRORS = 8;

/** By the kinds of the incident (`types`); null where they are none of labels, or the window had none. */
export function labelledAnswer(
  { evidence }: Pick<Diagnosis, 'evidence'>,
  performance: Comparison['performance'],
  types: readonly string[],
): LabelledAnswer | null {
  const isOfLabels = types.includes('label_shift');
  // Where the inputs moved as well the shares of labels follow them: of a mix of labels beside them the relation tells.
  const isRelation = types.includes('concept_drift') || (isOfLabels && types.includes('covariate_shift'));
  if (!isRelation && !isOfLabels) return null;
  const wanted = isRelation ? 'score_test' : 'label_test';
  const p = evidence.find(({ statistic }) => statistic === wanted)?.p_value ?? null;
  const labelled = performance?.labelled.current ?? 0;
  return p === null || labelled === 0 ? null : { p, labelled };
}

/**
 * Whether the windows after the last that showed it bound what labels said below half of what it was: a change that 500 labels show
 * now and then is not over because two windows of 500 did not.
 *
 * Formula: a p-value is worth z = Φ⁻¹(1 − p/2) standard errors, which grow with √labels; over windows Σ z√n / Σ n, with the error
 * 1/√Σn. Null where nothing that stands out was said before: where only several windows together show it, so do they when it is over (`isLossBack`). What was said twice as clearly as need be is over after two windows as a rule.
 *
 * @example isAnswerBack([{ p: 1e-5, labelled: 500 }, { p: 1e-4, labelled: 500 }], [{ p: 0.05, labelled: 500 }, { p: 0.15, labelled: 500 }]) // false
 */
export function isAnswerBack(
  away: readonly LabelledAnswer[],
  clean: readonly LabelledAnswer[],
): boolean | null {
  const [before, since] = [away, clean].map(together);
  if (before === undefined || before.size * Math.sqrt(before.labels) < ONE_SIDED_95) return null;
  if (since === undefined || since.labels === 0) return false;
  return since.size + ONE_SIDED_95 / Math.sqrt(since.labels) < before.size / 2;
}

function together(answers: readonly LabelledAnswer[]): { readonly size: number; readonly labels: number } {
  let [sum, labels] = [0, 0];
  for (const { p, labelled } of answers) {
    const z = p >= 1 ? 0 : Math.min(MOST_STANDARD_ERRORS, -normalQuantile(Math.max(p / 2, Number.MIN_VALUE)));
    sum += z * Math.sqrt(labelled);
    labels += labelled;
  }
  return { size: labels > 0 ? sum / labels : 0, labels };
}
