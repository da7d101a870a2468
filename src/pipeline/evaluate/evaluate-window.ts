import type { FeatureSettings } from '../../core/columns/feature-settings.ts';
import type { CalendarEvent } from '../../core/alerts/mute-schedule.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { pause } from '../../core/memory/pauses.ts';
import type { Task } from '../../core/model.ts';
import type { LearnedHabit, Table } from '../../core/table.ts';
import type { OperationalSpec } from '../../core/operational.ts';
import type { CountedGroup } from '../../compare/compare-groups.ts';
import { compareProfiles } from '../../compare/compare-profiles.ts';
import type { ComparedWindow } from '../../compare/compared-window.ts';
import { correctFamily } from '../../compare/correct-family.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../compare/options.ts';
import type { BeganAt, CompareOptions } from '../../compare/options.ts';
import { openWindows } from '../../compare/overdispersion.ts';
import { usualOutcomes } from '../../compare/own-hours.ts';
import { ALL_KINDS, type UndeterminedReason } from '../../diagnose/verdict.ts';
import { windowHabits } from '../../diagnose/samples/window-habits.ts';
import { concludeWindow } from '../../judge/conclude-window.ts';
import { NOTHING_EARLIER, type EarlierWindows } from '../../judge/windows-before.ts';
import { withKnownEvents } from '../../judge/known-events.ts';
import { SERVICE_POLICY } from '../../judge/policy.ts';
import { maturityOf, type MaturityRule } from '../../labels/maturity.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { LabelProfile } from '../../stats/profile/outcomes/label-profile.ts';
import { encodeOperation, sumOfOperations } from '../../stats/profile/operational-codec.ts';
import type { OperationalProfile } from '../../stats/profile/operational-profile.ts';
import type { EvaluatedSegment } from '../../store/evaluation/evaluations.ts';
import type { StoredSample } from '../../store/predictions/row-samples.ts';
import type { UnreadablePart } from '../../store/windows/unreadable-parts.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { WHOLE } from '../../window/checkpoint/buffer.ts';
import { groupOf, holdoutName, isJudged } from '../../window/part-names.ts';
import { withOneRareSegment } from './rare-segments.ts';
import { threadBaselines } from '../windows/baseline-cache.ts';
import type { Baseline, OpenBaseline, StoredBaseline } from '../windows/baseline-cache.ts';
import { decisiveLabels, type EarlierEstimates, judgePerformance } from './judge-performance.ts';
import { memberRows } from '../predictions/member-rows.ts';
import { sumReadable } from '../windows/readable-parts.ts';
import { compareWithSeason, type Season } from './seasonal-baseline.ts';
import type { PartSum } from '../windows/sum-parts.ts';
import { windowTables } from './window-tables.ts';
import { fold, foldedParts, foldedSample, foldRows, type PartProfiles } from './fold-parts.ts';

/** Everything an evaluation needs, as plain data: it runs in a thread of its own. */
export interface EvaluationInput {
  readonly series: EvaluationSeries;
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly minRows: number;
  readonly minLabelled: number;
  /** Levels and segments that fewer rows of the window and of the baseline have are not named. Absent: all are. */
  readonly minCount?: number;
  /** What people say of single features. Absent: nothing. */
  readonly features?: FeatureSettings;
  /** Whether the whole window is also compared by all features together. */
  readonly multivariate: boolean;
  readonly baseline: StoredBaseline | null;
  readonly parts: readonly StoredPart[];
  readonly operational: {
    readonly spec: OperationalSpec;
    readonly seconds: number;
    /** Operation of earlier, healthy windows by segment: the reference where the baseline has none. */
    readonly earlier: ReadonlyMap<string, readonly Uint8Array[]>;
  };
  /** Predictions that are kept, and their labels. */
  readonly stored: StoredSample;
  readonly maturity: MaturityRule;
  /** What the closed evaluation expected; empty on `closed`. */
  readonly earlier: EarlierEstimates;
  /** Of models with a seasonal baseline: the inputs of past windows of the same season. */
  readonly seasonal?: Season;
  readonly startMs?: number;
  /** Of windows put together, each; absent: the window is one. */
  readonly together?: BeganAt['windows'];
  /** Of them: columns that most said by themselves have moved. */
  readonly movedAlone?: ReadonlySet<string>;
  /** Known events that the window lies in. Absent: none. */
  readonly events?: readonly CalendarEvent[];
  /** By whose clock the window is of an hour: IANA name. Absent: UTC. */
  readonly timeZone?: string;
  /** What columns did in earlier windows that nobody accused. */
  readonly learned: ReadonlyMap<string, LearnedHabit>;
  /** Counts of the windows straight before this one, which it is looked at together with. */
  readonly before: EarlierWindows;
  /** The same whatever incidents there were: how far windows spread, where the reference cannot say. */
  readonly around: EarlierWindows;
}

