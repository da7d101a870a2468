import type { ArrivalBias, FeatureComparison } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import { judgedPsi } from '../core/columns/cycle-figures.ts';
import { classConditionalTest } from './relation/class-conditional-test.ts';
import { besideOwnStretches } from './relation/conditional-spread.ts';
import type { ClassConditionalTest } from './relation/class-conditional-test.ts';
import { conceptTest } from './relation/concept-test.ts';
import type { ConceptTest } from './relation/concept-test.ts';
import { indexShift } from './relation/index-shift.ts';
import type { IndexShift } from './relation/index-shift.ts';
import { normalQuantile, normalTwoSided } from '../stats/distributions.ts';
import { sum } from '../stats/elementary.ts';
import { marginalTest } from './marginal-test.ts';
import type { JointShift } from './joint-shift.ts';
import { withoutPassingLevels } from './samples/common-support.ts';
import { movingFeatures } from './samples/row-samples.ts';
import type { ColumnCells, RowSamples } from './samples/row-samples.ts';
import { SUSPICIOUS, VERDICT_ALPHA } from './thresholds.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

/** Did P(X) move? Judged on all rows of the window, without faulty columns. */
export interface InputAnswer {
  /** Significant, and by more than the floor; the strongest first. The model's own output may be among them. */
  readonly moved: readonly FeatureComparison[];
  /** Smallest p-value of what moved, times the number of columns; 1 when nothing did. */
  readonly movedP: number;
  /** The same among columns that stayed below significance: how close it was. */
  readonly quietP: number;
  readonly columns: number;
  /** Set where none moved by itself and two did jointly; `movedP` is then theirs. */
  readonly joint?: JointShift;
}

export function inputAnswer(
  columns: readonly FeatureComparison[],
  joint: JointShift | null = null,
): InputAnswer {
  const tested = columns.filter((column) => column.p_value !== null);
  const corrected = (column: FeatureComparison): number => Math.min(1, (column.p_value ?? 1) * tested.length);
  const moved = tested.filter((column) => column.drifted).sort((a, b) => strength(b) - strength(a));
  const quiet = tested.map(corrected).filter((p) => p >= VERDICT_ALPHA);
  const hasJoint = joint !== null && moved.length === 0;
  return {
    moved,
    movedP: hasJoint ? joint.p : Math.min(1, ...moved.map(corrected)),
    quietP: Math.min(1, ...quiet),
    columns: tested.length,
    ...(hasJoint && { joint }),
  };
}

/** By themselves or jointly. */
export function haveMoved({ moved, joint }: InputAnswer): boolean {
  return moved.length > 0 || joint !== undefined;
}

const strength = (column: FeatureComparison): number => judgedPsi(column) ?? 0;

/** The four questions put to labelled rows. */
export interface LabelAnswers {
  /** P(X) on the labelled rows, without a floor: smallest p × columns. */
  readonly inputP: number;
  /** The same as if rows were independent: whether these rows lie where the reference's do. */
  readonly independentInputP: number;
  /** P(y). */
  readonly labelP: number;
  /** Share of the rarer of two classes, the larger of both samples; 1 with other than two. */
  readonly rareShare: number;
  /** Whether the label is a class: a number has no odds. */
  readonly isOfClasses: boolean;
  /** P(y|X). */
  readonly concept: ConceptTest;
  /** P(X|y). */
  readonly conditional: ClassConditionalTest;
  readonly shift: IndexShift;
  /** P(right | X), or of the absolute error, of a model that is the one it was: what the relation adds to a change of performance. Absent: nothing beyond the relation's own test. */
  readonly lossP?: number;
  /** Set when labels come for some kind of rows only: all but the concept is then unanswered, as if nothing moved. */
  readonly selectedBy?: ArrivalBias;
}

export function labelAnswers(task: Task, labelled: RowSamples, compared: SpreadOfColumns): LabelAnswers {
  const asked = withoutPassingLevels(labelled);
  const columns = [...movingFeatures(asked), ...(labelled.score === null ? [] : [labelled.score])];
  const spread = new Map(compared.features.map((feature) => [feature.name, feature]));
  const known = (pair: ColumnCells): FeatureComparison | null | undefined =>
    pair === labelled.score ? compared.score : spread.get(pair.name);
  const together = (smallest: number): number => Math.min(1, smallest * Math.max(1, columns.length));
  const tests = columns.map((pair) => {
    const alone = marginalTest(pair).p;
    return { alone, beside: spreadP(known(pair)) ?? besideOwnStretches(pair, alone, labelled) };
  });
  const inputP = together(Math.min(1, ...tests.map(({ beside }) => beside)));
  const independentInputP = together(Math.min(1, ...tests.map(({ alone }) => alone)));
  const concept = conceptTest(task, labelled);
  const shift = indexShift(task, concept, stillOf(compared));
  return {
    inputP,
    independentInputP,
    labelP:
      labelled.label === null ? 1 : (spreadP(compared.label) ?? spreadOfLabel(labelled.label, labelled)),
    rareShare: rareShareOf(labelled),
    isOfClasses: task === 'classification',
    concept,
    conditional: classConditionalTest(task, asked, concept),
    // Made of the inputs: where these are as windows are, so is it.
    shift:
      independentInputP < inputP && !shift.isMeasured ? asWindowsAre(shift, spreadOfInputs(tests)) : shift,
  };
}

