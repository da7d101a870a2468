import type { WeighedKind } from '../core/findings.ts';
import { haveMoved } from './answers.ts';
import type { InputAnswer, LabelAnswers } from './answers.ts';
import { MIN_CONFIDENCE, SUSPICIOUS } from './thresholds.ts';

/** One kind of change of the world, or that it cannot be told. Faults are decided before. */
export type Kind = Exclude<WeighedKind, 'data_fault'> | 'undetermined';

type KnownKind = Exclude<Kind, 'undetermined'>;
type Weights = ReadonlyMap<WeighedKind, number>;

export interface Decision {
  readonly kind: Kind;
  /** Weight of the kind among all, 0 to 1. */
  readonly confidence: number;
  /** Of every kind; they sum to 1. */
  readonly weights: Weights;
  /** Of inputs and relation that both moved: the odds did by one factor everywhere, as another mix of labels moves them. */
  readonly isOneStep?: true;
}

/** That it is no relation which only later turns out to have moved unevenly. */
const ONE_FACTOR_WEIGHT = 0.9;
/** Odds that moved by one factor are uneven by chance once in a hundred, and so are rows of one class that are what they were. */
const EVEN_P = 0.01;
/** Of more ill than that a factor on the risk leaves its trace among the well. */
export const FEW = 0.2;
const NO_LOG_LIKELIHOOD = 4;
/** A change of the joint distribution that is none of the three pure kinds is rare. */
const MIXED_WEIGHT = 1e-4;
/** The same where inputs and relation both moved by themselves. */
const MIXED_WEIGHT_BOTH = 3e-4;
/**
 * How rarely a change worth a name stays quiet, per unit of p: on simulated cases hardly any did, so a smallest p just
 * above the level speaks for nothing rather than for something.
 */
export const SHIFT_UNSEEN = 1e-4;
/** Below this a p-value is not told from zero here, and nothing is divided by it. */
const SMALLEST_P = 1e-12;
/** Inputs that moved so surely, of which nothing is left among rows of one class, moved as the classes did. */
const PLAINLY = 1e-12;
/** That whoever comes now is a mix of the same classes by chance. Where the features tell the class nearly always, both P(y|X) and P(X|y) hold. */
const SAME_BY_CHANCE = 0.02;
/** What a moved relation must show where the inputs moved too. */
const ALPHA_BESIDE_INPUTS = 3e-4;
/** Labels that moved while nothing else is seen to have. */
const LABELS_ALONE = 1e-4;
/** Log-likelihood that must separate label shift from concept drift when neither is refuted alone. */
const MIN_LOG_LIKELIHOOD = 2;
/** Where the log-likelihood is undecided a kind must outweigh the others twenty to one. */
const CLEAR_WEIGHT = 0.95;

/** Without labels: the inputs moved, or they did not. */
export function decideWithoutLabels(input: InputAnswer, alpha: number): Decision {
  if (haveMoved(input) && input.movedP < alpha) {
    const confidence = 1 / (1 + input.movedP);
    const weights: Weights = new Map([
      ['covariate_shift', confidence],
      ['none', 1 - confidence],
    ]);
    return { kind: 'covariate_shift', confidence, weights };
  }
  return nothing([['covariate_shift', input.quietP]]);
}

/**
 * With labels: P(X, y) = P(y|X)·P(X) = P(X|y)·P(y), and a kind of shift is what moved together with what stayed.
 *
 * Each pure kind is weighted with the p-value of the invariance it claims (covariate shift P(y|X), label shift
 * P(X|y), concept drift P(X)), a kind whose own change does not show with nothing; weights are normalised. A kind
 * below 0.8 is `undetermined`: in a prototype such guesses were never right.
 */