export interface EvaluationOutput {
  readonly segments: readonly EvaluatedSegment[];
  readonly folded: readonly PartSum[];
  /** What columns did in this window, where nobody accused it; else empty. */
  readonly habits: ReadonlyMap<string, LearnedHabit>;
  /** Parts that do not decode: in none of the sums. */
  readonly unreadable: readonly UnreadablePart[];
}

/** Nothing came, and nothing can be said but that. */
const EMPTY_WINDOW: EvaluatedSegment = {
  segment: WHOLE,
  rows: 0,
  compared: {
    reference: { rows: 0 },
    current: { rows: 0 },
    features: [],
    prediction: null,
    score: null,
    label: null,
    performance: null,
  },
  diagnosis: {
    verdict: 'undetermined',
    types: [],
    not_tested: [...ALL_KINDS],
    confidence: 0,
    evidence: [],
    faults: [],
    summary: 'No predictions came in this window.',
    advice: 'none',
    reason: 'no_rows' satisfies UndeterminedReason,
  },
};

/**
 * Adds up a window's deltas, compares them with the baseline and says what kind of shift it is; for all rows
 * and for each segment. Pure: the same deltas in any order give the same answer.
 *
 * @param onSegment called when one is judged, and what it took is garbage
 */
export function evaluateWindow(input: EvaluationInput, onSegment = (): void => {}): EvaluationOutput {
  const baseline = input.baseline === null ? null : threadBaselines.open(input.baseline);
  const reference = baseline?.reference ?? null;
  const [counts, samples] = [false, true].map((isRows) =>
    input.parts.filter(({ kind }) => (kind === 'rows') === isRows),
  ) as [StoredPart[], StoredPart[]];
  const summed = sumReadable(counts, reference, input.task, (parts) => fold(parts, reference, input.task));
  const folded = summed.sum;
  const sampled =
    reference === null
      ? null
      : sumReadable(samples, reference, input.task, (parts) => foldRows(parts, reference));
  const sample = sampled?.sum ?? null;
  const unreadable = [...summed.unreadable, ...(sampled?.unreadable ?? [])];
  pause();
  const rows = memberRows(input.stored, sample);
  const parts = [...folded.keys()].sort();
  const named = withOneRareSegment(folded, baseline, input);
  const compared = [...named.keys()]
    .filter(isJudged)
    .sort()
    .map((segment) => compareSegment(segment, input, baseline, named));
  // One family of all segments: looking at fifty of them must not make a false alarm fifty times as likely.
  correctFamily(
    compared.flatMap(({ segment, compared: { features } }) => (segment === WHOLE ? [] : features)),
    {
      ...DEFAULT_COMPARE_OPTIONS,
      minRows: input.minRows,
      minLabelled: input.minLabelled,
      ...(input.features !== undefined && { features: input.features }),
    },
  );
  const tableOf = windowTables(rows, input.task);
  let habits: EvaluationOutput['habits'] = new Map();
  const conclude = (one: ComparedSegment): EvaluatedSegment => {
    const current = one.baseline && tableOf(one.segment, one.baseline.reference.features);
    const segment = concludeSegment(one, input, baseline, named, current);
    if (one.segment === WHOLE) habits = peacefulHabits(segment, input, baseline, current);
    return segment;
  };
  const segments = folded.has(WHOLE)
    ? oneByOne(compared, conclude, onSegment)
    : [unreadable.length === 0 ? EMPTY_WINDOW : unreadableWindow(counts)];
  const output = {
    segments,
    unreadable,
    habits,
    folded: [
      ...parts.flatMap((segment) => foldedParts(segment, folded)),
      ...foldedSample(sample, input.stored.rows.length),
    ],
  };
  for (const { input: inputs, labels } of folded.values()) {
    inputs.release();
    labels.release();
  }
  return output;
}

