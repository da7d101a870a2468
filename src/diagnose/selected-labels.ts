import { keptWith } from '../core/memory/remember.ts';
import type { ArrivalBias } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { arrivalBias } from './arrival-bias.ts';
import type { LabelAnswers } from './answers.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/** Of how far the window's labelled rows are from its others, those of the baseline are apart by so much and more. */
const AS_FAR = 0.5;

/**
 * What labelled rows can answer when they are not like the window's other rows.
 *
 * Who is labelled for what is known of him changes P(X), P(y) and P(X|y) of the labelled rows, and leaves P(y|X). So
 * only the relation is asked of them; whether the inputs moved is judged on all rows, and label shift is not tested.
 * Unless the labelled rows look like the baseline's all the same, or the baseline's differ from its own others in the same column, by half as
 * much and more: then the baseline was labelled by the same rule, and like is compared with like.
 */
export function withoutSelection(
  answers: LabelAnswers,
  arrival: ArrivalBias | undefined,
  reference: Table | null,
): LabelAnswers {
  if (arrival === undefined || !arrival.biased || answers.inputP >= VERDICT_ALPHA) return answers;
  if (reference !== null && isSameRule(biasOf(reference), arrival)) return answers;
  return {
    ...answers,
    inputP: 1,
    independentInputP: 1,
    labelP: 1,
    conditional: { ...answers.conditional, p: 1 },
    shift: {
      overall: 0,
      overallP: 1,
      withinLabels: 0,
      withinLabelsP: 1,
      labelOverConcept: 0,
      labelOverCovariate: 0,
      isMeasured: false,
    },
    selectedBy: arrival,
  };
}

/** Of a reference once. */
const biasOf = keptWith((reference: Table): ArrivalBias => arrivalBias(reference));

function isSameRule(before: ArrivalBias, now: ArrivalBias): boolean {
  const isOfSame = before.biased && before.feature === now.feature;
  return isOfSame && (before.distance ?? 0) >= AS_FAR * (now.distance ?? 0);
}
