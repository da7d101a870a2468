import { CYCLE_WORDS, judgedPsi } from '../core/columns/cycle-figures.ts';
import type {
  Diagnosis,
  Evidence,
  FeatureComparison,
  MovedStratum,
  PerformanceSplit,
} from '../core/findings.ts';
import type { Fault } from '../core/faults.ts';
import type { InputAnswer, LabelAnswers } from './answers.ts';
import type { Suspicion } from './faults/suspicion.ts';
import type { JointShift } from './joint-shift.ts';
import type { LabelMixture } from './label-mixture.ts';
import type { PerformanceChange } from './performance-change.ts';
import type { RelationBound } from './relation/relation-bound.ts';
import { sortedPresent } from './samples/row-samples.ts';
import { meanAndDeviation } from './pooled.ts';
import type { ConceptTest } from './relation/concept-test.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { VERDICT_ALPHA } from './thresholds.ts';
import { asPercent, finiteOrNull } from './wording.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

const SHOWN_FEATURES = 3;
const SHOWN_STRATA = 5;
/** Rows that cannot be judged are told of from here on. */
const MIN_ONE_SIDED = 0.01;

const STATISTIC_OF: Readonly<Record<Fault, string>> = {
  missing_spike: 'two_proportion_z',
  type_change: 'two_proportion_z',
  constant_value: 'share_of_other_values',
  sentinel_fill: 'two_proportion_z',
  category_rename: 'share_of_rows',
  out_of_range: 'two_proportion_z',
  unit_change: 'ks_or_z',
  swapped_columns: 'distance_or_chi_square',
  sign_flip: 'distance_or_chi_square',
  clock_shift: 'share_of_rows',
  levels_exchanged: 'log_likelihood_ratio',
  labels_inverted: 'chi_square',
  labels_lost: 'two_proportion_z',
  misaligned_join: 'chi_square',
  duplicated_rows: 'share_of_rows',
  lost_rows: 'share_of_rows',
  clipped: 'share_of_rows',
  rounded: 'log_likelihood_ratio',
  noise: 'spread_ratio',
};

export function faultEvidence(found: readonly Suspicion[]): Evidence[] {
  return found.map(({ finding }) =>
    evidence(
      `${finding.feature}: ${finding.detail}`,
      STATISTIC_OF[finding.fault],
      finding.statistic,
      finding.p_value,
    ),
  );
}

/** What moved among the inputs, or that nothing did. `isAmongBroken`: of other columns a fault is told. */
export function inputEvidence(input: InputAnswer, isAmongBroken: boolean): Evidence[] {
  const { joint } = input;
  if (joint !== undefined) {
    return [evidence(describeJoint(joint), 'rank_correlation', joint.now, joint.p)];
  }
  if (input.moved.length === 0) {
    return [
      evidence(
        `none of ${isAmongBroken ? 'the other ' : ''}${input.columns} columns moved beyond chance and the effect floor`,
        'smallest_p',
        null,
        input.quietP,
      ),
    ];
  }
  return input.moved
    .slice(0, SHOWN_FEATURES)
    .map((column) =>
      evidence(`${column.name} moved${besideHours(column)}`, ...statisticOf(column), column.p_value),
    );
}

/** `income and debt go together otherwise than before (rank correlation 0.52 → 0.03), of 45 pairs`. */
export function describeJoint({ columns, before, now, pairs, isFolded }: JointShift): string {
  const how = isFolded ? ', one of them by how far it is from its middle' : '';
  return `${columns.join(' and ')} go together otherwise than before (rank correlation ${before.toFixed(2)} → ${now.toFixed(2)}${how}), of ${pairs} pairs`;
}

const besideHours = ({ cycle }: FeatureComparison): string =>
  cycle === undefined ? '' : ` beside ${CYCLE_WORDS[cycle.by]}`;