export function decideKind(input: InputAnswer, asked: LabelAnswers, alpha: number): Decision {
  const labelMoved = asked.labelP < alpha;
  const floored = haveMoved(input) && input.movedP < alpha;
  const answers = floored ? asked : withLoss(asked);
  const { concept, conditional, shift } = answers;
  // Far from the rows it was fitted on a null model is crooked now and then: new rows take more to convict.
  const isElsewhere = floored || asked.independentInputP < MIXED_WEIGHT;
  const conceptMoved = concept.p < (isElsewhere ? Math.min(alpha, ALPHA_BESIDE_INPUTS) : alpha);
  // Where the labels moved too, inputs count below the floor, or a label shift would be forced into the concept.
  const inputMoved = floored || (answers.labelP < SUSPICIOUS && answers.inputP < MIXED_WEIGHT);
  if (!conceptMoved && !labelMoved && !inputMoved) {
    return nothing([
      ['covariate_shift', input.quietP],
      ['label_shift', answers.labelP],
      ['concept_drift', concept.p],
    ]);
  }
  const moved: Moved = {
    input: inputMoved,
    label: labelMoved,
    // Label shift is also refuted by odds that moved unevenly over the features.
    conditional: conditional.p < alpha || concept.unevenP < alpha,
    index: inputMoved || shift.overallP < alpha,
  };
  const weights = weigh(input, answers, moved, conceptMoved);
  const oneFactor = isOneFactor(answers, moved) ? asOneFactor(weights) : null;
  if (oneFactor !== null && oneFactor.confidence >= MIN_CONFIDENCE) return oneFactor;
  const kind = conceptMoved
    ? whenConceptMoved(answers, moved, weights)
    : whenConceptHeld(answers, moved, weights);
  if (kind === 'undetermined') return { kind, confidence: Math.max(...weights.values()), weights };
  const confidence = weights.get(kind) ?? 0;
  // A change of the inputs of which no column can be named is nobody's to look at.
  const isNamed = kind !== 'covariate_shift' || haveMoved(input);
  const isClear = isNamed && (kind === 'mixed' || confidence >= MIN_CONFIDENCE);
  if (!isClear) return { kind: 'undetermined', confidence, weights };
  return {
    kind,
    confidence,
    weights,
    ...(kind === 'mixed' && isOneStep(answers, moved) && { isOneStep: true }),
  };
}

/**
 * Beside inputs that moved, odds that moved by one factor, whatever the features, are what another mix of labels among those who come now looks like,
 * and the same mends both: another prior. A concept that moved somewhere leaves them uneven.
 */
function isOneStep({ concept, isOfClasses }: LabelAnswers, moved: Moved): boolean {
  return isOfClasses && moved.label && concept.everywhereP < ALPHA_BESIDE_INPUTS && concept.unevenP > EVEN_P;
}

/**
 * How often the model is right at the same inputs is a question about P(y|X), too, and the sharper one where it is the model's own
 * mistakes that grew. Two questions are asked then. Where the inputs moved the relation of losses was fitted elsewhere: it is not asked.
 */
function withLoss(answers: LabelAnswers): LabelAnswers {
  const { concept, lossP = 1 } = answers;
  if (lossP >= concept.p) return answers;
  return { ...answers, concept: { ...concept, p: Math.min(1, 2 * lossP) } };
}

/**
 * Where few are ill, one factor on every risk leaves P(X) as it was and P(X|y) as well: label shift and a relation that moved evenly are the
 * same to the data, and the same mends both, another prior. Neither the classes nor the odds say otherwise, and no log-likelihood does.
 */
function isOneFactor(answers: LabelAnswers, moved: Moved): boolean {
  const { conditional, concept, shift, rareShare } = answers;
  const isEven = conditional.p > EVEN_P && concept.unevenP > EVEN_P;
  const relationMoved = concept.p < SUSPICIOUS || concept.everywhereP < SUSPICIOUS;
  const isUntold = Math.abs(shift.labelOverConcept) <= NO_LOG_LIKELIHOOD;
  return rareShare <= FEW && moved.label && !moved.input && relationMoved && isEven && isUntold;
}

function asOneFactor(weights: Weights): Decision {
  const both = (weights.get('label_shift') ?? 0) + (weights.get('concept_drift') ?? 0);
  const confidence = ONE_FACTOR_WEIGHT * both;
  const shared: Weights = new Map([
    ...weights,
    ['label_shift', confidence],
    ['concept_drift', both - confidence],
  ]);
  return { kind: 'label_shift', confidence, weights: shared };
}

interface Moved {
  readonly input: boolean;
  readonly label: boolean;
  readonly conditional: boolean;
  /** The inputs, if only along the direction that matters for the label. */
  readonly index: boolean;
}

function whenConceptHeld(answers: LabelAnswers, moved: Moved, weights: Weights): Kind {
  const isSuspicious = answers.concept.p < SUSPICIOUS || answers.concept.everywhereP < SUSPICIOUS;
  if (!moved.index) {
    if (!isSuspicious) return 'undetermined';
    if (!moved.conditional) return 'label_shift';
    // Where nothing moved but the labels, and the relation is only under suspicion, one day of them is not yet another concept.
    const isPlain = answers.concept.p < SUSPICIOUS && answers.labelP < LABELS_ALONE;
    return isPlain ? 'concept_drift' : 'undetermined';
  }
  if (moved.conditional || !moved.label) return moved.input ? 'covariate_shift' : 'undetermined';
  return decideBetween('label_shift', 'covariate_shift', answers.shift.labelOverCovariate, weights);
}

