import type { InputAnswer, LabelAnswers } from './answers.ts';
import { MIN_CONFIDENCE, VERDICT_ALPHA } from './thresholds.ts';

/** One kind of change of the world, or that it cannot be told. Faults are decided before. */
export type Kind = 'none' | 'covariate_shift' | 'label_shift' | 'concept_drift' | 'mixed' | 'undetermined';

export interface Decision {
  readonly kind: Kind;
  /** Weight of the kind among all, 0 to 1. */
  readonly confidence: number;
}

/** A change of the joint distribution that is none of the three pure kinds is rare. */
const MIXED_WEIGHT = 1e-4;
/** Below this P(y|X) or P(y) is not refuted, but no longer beyond suspicion either. */
const SUSPICIOUS = 0.05;
/** Log-likelihood that must separate label shift from concept drift when neither is refuted alone. */
const MIN_LOG_LIKELIHOOD = 2;

/** Without labels: the inputs moved, or they did not. */
export function decideWithoutLabels(input: InputAnswer, alpha: number): Decision {
  if (input.moved.length > 0 && input.movedP < alpha) {
    return { kind: 'covariate_shift', confidence: 1 / (1 + input.movedP) };
  }
  return { kind: 'none', confidence: confidenceOfNone([input.quietP]) };
}

/**
 * With labels: P(X, y) = P(y|X)·P(X) = P(X|y)·P(y), and a kind of shift is what moved together with what stayed.
 *
 * Each pure kind is weighted with the p-value of the invariance it claims (covariate shift P(y|X), label shift
 * P(X|y), concept drift P(X)), a kind whose own change does not show with nothing; weights are normalised. A kind
 * below 0.8 is `undetermined`: in a prototype such guesses were never right.
 */
export function decideKind(input: InputAnswer, answers: LabelAnswers, alpha: number): Decision {
  const conceptMoved = answers.concept.p < alpha;
  const labelMoved = answers.labelP < alpha;
  const floored = input.moved.length > 0 && input.movedP < alpha;
  // Where the labels moved too, small covariate changes count, or they would be forced into the concept.
  const inputMoved = floored || ((conceptMoved || labelMoved) && answers.inputP < alpha);
  const conditionalMoved = answers.conditional.p < alpha;
  if (!conceptMoved && !labelMoved && !inputMoved) {
    return {
      kind: 'none',
      confidence: confidenceOfNone([input.quietP, answers.labelP, answers.concept.p]),
    };
  }
  const weights = weigh(input, answers, { inputMoved, conceptMoved });
  const kind = conceptMoved
    ? whenConceptMoved(answers, inputMoved, conditionalMoved)
    : whenConceptHeld(answers, { inputMoved, labelMoved, conditionalMoved });
  if (kind === 'undetermined') return { kind, confidence: Math.max(...weights.values()) };
  const confidence = weights.get(kind) ?? 0;
  return { kind: kind !== 'mixed' && confidence < MIN_CONFIDENCE ? 'undetermined' : kind, confidence };
}

function whenConceptHeld(
  answers: LabelAnswers,
  moved: { inputMoved: boolean; labelMoved: boolean; conditionalMoved: boolean },
): Kind {
  const isSuspicious = answers.concept.p < SUSPICIOUS;
  if (!moved.inputMoved) {
    if (!isSuspicious) return 'undetermined';
    return moved.conditionalMoved ? 'concept_drift' : 'label_shift';
  }
  if (moved.conditionalMoved || !moved.labelMoved) return 'covariate_shift';
  return answers.concept.p >= answers.conditional.p ? 'covariate_shift' : 'label_shift';
}

function whenConceptMoved(answers: LabelAnswers, inputMoved: boolean, conditionalMoved: boolean): Kind {
  // Label shift is refuted where the labels plainly did not move.
  const labelQuiet = answers.labelP >= SUSPICIOUS;
  if (inputMoved) return conditionalMoved || labelQuiet ? 'mixed' : 'label_shift';
  if (conditionalMoved || labelQuiet) return 'concept_drift';
  const { labelOverConcept } = answers.shift;
  if (labelOverConcept > MIN_LOG_LIKELIHOOD) return 'label_shift';
  return labelOverConcept < -MIN_LOG_LIKELIHOOD ? 'concept_drift' : 'undetermined';
}

function weigh(
  input: InputAnswer,
  answers: LabelAnswers,
  moved: { inputMoved: boolean; conceptMoved: boolean },
): Map<Kind, number> {
  const inputP = Math.min(answers.inputP, input.movedP);
  const isSuspicious = moved.conceptMoved || answers.concept.p < SUSPICIOUS;
  const raw = new Map<Kind, number>([
    ['covariate_shift', moved.inputMoved ? answers.concept.p : 0],
    [
      'label_shift',
      answers.labelP < SUSPICIOUS ? Math.min(answers.conditional.p, answers.shift.withinLabelsP) : 0,
    ],
    ['concept_drift', isSuspicious ? Math.min(inputP, answers.shift.overallP) : 0],
    ['mixed', MIXED_WEIGHT],
  ]);
  const total = [...raw.values()].reduce((sum, weight) => sum + weight, 0);
  return new Map([...raw].map(([kind, weight]) => [kind, weight / total]));
}

/** The likeliest of several quiet questions against the level at which it would have spoken. */
function confidenceOfNone(quiet: readonly number[]): number {
  const smallest = Math.min(1, ...quiet);
  return smallest / (smallest + VERDICT_ALPHA);
}