/** As `map`, but what was taken is let go of before the next one. */
function oneByOne<T, R>(items: T[], conclude: (item: T) => R, onConcluded: () => void): R[] {
  const results: R[] = [];
  for (let item = items.shift(); item !== undefined; item = items.shift()) {
    results.push(conclude(item));
    onConcluded();
  }
  return results;
}

/** Learned when the window closes, and only of one that was judged and not accused of anything. */
function peacefulHabits(
  whole: EvaluatedSegment,
  { series }: EvaluationInput,
  baseline: OpenBaseline | null,
  current: Table | null,
): EvaluationOutput['habits'] {
  if (series !== 'closed' || current === null) return new Map();
  if (baseline === null || baseline.rows === null) return new Map();
  const { verdict, types, readings } = whole.diagnosis;
  if (verdict === 'undetermined' || types.includes('data_fault') || readings !== undefined) return new Map();
  return windowHabits(baseline.rows, current, whole.compared.features);
}

/** Rows came, as the parts are labelled, and what they were cannot be said. */
function unreadableWindow(parts: readonly StoredPart[]): EvaluatedSegment {
  return {
    ...EMPTY_WINDOW,
    rows: parts.reduce(
      (sum, { kind, segment, rows }) => (kind === 'input' && segment === WHOLE ? sum + rows : sum),
      0,
    ),
    diagnosis: {
      ...EMPTY_WINDOW.diagnosis,
      summary: 'The counts of this window cannot be read.',
      reason: 'counts_unreadable' satisfies UndeterminedReason,
    },
  };
}

interface ComparedSegment {
  readonly segment: string;
  readonly profiles: PartProfiles;
  /** Null: none, or too few of its training rows are kept to compare the segment with. */
  readonly baseline: Baseline | null;
  readonly reference: ReferenceProfile;
  readonly holdout: LabelProfile | null;
  readonly labels: LabelProfile;
  readonly compared: ComparedWindow;
}

function compareSegment(
  segment: string,
  input: EvaluationInput,
  whole: OpenBaseline | null,
  folded: ReadonlyMap<string, PartProfiles>,
): ComparedSegment {
  const profiles = folded.get(segment);
  if (profiles === undefined) throw new Error(`segment '${segment}' has no parts`);
  const baseline = segment === WHOLE ? whole : (whole?.ofSegment(segment) ?? null);
  const reference = baseline?.reference ?? emptyReference(input);
  const operation = reference.operation ?? earlierOperation(segment, input);
  const holdout = folded.get(holdoutName(segment))?.labels ?? null;
  const labels = decisiveLabels(profiles.labels, holdout);
  const compared = compareProfiles({ ...reference, operation }, profiles.input, labels, {
    minRows: input.minRows,
    minLabelled: input.minLabelled,
    ...(input.minCount !== undefined && { minCount: input.minCount }),
    ...(input.features !== undefined && { features: input.features }),
    operational: input.operational.spec,
    seconds: input.operational.seconds,
    ...(segment === WHOLE && healthyWindows(whole, input)),
    ...(segment === WHOLE && labels.labelled > 0 && usualHours(whole, input)),
  });
  return { segment, profiles, baseline, reference, holdout, labels, compared };
}

/** Of this length, as the baseline's own training data had them. */
function healthyWindows(
  baseline: OpenBaseline | null,
  { operational, startMs, together, timeZone = 'UTC' }: EvaluationInput,
): Pick<CompareOptions, 'referenceWindows' | 'began'> {
  const sizeMs = operational.seconds * 1_000;
  const own = baseline?.rows?.windows?.get(sizeMs);
  if (own === undefined) return {};
  return {
    referenceWindows: openWindows(own, sizeMs, timeZone),
    ...(startMs !== undefined && {
      began: { windows: together ?? [{ startMs, rows: 1 }], timeZone },
    }),
  };
}

