import { pause } from '../core/memory/pauses.ts';
import { inNameOrder } from '../core/table.ts';
import type { Diagnosis, FeatureComparison, MovedStratum, VerdictKind } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import type { FaultFinding } from '../core/faults.ts';
import { adviceFor } from './advice.ts';
import { agreedAnswers, inputAnswer, labelAnswers } from './answers.ts';
import type { LabelAnswers } from './answers.ts';
import { goesWithItself } from './relation/conditional-spread.ts';
import { decideKind, decideWithoutLabels, FEW } from './decide-kind.ts';
import { evidenceOfChange, faultEvidence, inputEvidence, labelEvidence, relationBy } from './evidence.ts';
import { calendarOf } from './samples/calendar.ts';
import { exchangedDates } from './faults/misplaced/exchanged-dates.ts';
import { offCalendar } from './faults/off-calendar.ts';
import { likeliest } from './faults/labels/confirm-by-labels.ts';
import { faultsByLabels } from './faults/labels/faults-by-labels.ts';
import { ROWS, duplicatedRows } from './faults/rows/duplicated-rows.ts';
import { faultSince } from './faults/fault-since.ts';
import { findFaults } from './faults/find-faults.ts';
import type { Suspicion } from './faults/suspicion.ts';
import type { DiagnoseInput } from './input.ts';
import { hasParted, jointShift } from './joint-shift.ts';
import type { JointShift } from './joint-shift.ts';
import { labelMixture, withReferenceLabels } from './label-mixture.ts';
import { modelHeld } from './model-held.ts';
import { movedStrata } from './moved-strata.ts';
import { oddsEvidence, oddsOf } from './odds-step.ts';
import { performanceChange } from './performance-change.ts';
import { performanceSplit } from './performance-split.ts';
import type { TestedSplit } from './performance-split.ts';
import { relationBound } from './relation/relation-bound.ts';
import type { RelationBound } from './relation/relation-bound.ts';
import { besideReadings, looseColumns, partedTwins, withReadings } from './readings.ts';
import { calendarAside, labelledRows, pairSamples, withoutColumns } from './samples/row-samples.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { withoutSelection } from './selected-labels.ts';
import { summarise } from './summary.ts';
import { ALPHA_BESIDE_FAULT, VERDICT_ALPHA } from './thresholds.ts';
import { ALL_KINDS, notTested, verdictOf } from './verdict.ts';
import type { UndeterminedReason } from './verdict.ts';
import { mostSure, weightsOf } from './samples/weights.ts';
import type { Weights } from './samples/weights.ts';
import { movedOnce, withoutRepeats } from './samples/without-repeats.ts';
import { finiteOrNull } from './wording.ts';

/**
 * Which kind of shift is it, and what to do about it?
 *
 * Faults of single columns come first and are set aside, with the model's output, which was computed from them.
 * Then: did P(X), P(y), P(y|X), P(X|y) move? A kind of shift is what moved together with what stayed; see
 * docs/diagnosis.md. Pure and deterministic. Without labels the answer covers faults and inputs, and `not_tested`
 * names the rest. No number in the answer is NaN or infinite.
 */