function statisticOf(column: FeatureComparison): [string, number | null] {
  const { ks, g_test: g } = column.metrics;
  const psi = judgedPsi(column);
  if (psi !== null) return ['psi', psi];
  if (ks !== undefined) return ['ks', ks.statistic];
  return ['g_test', g?.statistic ?? null];
}

/** Rows of which no relation is known to have been. */
function unjudgedRows({ oneSided, outside }: ConceptTest): string {
  const isNew = (oneSided?.share ?? 0) >= Math.max(MIN_ONE_SIDED, outside?.share ?? 0);
  if (oneSided !== null && isNew)
    return ` (but for ${asPercent(oneSided.share)} of the rows, whose ${oneSided.feature} is new)`;
  if (outside === null || outside.share < MIN_ONE_SIDED) return '';
  return ` (but for ${asPercent(outside.share)} of the rows, which lie beyond all of the reference's, most in ${outside.feature})`;
}

/** The answers of the labelled rows, in the order in which the verdict weighs them. */
export function labelEvidence(
  answers: LabelAnswers,
  labelled: RowSamples,
  relation: RelationFacts,
): Evidence[] {
  const { concept, conditional, shift, labelP } = answers;
  const [first] = concept.blocks;
  const where = first === undefined ? '' : mostClearly(first.feature, first.name);
  const unjudged = unjudgedRows(concept);
  const conceptClaim =
    concept.p < VERDICT_ALPHA && !relation.isDenied
      ? `${relation.isOfMix === true ? OF_MIX : 'the relation between features and label changed'}${where}${unjudged}`
      : `the relation between features and label ${saidOfRelation(relation)}${unjudged}`;
  const conditionalClaim =
    conditional.p < VERDICT_ALPHA
      ? `among rows of one label the features moved, most of all ${conditional.column ?? ''}`
      : 'among rows of one label the features stayed as they were';
  if (answers.selectedBy !== undefined) {
    const { feature, distance, p_value } = answers.selectedBy;
    return [
      evidence(conceptClaim, 'score_test', first?.statistic ?? null, concept.p),
      evidence(
        `labelled rows differ from the others in ${feature ?? ''}: the shares of their labels are theirs alone`,
        'distance',
        distance,
        p_value,
      ),
    ];
  }
  return [
    evidence(conceptClaim, 'score_test', first?.statistic ?? null, concept.p),
    evidence(describeLabels(labelled), 'label_test', null, labelP),
    evidence(conditionalClaim, 'smallest_p', null, conditional.p),
    evidence(
      'forecast of the label by the features, among rows of one label',
      'standard_errors',
      shift.withinLabels,
      shift.withinLabelsP,
    ),
    evidence(
      'forecast of the label by the features, over all rows',
      'standard_errors',
      shift.overall,
      shift.overallP,
    ),
  ];
}

/** What is known of a relation beside the test whether it moved. */
export interface RelationFacts {
  readonly bound: RelationBound | null;
  readonly split: PerformanceSplit | null;
  /** By its own test or by the model's mistakes. */
  readonly isMoved: boolean;
  /** Whether the verdict is one of those that leave it as it was: beside inputs that moved it takes more than a test by itself. */
  readonly isDenied?: boolean;
  /** Whether the verdict is that the mix of labels moved, which by itself changes what the same features lead to. */
  readonly isOfMix?: boolean;
}

/** The pattern is the old one, of which more cases of a label come: not to be told as a relation that changed. */
const OF_MIX = 'another mix of labels changed the odds of the label at the same features';

/** What a verdict says of the relation. */
export function relationBy(
  verdict: Diagnosis['verdict'],
  types: Diagnosis['types'],
): Omit<RelationFacts, 'bound' | 'split'> {
  const isMoved = types.includes('concept_drift');
  const isMix = types.includes('label_shift');
  return { isMoved, isDenied: verdict !== 'undetermined' && !isMoved && !isMix, isOfMix: isMix && !isMoved };
}

/**
 * Held is said only of what was shown to have held, and of what that is: means in thirds.
 * `held on average: no change above 5 points in any third of any input`, `is not shown to have changed (could be up to 12 points)`.
 */