/** What came of predictions at the same hours. */
function usualHours(
  baseline: OpenBaseline | null,
  { task, positiveClass, minLabelled, operational, startMs, together, timeZone = 'UTC' }: EvaluationInput,
): Pick<CompareOptions, 'usual'> {
  if (startMs === undefined) return {};
  const usual = usualOutcomes(baseline?.rows ?? null, {
    task,
    positiveClass,
    minLabelled,
    sizeMs: operational.seconds * 1_000,
    began: { windows: together ?? [{ startMs, rows: 1 }], timeZone },
  });
  return usual === null ? {} : { usual };
}

function concludeSegment(
  { segment, profiles, baseline, reference, holdout, labels, compared }: ComparedSegment,
  input: EvaluationInput,
  whole: OpenBaseline | null,
  folded: ReadonlyMap<string, PartProfiles>,
  current: Table | null,
): EvaluatedSegment {
  const { task, positiveClass, minRows, minLabelled, series } = input;
  const samples = { reference: baseline?.rows ?? null, current };
  const performance = judgePerformance(compared.performance, {
    ...input,
    segment,
    input: profiles.input,
    labels: profiles.labels,
    holdout,
    labelledReference: reference.label?.rows ?? 0,
    samples,
    groups: segment === WHOLE ? countedGroups(folded) : [],
  });
  const { diagnosis, ...concluded } = concludeWindow(
    {
      task,
      positiveClass,
      ...samples,
      learned: segment === WHOLE ? input.learned : new Map(),
      ...(input.seasonal === undefined && { around: segment === WHOLE ? input.around : NOTHING_EARLIER }),
      ...(segment === WHOLE && {
        isOneOfMany: input.together === undefined,
        ...(input.movedAlone !== undefined && { movedAlone: input.movedAlone }),
        earlier: input.before,
        healthy: healthyWindows(whole, input).referenceWindows?.features ?? NOTHING_EARLIER,
      }),
      settings: input.features,
      compared: { ...compared, performance },
      isHeldOut: labels === holdout,
      maturity: maturityOf({ rows: profiles.input.rows, labelled: profiles.labels.labelled }, input.maturity),
      // Inputs are judged when the window closes; labels change nothing about them.
      together: input.multivariate && series === 'closed' && segment === WHOLE,
      options: {
        minRows,
        minLabelled,
        hasBaseline: baseline !== null,
        labelsTested: series === 'matured',
        ...(input.startMs !== undefined && { windowStartMs: input.startMs }),
      },
    },
    SERVICE_POLICY,
  );
  const evaluated = {
    segment,
    rows: profiles.input.rows,
    compared: concluded,
    diagnosis,
    operationalCounts: encodeOperation(profiles.input.operation),
  };
  const judged =
    input.seasonal === undefined || whole === null
      ? evaluated
      : compareWithSeason(evaluated, profiles.input, whole.reference, input.seasonal, input);
  return { ...judged, diagnosis: withKnownEvents(judged.diagnosis, input.events ?? []) };
}

function earlierOperation(segment: string, { operational }: EvaluationInput): OperationalProfile | null {
  const windows = operational.earlier.get(segment);
  return windows === undefined ? null : sumOfOperations(windows);
}

function countedGroups(folded: ReadonlyMap<string, PartProfiles>): CountedGroup[] {
  // In the order of their names, whichever came first.
  return [...folded]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([part, { input, labels }]) => {
      const name = groupOf(part);
      if (name === null) return [];
      const at = name.indexOf('=');
      const { prediction } = input;
      return [{ feature: name.slice(0, at), group: name.slice(at + 1), prediction, labels }];
    });
}

/** A model without a baseline is watched all the same: its volume, its labels, its performance. */
function emptyReference(input: EvaluationInput): ReferenceProfile {
  return {
    task: input.task,
    positiveClass: input.positiveClass,
    rows: 0,
    features: [],
    prediction: null,
    score: null,
    label: null,
    performance: null,
  };
}