export function diagnose(given: DiagnoseInput): Diagnosis {
  // Where two features are worth the same, their names decide and not the order of a file.
  const aside = given.aside ?? calendarAside(given.reference);
  const moving = given.compared.features.filter(({ name }) => !aside.has(name));
  const input = { ...given, compared: { ...given.compared, features: inNameOrder(moving) } };
  const { compared, options } = input;
  if (!options.hasBaseline)
    return untold('no_baseline', 'There is no training baseline to compare with: watch, and create one.');
  const rows = Math.min(compared.reference.rows, compared.current.rows);
  if (rows < options.minRows) {
    const untested = untold(
      'too_few_rows',
      `Too few rows to judge: ${compared.current.rows} against ${compared.reference.rows} in the reference, ${options.minRows} needed; watch.`,
    );
    return withAbsent(untested, options.absent ?? []);
  }
  const samples =
    input.reference === null || input.current === null
      ? null
      : pairSamples(input.reference, input.current, input.learned, aside);
  const labelled = testableLabels(input, samples);
  const isOfLabel = ({ finding }: Suspicion): boolean => finding.feature === labelled?.label?.name;
  const search = findFaults(compared.features, samples, (group) =>
    group.length < 2 || labelled === null ? group[0] : likeliest(input.task, labelled, group),
  );
  pause();
  const held = [...calendarOf(input.reference)].filter(([name]) => aside.get(name) === 'calendar');
  const clocks =
    input.current === null ? [] : offCalendar(input.current, new Map(held), input.reference?.timestampMs);
  const dates = exchangedDates(input.reference, input.current);
  const isDated = ({ finding }: Suspicion): boolean =>
    dates.some((each) => each.finding.feature === finding.feature);
  const ofOthers = [...clocks, ...search.found.filter((each) => !isOfLabel(each))].filter(
    (each) => !isDated(each) && !isAsBefore(each, input),
  );
  const ofColumns = [...dates, ...ofOthers];
  const found = [...ofColumns, ...repeatedRows(input, samples, ofColumns)];
  const claimed = found.filter(({ otherwise }) => otherwise === undefined);
  const doubted = found.filter(({ otherwise }) => otherwise !== undefined);
  const ofWindow = { samples, labelled, readings: doubted };
  if (claimed.length > 0) return concluded(input, { ...ofWindow, faults: claimed, joint: null });
  const joint = jointOf(input, samples);
  const twins = partedTwins(joint);
  if (twins.some(({ otherwise }) => otherwise === undefined))
    return concluded(input, { ...ofWindow, faults: twins, joint: null });
  const readings = [...doubted, ...twins];
  const facts = { ...ofWindow, readings };
  if (labelled === null) return opened(input, { ...facts, faults: [], joint }, readings);
  pause();
  const answers = answersOf(input, labelled);
  pause();
  const joined = search.found.filter(isOfLabel);
  const byLabels = faultsByLabels(input, facts, answers.concept, {
    joined,
    found,
    suspects: search.suspects,
  });
  const confirmed = byLabels.filter(({ suspicion: { otherwise } }) => otherwise === undefined);
  if (confirmed.length > 0) {
    const [first] = confirmed;
    const faults = confirmed.map(({ suspicion }) => suspicion);
    return concluded(input, { ...facts, labelled: first?.repaired ?? null, faults, joint: null });
  }
  const doubtful = [...readings, ...byLabels.map(({ suspicion }) => suspicion)];
  const loose = doubtful.length === 0 ? looseColumns(joint, answers) : [];
  return opened(input, { ...facts, faults: [], joint, answers }, [...doubtful, ...loose]);
}

/** A column that stands still may be broken where nothing says how long it does: windows before say so, too. */
function isAsBefore({ finding, otherwise }: Suspicion, { stoodStill }: DiagnoseInput): boolean {
  const isDoubted = otherwise !== undefined && finding.fault === 'constant_value';
  return isDoubted && stoodStill?.has(finding.feature) === true;
}

/** Beside readings of single columns what the others show by themselves is said; else all is open. */
function opened(input: DiagnoseInput, facts: Facts, readings: readonly Suspicion[]): Diagnosis {
  const world = concluded(input, facts);
  if (isOneFactorEitherWay(world, facts, readings)) return withReadings(world, readings);
  const doubted = new Set(readings.map(({ finding }) => finding.feature));
  const { features } = input.compared;
  const left = features.filter(({ name }) => !doubted.has(name));
  // Of labels and whole rows, and of what two columns are to each other, nothing is left without them.
  const isOfColumns = left.length === features.length - doubted.size && facts.joint === null;
  if (readings.length === 0 || !isOfColumns || !isShift(world)) return besideReadings(world, readings);
  const without = { ...input, compared: { ...input.compared, features: left } };
  const labelled = facts.labelled && withoutColumns(facts.labelled, doubted, { dropOutputs: true });
  const { answers: _, ...known } = facts;
  const rest = concluded(without, { ...known, labelled, isOpen: true });
  return isShift(rest) && rest.verdict === world.verdict
    ? withReadings(rest, readings)
    : besideReadings(world, readings);
}

/** Labels of a rare class that are lost, or one factor on every risk: the rows are the same, and another prior mends the second. */
function isOneFactorEitherWay(
  { verdict }: Diagnosis,
  { answers }: Facts,
  readings: readonly Suspicion[],
): boolean {
  const isOfLabels = readings.length > 0 && readings.every(({ finding }) => finding.fault === 'labels_lost');
  return isOfLabels && verdict === 'label_shift' && answers !== undefined && answers.rareShare <= FEW;
}

function isShift({ verdict, confidence }: Diagnosis): boolean {
  if (verdict === 'none' || verdict === 'undetermined' || verdict === 'data_fault') return false;
  return confidence >= SURE * mostSure(verdict);
}

function answersOf(
  { task, compared, arrival, reference }: DiagnoseInput,
  labelled: RowSamples,
): LabelAnswers {
  return withoutSelection(labelAnswers(task, labelled, compared), arrival, reference);
}

/** Where the relation moved, or how far it may have. */
function relationFacts(
  { task, positiveClass }: DiagnoseInput,
  labelled: RowSamples | null,
  isMoved: boolean,
): { readonly strata: MovedStratum[] | null; readonly bound: RelationBound | null } {
  if (labelled === null) return { strata: null, bound: null };
  return isMoved
    ? { strata: movedStrata(task, labelled, positiveClass), bound: null }
    : { strata: null, bound: relationBound(task, labelled, positiveClass) };
}