export function saidOfRelation({ bound, split, isMoved }: RelationFacts): string {
  const isTold = split !== null && (split.interval[0] > 0 || split.interval[1] < 0);
  if (isMoved) return 'is not shown to have changed by itself';
  if (bound === null) return 'is not shown to have changed';
  if (bound.isHeld && !isTold) {
    const margin = bound.isShare ? '5 points' : 'a tenth of its standard deviation';
    return `held on average: no change above ${margin} in any third of any input`;
  }
  if (bound.isShare && bound.bound >= 1) return 'is not shown to have changed (too few labels to bound it)';
  const most = bound.isShare ? `${Math.ceil(100 * bound.bound)} points` : bound.bound.toPrecision(2);
  const unknown = Math.round(100 * bound.outside);
  const beside = unknown > 5 ? `; of ${unknown} % of the rows too few are like the reference's to tell` : '';
  return `is not shown to have changed (could be up to ${most}${beside})`;
}

/** `, most clearly along age`, or ` everywhere`. */
export function mostClearly(feature: string | null, block: string): string {
  return feature === null ? ` ${block}` : `, most clearly along ${feature}`;
}

/** `share of class approve 30.1 % → 42.0 %`, or the mean of a numeric label. */
export function describeLabels(labelled: RowSamples): string {
  const { label } = labelled;
  if (label === null) return 'no labels';
  if (label.kind === 'numeric') {
    const before = meanAndDeviation(sortedPresent(label.reference)).mean;
    const now = meanAndDeviation(sortedPresent(label.current)).mean;
    return `mean label ${before.toPrecision(4)} → ${now.toPrecision(4)}`;
  }
  const before = levelCounts(label.reference, label.levels.length).map(
    (c) => c / Math.max(1, label.reference.length),
  );
  const now = levelCounts(label.current, label.levels.length).map(
    (c) => c / Math.max(1, label.current.length),
  );
  let at = 0;
  for (let i = 1; i < before.length; i++) {
    if (now[i]! - before[i]! > now[at]! - before[at]!) at = i;
  }
  return `share of class ${label.levels[at] ?? ''} ${asPercent(before[at] ?? 0)} → ${asPercent(now[at] ?? 0)}`;
}

function mixtureEvidence(mixture: LabelMixture): Evidence {
  const claim =
    mixture.p < VERDICT_ALPHA
      ? 'no other mix of the classes by itself explains how the inputs moved'
      : `a class mix of ${asPercent(mixture.share)} instead of ${asPercent(mixture.referenceShare)} would explain by itself how the inputs moved: label shift is possible`;
  return evidence(claim, 'mixture_chi_square', mixture.share, mixture.p);
}

/** The figure that is quoted, and the other one that is worse, if there is one. */
export function performanceEvidence(performance: PerformanceChange, tainted: boolean): Evidence[] {
  const tail = tainted ? ' (not to be trusted beside a fault)' : '';
  return [performance, ...(performance.beside === undefined ? [] : [performance.beside])].map((change) => {
    const hours = change.hours === undefined ? '' : `, beside ${CYCLE_WORDS[change.hours]}`;
    return evidence(`${describePerformance(change)}${hours}${tail}`, change.metric, change.current, change.p);
  });
}

/** `accuracy 86.0 % → 71.2 %`, or with a word for the way it went. */
export function describePerformance(
  change: Pick<PerformanceChange, 'metric' | 'reference' | 'current' | 'isShare'>,
  way = '',
): string {
  const say = (value: number): string => (change.isShare ? asPercent(value) : value.toPrecision(4));
  return `${change.metric.replaceAll('_', ' ')}${way === '' ? '' : ` ${way}`} ${say(change.reference)} → ${say(change.current)}`;
}

