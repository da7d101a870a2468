import type { ArrivalBias } from '../core/findings.ts';
import type { LabelAnswers } from './answers.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/**
 * What labelled rows can answer when they are not like the window's other rows.
 *
 * Who is labelled for what is known of him changes P(X), P(y) and P(X|y) of the labelled rows, and leaves P(y|X). So
 * only the relation is asked of them; whether the inputs moved is judged on all rows, and label shift is not tested.
 * Unless the labelled rows look like the baseline's all the same: then the baseline was labelled by the same rule, and
 * like is compared with like.
 */
export function withoutSelection(answers: LabelAnswers, arrival: ArrivalBias | undefined): LabelAnswers {
  if (arrival === undefined || !arrival.biased || answers.inputP >= VERDICT_ALPHA) return answers;
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