/** By both models of the relation; and more mistakes than the mix of rows explains, where it shows nothing and the model is the one it was. */
function settledAnswers(
  task: Task,
  labelled: RowSamples,
  asked: LabelAnswers | null,
  parted: TestedSplit | null,
): LabelAnswers | null {
  const answers = asked && agreedAnswers(task, labelled, asked);
  if (answers === null || parted === null || answers.concept.p < VERDICT_ALPHA) return answers;
  const isShown = parted.isWorse && parted.p < VERDICT_ALPHA && modelHeld(task, labelled);
  return isShown ? { ...answers, lossP: parted.p } : answers;
}

/** Rows that are there more than once, also without columns that broke: those no longer tell rows apart. */
function repeatedRows(
  { compared }: DiagnoseInput,
  samples: RowSamples | null,
  ofColumns: readonly Suspicion[],
): Suspicion[] {
  if (samples === null) return [];
  const broken = new Set(
    ofColumns.flatMap(({ finding, otherwise }) => (otherwise === undefined ? [finding.feature] : [])),
  );
  const whole = broken.size === 0 ? samples : withoutColumns(samples, broken, { dropOutputs: false });
  const found = duplicatedRows(whole, compared, compared.performance?.labelled.current ?? 0);
  return found === null ? [] : [found];
}

/** Columns of which none moved by itself may have moved jointly. */
function jointOf(input: DiagnoseInput, samples: RowSamples | null): JointShift | null {
  if (samples === null) return null;
  const { moved } = inputAnswer([...input.compared.features, ...outputs(input)]);
  if (moved.length > 0) return null;
  // Of columns whose rows go with each other, and nothing else says how far, nothing is known of pairs.
  const { features } = input.compared;
  const isUntimed = samples.referenceMs === null;
  if (isUntimed && features.some(({ overdispersion }) => (overdispersion?.factor ?? 1) > 1)) return null;
  const watched = new Set(features.map(({ name }) => name));
  const columns = samples.features.filter(({ name }) => watched.has(name));
  return jointShift(
    samples,
    isUntimed ? columns.filter((pair) => !goesWithItself(pair, samples.currentMs)) : columns,
  );
}

/** The labelled rows of both samples, or null when there are too few of them or they hold one class only. */
function testableLabels(input: DiagnoseInput, samples: RowSamples | null): RowSamples | null {
  if (!input.options.labelsTested || samples === null || samples.label === null) return null;
  const wanted = input.task === 'regression' ? 'numeric' : 'levels';
  if (samples.label.kind !== wanted) return null;
  // What follows from the time explains labels as anything does.
  const watched = new Set([...samples.aside.keys(), ...input.compared.features.map(({ name }) => name)]);
  const labelled = labelledRows({
    ...samples,
    features: samples.features.filter((pair) => watched.has(pair.name)),
  });
  const atLeast = Math.max(1, input.options.minLabelled);
  return Math.min(labelled.rows.reference, labelled.rows.current) >= atLeast ? labelled : null;
}

/** From here on, of the most that can be, what the other columns show is told beside a reading. */
const SURE = 0.9;

interface Facts {
  readonly samples: RowSamples | null;
  /** Null where labels say nothing. */
  readonly labelled: RowSamples | null;
  readonly faults: readonly Suspicion[];
  readonly readings: readonly Suspicion[];
  readonly joint: JointShift | null;
  readonly answers?: LabelAnswers;
  /** A person has to look first, whatever is told: nothing is retrained before. */
  readonly isOpen?: boolean;
}