/** `the mix of rows explains +0.4 points, the relation to the label −9.8`, or another mix of labels. */
export function describeSplit({ metric, mix, concept }: PerformanceSplit, isOfMix = false): string {
  const say = (value: number): string =>
    `${value < 0 ? '−' : '+'}${metric === 'accuracy' ? Math.abs(100 * value).toFixed(1) : Math.abs(value).toPrecision(3)}`;
  const unit = metric === 'accuracy' ? ' points' : '';
  const rest = isOfMix ? 'the other mix of labels' : 'the relation to the label';
  return `the mix of rows explains ${say(mix)}${unit}, ${rest} ${say(concept)}`;
}

/** `where age is at most 52 (share of ill 21.0 %, by the old relation 44.1 %)`. */
function describeStratum(stratum: MovedStratum): string {
  const rate = (value: number): string =>
    stratum.class === undefined ? value.toPrecision(4) : asPercent(value);
  const what = stratum.class === undefined ? 'mean label' : `share of ${stratum.class}`;
  return `${whereOf(stratum)} (${what} ${rate(stratum.current_rate)}, by the old relation ${rate(stratum.reference_rate)})`;
}

/** The one that weighs most, and one of the same column where it is the other way round: of a relation that turned each end is half of it. */
export function describeStrata([first, ...others]: readonly [MovedStratum, ...MovedStratum[]]): string {
  const way = ({ current_rate, reference_rate }: MovedStratum): number =>
    Math.sign(current_rate - reference_rate);
  const other = others.find((one) => one.feature === first.feature && way(one) === -way(first));
  if (other === undefined) return describeStratum(first);
  return `${describeStratum(first)}, and the other way round ${describeStratum(other)}`;
}

function whereOf({ feature, level, range }: MovedStratum): string {
  if (feature === null) return 'everywhere';
  if (level !== undefined) return `where ${feature} is ${level}`;
  const [low, high] = range ?? [null, null];
  const say = (value: number): string => String(Number(value.toPrecision(4)));
  if (low === null && high === null) return `along all of ${feature}`;
  if (low === null) return `where ${feature} is at most ${say(high ?? 0)}`;
  if (high === null) return `where ${feature} is above ${say(low)}`;
  return `where ${feature} is above ${say(low)} and at most ${say(high)}`;
}

function strataEvidence(strata: readonly MovedStratum[]): Evidence[] {
  return strata
    .slice(0, SHOWN_STRATA)
    .map((stratum) =>
      evidence(
        `the relation moved ${describeStratum(stratum)}, ${asPercent(stratum.share)} of the rows`,
        'change',
        stratum.current_rate - stratum.reference_rate,
        stratum.p_value,
      ),
    );
}

export function splitEvidence(split: PerformanceSplit, isOfMix = false): Evidence {
  const [low, high] = split.interval;
  const isShare = split.metric === 'accuracy';
  const say = (value: number): string => (isShare ? (100 * value).toFixed(1) : value.toPrecision(3));
  return evidence(
    `of the change of ${split.metric}, ${describeSplit(split, isOfMix)} (95 % interval ${say(low)} to ${say(high)})`,
    'concept_part',
    split.concept,
    null,
  );
}

function evidence(claim: string, statistic: string, value: number | null, p: number | null): Evidence {
  return { claim, statistic, value: finiteOrNull(value), p_value: finiteOrNull(p) };
}

/** How it shows where it moved, without labels, in performance: what there is of it. */
export function evidenceOfChange(
  {
    strata,
    mixture,
    performance,
    split,
  }: {
    readonly strata: readonly MovedStratum[] | null;
    readonly mixture: LabelMixture | null;
    readonly performance: PerformanceChange | null;
    readonly split: PerformanceSplit | null;
  },
  { hasFault, isOfMix }: { readonly hasFault: boolean } & Pick<RelationFacts, 'isOfMix'>,
): Evidence[] {
  return [
    ...strataEvidence(strata ?? []),
    ...(mixture === null ? [] : [mixtureEvidence(mixture)]),
    ...(performance === null ? [] : performanceEvidence(performance, hasFault)),
    ...(split === null ? [] : [splitEvidence(split, isOfMix)]),
  ];
}
