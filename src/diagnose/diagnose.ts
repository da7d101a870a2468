import { inNameOrder } from '../core/table.ts';
import type { Diagnosis, FaultFinding, FeatureComparison, Reading, VerdictKind } from '../core/findings.ts';
import { adviceFor } from './advice.ts';
import { inputAnswer, labelAnswers } from './answers.ts';
import type { LabelAnswers } from './answers.ts';
import { decideKind, decideWithoutLabels } from './decide-kind.ts';
import {
  faultEvidence,
  inputEvidence,
  labelEvidence,
  mixtureEvidence,
  performanceEvidence,
  splitEvidence,
  strataEvidence,
} from './evidence.ts';
import { calendarOf, clockShifts } from './calendar.ts';
import { exchangedByLabels } from './faults/levels/exchange-by-labels.ts';
import { confirmByLabels, likeliest } from './faults/confirm-by-labels.ts';
import { faultSince } from './faults/fault-since.ts';
import { findFaults } from './faults/find-faults.ts';
import { mendedByLabels } from './faults/mended-by-labels.ts';
import type { Suspicion } from './faults/suspicion.ts';
import type { DiagnoseInput } from './input.ts';
import { labelMixture, withReferenceLabels } from './label-mixture.ts';
import { movedStrata } from './moved-strata.ts';
import { performanceChange } from './performance-change.ts';
import { performanceSplit } from './performance-split.ts';
import { calendarAside, labelledRows, pairSamples, withoutColumns } from './row-samples.ts';
import type { RowSamples } from './row-samples.ts';
import { withoutSelection } from './selected-labels.ts';
import { summarise } from './summary.ts';
import { ALPHA_BESIDE_FAULT, VERDICT_ALPHA } from './thresholds.ts';
import { ALL_KINDS, notTested, verdictOf } from './verdict.ts';
import type { UndeterminedReason } from './verdict.ts';
import { weightsOf } from './weights.ts';
import type { Weights } from './weights.ts';
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
  const search = findFaults(compared.features, samples, (group) =>
    group.length < 2 || labelled === null ? group[0] : likeliest(input.task, labelled, group),
  );
  const held = [...calendarOf(input.reference)].filter(([name]) => aside.get(name) === 'calendar');
  const clocks = input.current === null ? [] : clockShifts(input.current, new Map(held));
  const found = [...clocks, ...search.found];
  const claimed = found.filter(({ otherwise }) => otherwise === undefined);
  const readings = found.filter(({ otherwise }) => otherwise !== undefined);
  if (claimed.length > 0) return concluded(input, samples, labelled, claimed);
  const withReadings = (world: Diagnosis): Diagnosis => besideReadings(world, readings);
  if (labelled === null) return withReadings(concluded(input, samples, labelled, []));
  const answers = withoutSelection(labelAnswers(input.task, labelled), input.arrival);
  if (answers.concept.p < VERDICT_ALPHA) {
    const confirmed = confirmByLabels(input.task, labelled, search.suspects);
    if (confirmed.length > 0) return concluded(input, samples, labelled, confirmed);
    const exchanged = exchangedByLabels(input.task, labelled, readings);
    if (exchanged.claimed.length > 0) return concluded(input, samples, labelled, exchanged.claimed);
    readings.push(...exchanged.readings);
    readings.push(...mendedByLabels(input.task, labelled, found));
  }
  return withReadings(concluded(input, samples, labelled, [], answers));
}

/**
 * What may be a fault as well as a change of the world is neither: both readings are given, and nothing is retrained
 * before a person has looked.
 */
function besideReadings(world: Diagnosis, readings: readonly Suspicion[]): Diagnosis {
  const [first] = readings;
  if (first === undefined) return world;
  const faulty = readings.map(({ finding, otherwise = '' }): Reading => ({
    verdict: 'data_fault',
    fault: finding.fault,
    feature: finding.feature,
    for: [finding.detail],
    against: [otherwise],
  }));
  const { fault, feature, detail } = first.finding;
  return {
    ...world,
    verdict: 'undetermined',
    types: [],
    evidence: [...faultEvidence(readings), ...world.evidence],
    readings: [
      ...faulty,
      {
        verdict: world.verdict,
        for: readings.map(({ otherwise = '' }) => otherwise),
        against: readings.map(({ finding }) => `${finding.feature}: ${finding.detail}`),
      },
    ],
    summary: `The pipeline may have broken ${feature} (${fault.replaceAll('_', ' ')}): ${detail}. Or ${first.otherwise}. The rows do not decide between them: look, watch, and do not retrain before.`,
    advice: 'watch',
    reason: 'fault_or_change' satisfies UndeterminedReason,
  };
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

function concluded(
  input: DiagnoseInput,
  samples: RowSamples | null,
  allLabelled: RowSamples | null,
  faults: readonly Suspicion[],
  known?: LabelAnswers,
): Diagnosis {
  const { compared } = input;
  const hasFault = faults.length > 0;
  const faulty = new Set(faults.map(({ finding }) => finding.feature));
  const alpha = hasFault ? ALPHA_BESIDE_FAULT : VERDICT_ALPHA;
  const clean: FeatureComparison[] = compared.features.filter((feature) => !faulty.has(feature.name));
  const inputs = inputAnswer(hasFault ? clean : [...clean, ...outputs(input)]);
  const labelled = allLabelled && withoutColumns(allLabelled, faulty, { dropOutputs: hasFault });
  const answers =
    known ?? (labelled === null ? null : withoutSelection(labelAnswers(input.task, labelled), input.arrival));
  const decision = answers === null ? decideWithoutLabels(inputs, alpha) : decideKind(inputs, answers, alpha);
  const mixture =
    answers === null && decision.kind === 'covariate_shift' && !hasFault && samples !== null
      ? labelMixture(withReferenceLabels(samples), input.positiveClass)
      : null;
  const performance = performanceChange(compared.performance);
  const { verdict, types, reason } = verdictOf(decision, hasFault, labelsMovedEarly(input));
  const findings = faults.map(({ finding }) => faultFinding(finding, input, samples));
  const weights = weightsOf(verdict, decision, faults);
  const strata =
    labelled !== null && types.includes('concept_drift')
      ? movedStrata(input.task, labelled, input.positiveClass)
      : null;
  const split = labelled === null || hasFault ? null : performanceSplit(input.task, labelled, performance);
  const advice = adviceFor(verdict, types, performance?.lost ?? false);
  return {
    verdict,
    types,
    not_tested: notTested(answers, decision.kind, hasFault, mixture),
    confidence: confidenceOf(verdict, weights),
    evidence: [
      ...faultEvidence(faults),
      ...inputEvidence(inputs),
      ...(answers === null || labelled === null ? [] : labelEvidence(answers, labelled)),
      ...strataEvidence(strata ?? []),
      ...(mixture === null ? [] : [mixtureEvidence(mixture)]),
      ...(performance === null ? [] : [performanceEvidence(performance, hasFault)]),
      ...(split === null ? [] : [splitEvidence(split)]),
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
    }),
    advice,
    reason,
    weights,
    ...(strata !== null && { strata }),
    performance_change: split,
  };
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