function concluded(
  input: DiagnoseInput,
  { faults, readings, joint, isOpen = hasParted(joint), ...facts }: Facts,
): Diagnosis {
  const { compared } = input;
  const hasFault = faults.length > 0;
  // Beside a fault, what may be one says nothing of the world either.
  const faulty = new Set([...faults, ...(hasFault ? readings : [])].map(({ finding }) => finding.feature));
  const alpha = hasFault ? ALPHA_BESIDE_FAULT : VERDICT_ALPHA;
  const clean: FeatureComparison[] = compared.features.filter((feature) => !faulty.has(feature.name));
  const repeats = faulty.has(ROWS);
  const samples = facts.samples && (repeats ? withoutRepeats(facts.samples) : facts.samples);
  const columns = repeats && samples !== null ? movedOnce(clean, samples) : clean;
  const inputs = inputAnswer(hasFault ? columns : [...columns, ...outputs(input)], joint);
  const known = facts.labelled && (repeats ? withoutRepeats(facts.labelled) : facts.labelled);
  const labelled = known && withoutColumns(known, faulty, { dropOutputs: hasFault });
  const performance = performanceChange(compared.performance);
  const parted = labelled === null || hasFault ? null : performanceSplit(input.task, labelled, performance);
  const asked = facts.answers ?? (labelled === null ? null : answersOf(input, labelled));
  const answers = labelled === null ? asked : settledAnswers(input.task, labelled, asked, parted);
  const split = parted?.split ?? null;
  const decision = answers === null ? decideWithoutLabels(inputs, alpha) : decideKind(inputs, answers, alpha);
  const mixture =
    answers === null && decision.kind === 'covariate_shift' && !hasFault && samples !== null
      ? labelMixture(withReferenceLabels(samples), input.positiveClass)
      : null;
  const { verdict, types, reason } = verdictOf(decision, hasFault, labelsMovedEarly(input));
  const findings = faults.map(({ finding }) => faultFinding(finding, input, samples));
  const weights = weightsOf(verdict, decision, faults);
  const relation = relationBy(verdict, types);
  const { strata, bound } = relationFacts(input, labelled, relation.isMoved);
  const odds = oddsOf(types, labelled, answers?.concept.step ?? null, input.positiveClass);
  const advice = adviceFor(verdict, types, { isLost: performance?.lost ?? false, isOpen });
  return {
    verdict,
    types,
    not_tested: notTested(answers, decision.kind, hasFault, mixture),
    confidence: confidenceOf(verdict, weights),
    evidence: [
      ...faultEvidence(faults),
      ...inputEvidence(inputs, clean.length < compared.features.length),
      ...(answers === null || labelled === null
        ? []
        : labelEvidence(answers, labelled, { bound, split, ...relation })),
      ...(odds === null ? [] : [oddsEvidence(odds)]),
      ...evidenceOfChange({ strata, mixture, performance, split }, { hasFault, ...relation }),
    ],
    faults: findings,
    summary: summarise({
      verdict,
      types,
      advice,
      faults: findings,
      input: inputs,
      answers,
      labelled,
      performance,
      strata,
      split,
      bound,
      odds,
      windowStartMs: firstOfWindow(input),
    }),
    advice,
    reason,
    weights,
    ...(strata !== null && { strata }),
    performance_change: split,
  };
}

/** Null where the rows are no window. */
function firstOfWindow({ options, current }: DiagnoseInput): number | null {
  const { windowStartMs } = options;
  if (windowStartMs === undefined) return null;
  const times = [...(current?.timestampMs ?? [])].filter((ms) => Number.isFinite(ms));
  return times.reduce((first, ms) => Math.min(first, ms), times[0] ?? windowStartMs);
}

function faultFinding(
  finding: FaultFinding,
  { options }: DiagnoseInput,
  samples: RowSamples | null,
): FaultFinding {
  const sinceMs = (samples === null ? null : faultSince(finding, samples)) ?? options.windowStartMs ?? null;
  const since = finding.since ?? (sinceMs === null ? null : new Date(sinceMs).toISOString());
  return {
    ...finding,
    statistic: finiteOrNull(finding.statistic),
    p_value: finiteOrNull(finding.p_value),
    ...(since !== null && { since }),
  };
}

/** The verdict's weight; where none is given, that of the likeliest kind. */
function confidenceOf(verdict: VerdictKind, weights: Weights): number {
  return verdict === 'undetermined' ? Math.max(...Object.values(weights)) : (weights[verdict] ?? 0);
}

/** The model's own output is a function of its inputs: it moves when they do, even if only jointly. */
function outputs({ compared }: DiagnoseInput): FeatureComparison[] {
  return [compared.score, compared.prediction].filter((column) => column !== null);
}

/** Labels that came early differ already, but the window's labels are not all in. */
function labelsMovedEarly({ compared, options }: DiagnoseInput): boolean {
  return !options.labelsTested && compared.label !== null && compared.label.drifted;
}

/** Of too few rows nothing is tested, and that a column is not there needs no test. */
function withAbsent(untested: Diagnosis, names: readonly string[]): Diagnosis {
  if (names.length === 0) return untested;
  return {
    ...untested,
    verdict: 'data_fault',
    types: ['data_fault'],
    not_tested: untested.not_tested.filter((kind) => kind !== 'data_fault'),
    confidence: 1,
    faults: names.map((feature) => ({
      fault: 'missing_spike',
      feature,
      detail: 'not in the file, so missing in every row',
      share: 1,
      statistic: null,
      p_value: null,
    })),
    summary: `The pipeline lost ${names.join(', ')}: not in the file, so missing in every row: fix the pipeline. For anything else there are too few rows.`,
    advice: 'fix_pipeline',
    reason: null,
  };
}

function untold(reason: UndeterminedReason, summary: string): Diagnosis {
  return {
    verdict: 'undetermined',
    types: [],
    not_tested: [...ALL_KINDS],
    confidence: 0,
    evidence: [],
    faults: [],
    summary,
    advice: 'watch',
    reason,
  };
}