function whenConceptMoved(answers: LabelAnswers, moved: Moved, weights: Weights): Kind {
  // Label shift is refuted where the labels plainly did not move.
  const labelRefuted = moved.conditional || answers.labelP >= SUSPICIOUS;
  if (moved.input) return labelRefuted ? 'mixed' : 'label_shift';
  if (labelRefuted) {
    // Inputs that moved along the index as the labels would have them, and not among rows of one label: days whose labels differ hide that these moved.
    const isAsLabels = !moved.conditional && answers.shift.labelOverConcept > MIN_LOG_LIKELIHOOD;
    return isAsLabels ? 'undetermined' : 'concept_drift';
  }
  return decideBetween('label_shift', 'concept_drift', answers.shift.labelOverConcept, weights);
}

/** By the log-likelihood where it is clear, else by weights that are clear on their own. */
function decideBetween(first: KnownKind, second: KnownKind, logLikelihood: number, weights: Weights): Kind {
  if (logLikelihood > MIN_LOG_LIKELIHOOD) return first;
  if (logLikelihood < -MIN_LOG_LIKELIHOOD) return second;
  for (const kind of [first, second]) if ((weights.get(kind) ?? 0) >= CLEAR_WEIGHT) return kind;
  return 'undetermined';
}

function weigh(input: InputAnswer, answers: LabelAnswers, moved: Moved, conceptMoved: boolean): Weights {
  const { concept, conditional, shift } = answers;
  // Where the labels plainly stayed, inputs that moved less than the floor are no argument against the concept.
  const isBelowFloor = !moved.input && answers.labelP >= SUSPICIOUS;
  const inputP = isBelowFloor ? 1 : Math.min(answers.inputP, input.movedP, shift.overallP);
  const isSuspicious = conceptMoved || concept.p < SUSPICIOUS || concept.everywhereP < SUSPICIOUS;
  const isMixOfClasses =
    moved.input &&
    conditional.p >= SUSPICIOUS &&
    Math.max(input.movedP, answers.inputP, answers.labelP) < PLAINLY;
  const isLabelSeen = moved.label || (conceptMoved && answers.labelP < SUSPICIOUS);
  const mayBeLabels = moved.input
    ? isLabelSeen && areNoPlainer(answers.inputP, answers.labelP)
    : answers.labelP < SUSPICIOUS;
  const held = moved.label ? Math.min(concept.p, concept.everywhereP) : concept.p;
  const raw = new Map<WeighedKind, number>([
    ['covariate_shift', moved.index ? held * (isMixOfClasses ? SAME_BY_CHANCE : 1) : 0],
    ['label_shift', mayBeLabels ? Math.min(conditional.p, concept.unevenP, shift.withinLabelsP) : 0],
    ['concept_drift', isSuspicious ? inputP : 0],
    ['mixed', moved.input && conceptMoved ? MIXED_WEIGHT_BOTH : MIXED_WEIGHT],
  ]);
  const total = [...raw.values()].reduce((sum, weight) => sum + weight, 0);
  return new Map([...raw].map(([kind, weight]) => [kind, weight / total]));
}

/** Of what follows from the classes no test says more than that of the classes does, but for chance and for how well the spread of either is known. */
const BY_CHANCE = 1e-3;
const BY_SPREAD = 4;

/** Inputs that moved because the classes did moved no more plainly than these. */
function areNoPlainer(inputP: number, labelP: number): boolean {
  return inputP >= BY_CHANCE * labelP ** BY_SPREAD;
}

/** The likeliest of several quiet questions against how often a real shift comes out no louder. */
function nothing(quiet: readonly (readonly [WeighedKind, number])[]): Decision {
  const smallest = Math.min(1, ...quiet.map(([, p]) => p));
  const confidence = smallest / (smallest + SHIFT_UNSEEN);
  const doubt = quiet.map(([kind, p]) => [kind, 1 / Math.max(p, SMALLEST_P)] as const);
  const total = doubt.reduce((sum, [, each]) => sum + each, 0);
  const others = doubt.map(([kind, each]) => [kind, ((1 - confidence) * each) / total] as const);
  return {
    kind: 'none',
    confidence,
    weights: new Map<WeighedKind, number>([['none', confidence], ...others]),
  };
}