/** A column of which windows are further apart than this is not still. */
const STILL = 1.5;

function stillOf({ features }: SpreadOfColumns): Set<string> {
  const still = features.filter(({ overdispersion }) => (overdispersion?.factor ?? 1) <= STILL);
  return new Set(still.map(({ name }) => name));
}

function spreadOfLabel(label: ColumnCells, labelled: RowSamples): number {
  return besideOwnStretches(label, marginalTest(label).p, labelled);
}

/** Standard errors from which a column says by how much windows differ more than rows do. */
const CLEAR = 2;
const MOST_SPREAD = 20;

/** By how much the columns' standard errors are larger between windows than of independent rows: the middle of those that would be beyond chance. */
function spreadOfInputs(tests: readonly { readonly alone: number; readonly beside: number }[]): number {
  const errors = (p: number): number => (p >= 1 ? 0 : -normalQuantile(Math.max(p / 2, Number.MIN_VALUE)));
  const ratios = tests
    .filter(({ alone }) => errors(alone) >= CLEAR)
    .map(({ alone, beside }) =>
      Math.min(MOST_SPREAD, errors(alone) / Math.max(errors(beside), 1 / MOST_SPREAD)),
    )
    .sort((a, b) => a - b);
  return Math.max(1, ratios[ratios.length >> 1] ?? 1);
}

/** An index that is as much less away as the inputs it is made of are: then it says as little for a label shift as for a concept. */
function asWindowsAre(shift: IndexShift, spread: number): IndexShift {
  const overall = shift.overall / spread;
  const withinLabels = shift.withinLabels / spread;
  return {
    ...shift,
    overall,
    overallP: Math.max(shift.overallP, normalTwoSided(overall)),
    withinLabels,
    withinLabelsP: Math.max(shift.withinLabelsP, normalTwoSided(withinLabels)),
    labelOverConcept: (overall ** 2 - withinLabels ** 2) / 2,
  };
}

/**
 * A model of bends and products is crooked where the relation is neither, and rows that are elsewhere show that as a step. A relation is
 * said to have moved under moved inputs only where it has beside boosted trees, too. Cost: seconds, where that is the question.
 */
export function agreedAnswers(task: Task, labelled: RowSamples, answers: LabelAnswers): LabelAnswers {
  const { concept, independentInputP } = answers;
  if (concept.p >= VERDICT_ALPHA || independentInputP >= SUSPICIOUS) return answers;
  const beside = conceptTest(task, labelled, 'full', true);
  const unevenP = Math.max(concept.unevenP, beside.unevenP);
  if (beside.p <= concept.p) return { ...answers, concept: { ...concept, unevenP } };
  const { p, blocks, everywhereP, everywhereStatistic, uneven, step } = beside;
  return {
    ...answers,
    concept: { ...concept, p, blocks, everywhereP, everywhereStatistic, uneven, unevenP, step },
  };
}

function rareShareOf({ label }: RowSamples): number {
  if (label?.kind !== 'levels') return 1;
  const counts = [label.reference, label.current].map((codes) => levelCounts(codes, label.levels.length));
  const used = label.levels.map((_, code) => code).filter((code) => counts.some((side) => side[code]! > 0));
  if (used.length !== 2) return 1;
  const shares = used.map((code) => Math.max(...counts.map((side) => side[code]! / Math.max(1, sum(side)))));
  return Math.min(...shares);
}

/** What a window's columns showed beside windows that are known to be healthy. */
interface SpreadOfColumns {
  readonly features: readonly FeatureComparison[];
  readonly score: FeatureComparison | null;
  readonly label: FeatureComparison | null;
}

/** Where healthy windows spread more than independent rows do, or follow the hours, only those say how rare a window is. */
function spreadP(column: FeatureComparison | null | undefined): number | null {
  if (column?.overdispersion === undefined) return null;
  const { cycle, overdispersion, p_value: p } = column;
  return cycle !== undefined || overdispersion.factor > 1 ? p : null;
}
