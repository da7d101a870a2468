/** From compared columns to findings: judged together, with the outputs, the samples and the diagnosis. */
import { takeRows } from '../../stats/table/sample-rows.ts';
import { compareProfiles } from '../../compare/compare-profiles.ts';
import { compareHoldout, heldLabels, partHoldout } from '../../compare/compare-holdout.ts';
import { compareTableGroups } from '../../compare/compare-groups.ts';
import { compareOutputs } from '../../compare/compare-outputs.ts';
import type { ComparedWindow } from '../../compare/compared-window.ts';
import { withoutLabels } from '../../compare/estimation/estimate.ts';
import { correctFamily } from '../../compare/correct-family.ts';
import { inCycle, referenceWindowsOf } from '../../compare/overdispersion.ts';
import { usualOutcomes } from '../../compare/own-hours.ts';
import type { OutcomeModel } from '../../compare/own-hours.ts';
import { compareTablePerformance, countLabelled } from '../../compare/performance.ts';
import type { ReferenceWindows } from '../../compare/overdispersion.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import type { ColumnRole } from '../../core/columns/column-role.ts';
import type {
  Comparison,
  FeatureComparison,
  FileComparison,
  Maturity,
  Performance,
} from '../../core/findings.ts';
import type { Task } from '../../core/model.ts';
import type { Table } from '../../core/table.ts';
import { addEstimates } from '../../judge/add-estimates.ts';
import { rolesOfColumns } from '../../judge/column-roles.ts';
import { concludeWindow } from '../../judge/conclude-window.ts';
import { eventsWithin, withKnownEvents } from '../../judge/known-events.ts';
import { IncidentCourse } from '../../judge/incident-course.ts';
import type { IncidentSpan } from '../../judge/incident-course.ts';
import { WindowHistory } from '../../judge/earlier-windows.ts';
import { NOTHING_EARLIER } from '../../judge/windows-before.ts';
import type { EarlierWindows } from '../../judge/windows-before.ts';
import { FILES_POLICY } from '../../judge/policy.ts';
import { profileTable } from '../../stats/table/table-profile.ts';
import { buildReference } from '../../stats/table/table-reference.ts';
import { beganAt } from './cut.ts';
import type { Cut, RowNumbers, Slice } from './cut.ts';
import type { Judged } from './judged.ts';
import { hasMovedIn, type Place, sample } from './window-sample.ts';
import { SeasonJudge } from './season.ts';

export interface JudgedFiles {
  readonly columns: ColumnRole[];
  readonly comparisons: readonly FileComparison[];
  /** Of all rows, with windows that follow each other. */
  readonly incidents: readonly IncidentSpan[];
}

/**
 * One comparison for each window, segments within; just one without windows. Slice by slice, all rows first, so that one
 * reference is held at a time.
 */
export function judgeAll(
  work: Judged,
  onJudged: (done: number, all: number) => void,
  movedAlone: MovedAlone = () => undefined,
): JudgedFiles {
  const [whole, ...segments] = work.cut.slices;
  if (whole === undefined) throw new Error('nothing was compared');
  const windows = [...whole.current.keys()];
  const families = windows.map((window) => correctedFeatures(work, window));
  const seasons = SeasonJudge.of(work);
  let done = 0;
  let incidents: readonly IncidentSpan[] = [];
  // Of the reference the same object for every window: what is learned from it is kept with it.
  const judgeSlice = (slice: Slice, at: number, reference = sampleOfReference(work, at)): Comparison[] => {
    const compareOutputsOf = outputComparer(slice, work, at === 0 ? reference : null);
    const healthy = at === 0 ? healthyWindows(work) : undefined;
    const isOfSeries = work.cut.windows !== null && seasons === null;
    const history = new WindowHistory(healthy ?? NOTHING_EARLIER);
    let judged = 0;
    const course = new IncidentCourse({
      isBack: (...asked) => history.isBack(...asked),
      restart: (last) => history.restart(last),
      hasRelationMoved: (last) => hasMovedIn(work, reference, { at, window: judged, last }),
    });
    if (at === 0) incidents = course.spans;
    return windows.map((window) => {
      const compared = { ...compareOutputsOf(window), features: families[window]?.[at] ?? [] };
      const beside = {
        reference,
        earlier: history.windows,
        healthy,
        ...(isOfSeries && { around: history.around }),
        movedAlone: movedAlone(window),
      };
      const alone = concluded(work, { at, window }, compared, beside);
      const seasonal = seasons?.judge(alone, { slice: at, window }) ?? alone;
      const comparison = inCalendar(seasonal, work, window);
      if (work.cut.areInSeries) {
        history.add(comparison);
        judged = window;
        course.add(comparison);
      }
      onJudged((done += 1), windows.length * work.cut.slices.length);
      return comparison;
    });
  };
  const reference = sampleOfReference(work, 0);
  const columns = rolesOfColumns({
    reference,
    rows: whole.reference.count,
    settings: work.options.features ?? NO_SETTINGS,
    leftOut: work.shape.leftOutBecause,
  });
  const all = judgeSlice(whole, 0, reference).map((judged, window) => ({
    ...judged,
    performance: withGroups(judged.performance, work, window),
  }));
  if (segments.length === 0) return { columns, comparisons: all, incidents };
  const apart = segments.map((segment, at) => judgeSlice(segment, at + 1));
  const comparisons = all.map((comparison, window) => ({
    ...comparison,
    segments: segments.map(({ segment }, at) => ({ segment: segment ?? '', ...apart[at]![window]! })),
  }));
  return { columns, comparisons, incidents };
}

/** Of windows put together: columns that most of them said by themselves have moved. */
type MovedAlone = (window: number) => ReadonlySet<string> | undefined;

const healthyWindows = ({ columns }: Judged): EarlierWindows =>
  new Map(columns.map(({ samples, healthy }) => [samples.before.name, healthy]));

const sampleOfReference = (work: Judged, at: number): Table => sample(work, { at, window: 0 }, 'reference');

/** Of a window, by slice: a family of all rows, and one of all segments. No other window is in either. */
function correctedFeatures(work: Judged, window: number): FeatureComparison[][] {
  const [whole = [], ...segments] = work.cut.slices.map((_, at) => featuresOf(work, at, window));
  correctFamily(whole, work.options);
  // One family of all segments: looking at fifty of them must not make a false alarm fifty times as likely.
  correctFamily(segments.flat(), work.options);
  return [whole, ...segments];
}

function featuresOf({ columns }: Judged, slice: number, window: number): FeatureComparison[] {
  return columns.map(({ comparisons }) => {
    const comparison = comparisons[slice]?.[window];
    if (comparison === undefined) throw new Error('a feature was not compared');
    return comparison;
  });
}

function withGroups(
  performance: Performance | null,
  { groups, outputs, shape }: Judged,
  window: number,
): Performance | null {
  const findings = groups.flatMap(({ feature, windows }) =>
    compareTableGroups(feature, windows[window] ?? [], outputs.current, shape.positiveClass),
  );
  if (findings.length === 0) return performance;
  return { ...(performance ?? withoutLabels(countLabelled(outputs.reference))), groups: findings };
}

interface ComparedOutputs {
  readonly compared: Omit<ComparedWindow, 'features'>;
  /** Of all rows, with the labels that count. */
  readonly reference: Table;
  readonly current: Table;
  readonly isHeldOut: boolean;
}

type OutputComparer = (window: number) => ComparedOutputs;

/** @param sampled of the reference: those the service has to know the hours of outcomes from, too */
function outputComparer(
  slice: Slice,
  { cut, outputs, shape, options }: Judged,
  sampled: Table | null,
): OutputComparer {
  const reference = rowsOf(outputs.reference, slice.reference.rows);
  const model = { task: shape.task, positiveClass: shape.positiveClass };
  const compareRows = rowComparer(slice, { cut, outputs, options }, { all: reference, sampled }, model);
  return (window) => {
    const all = rowsOf(outputs.current, slice.current[window]?.rows ?? null);
    const parted = partHoldout(all);
    const current = parted?.held ?? all;
    const compared = compareRows(current, window);
    const performance = besideRest(compared.performance, current, parted?.rest ?? null, model);
    return { compared: { ...compared, performance }, reference, current, isHeldOut: parted !== null };
  };
}

function rowComparer(
  slice: Slice,
  { cut, outputs, options }: Pick<Judged, 'cut' | 'outputs' | 'options'>,
  { all: reference, sampled }: { readonly all: Table; readonly sampled: Table | null },
  model: OutcomeModel,
): (current: Table, window: number) => ComparedOutputs['compared'] {
  const baseline = buildReference(reference, model);
  const counted = (table: Table): Parameters<typeof referenceWindowsOf>[0][number] => {
    const { input, labels } = profileTable(table, baseline);
    return { input, labels: table.label === null ? null : labels };
  };
  const healthy: ReferenceWindows | null =
    slice.segment === null && cut.referenceWindows.length > 0
      ? outputsInCycle(
          referenceWindowsOf(
            cut.referenceWindows.map(({ rows }) => counted(takeRows(outputs.reference, rows))),
          ),
          cut,
        )
      : null;
  if (cut.windows === null) {
    const { began } = cut;
    const pace = began === null || healthy === null ? {} : { began, referenceWindows: healthy };
    return (current) => compareOutputs(reference, current, { ...options, ...model, ...pace });
  }
  const windows = cut.windows;
  return (current, window) => {
    const { input, labels } = counted(current);
    const { startMs, endMs } = windows[window] ?? { startMs: 0, endMs: 0 };
    const compared = compareProfiles(baseline, input, labels, {
      ...options,
      seconds: (endMs - startMs) / 1_000,
      ...(healthy !== null && {
        referenceWindows: healthy,
        began: beganAt(windows[window]!, cut),
      }),
    });
    const usual = usualOutcomes(sampled, {
      ...model,
      minLabelled: options.minLabelled,
      sizeMs: cut.sizeMs,
      began: beganAt(windows[window]!, cut),
    });
    const exact = compareTablePerformance(reference, current, { ...model, mature: options.mature, usual });
    return { ...compared, performance: exact ?? compared.performance };
  };
}

function inCalendar(
  comparison: Comparison,
  { cut: { windows }, calendar }: Judged,
  window: number,
): Comparison {
  const span = windows?.[window];
  if (span === undefined || span.together !== undefined) return comparison;
  return {
    ...comparison,
    diagnosis: withKnownEvents(comparison.diagnosis, eventsWithin(calendar, span)),
  };
}

/** With the phases of their cycles; features are compared elsewhere. */
function outputsInCycle(
  { features, prediction, score, label }: ReferenceWindows,
  { referenceWindows, sizeMs, timeZone }: Cut,
): ReferenceWindows {
  const times = {
    startsMs: referenceWindows.map(({ startMs }) => startMs),
    sizeMs,
    timeZone,
  };
  return {
    features,
    prediction: inCycle(prediction, times),
    score: inCycle(score, times),
    label: inCycle(label, times),
  };
}

/** The hold-out's figures beside those of the rest; the share of labels that came is of all rows. */
function besideRest(
  performance: Performance | null,
  held: Table,
  rest: Table | null,
  model: { readonly task: Task; readonly positiveClass: string | null },
): Performance | null {
  if (performance === null || rest === null) return performance;
  const holdout = compareHoldout(rest, held, model);
  const share = (countLabelled(held) + countLabelled(rest)) / Math.max(1, held.rows);
  return {
    ...performance,
    labelled: { ...performance.labelled, share },
    ...(holdout !== null && { holdout }),
  };
}

function rowsOf(table: Table, rows: RowNumbers): Table {
  return rows === null ? table : takeRows(table, rows);
}

interface Beside {
  readonly reference: Table;
  readonly earlier: EarlierWindows;
  readonly around?: EarlierWindows;
  readonly healthy: EarlierWindows | undefined;
  readonly movedAlone: ReadonlySet<string> | undefined;
}

function concluded(
  work: Judged,
  place: Place,
  { isHeldOut, features, ...outputs }: ComparedOutputs & { readonly features: FeatureComparison[] },
  { reference, earlier, around, healthy, movedAlone }: Beside,
): Comparison {
  const { minRows, minLabelled } = work.options;
  const { task, positiveClass } = work.shape;
  const current = sample(work, place, 'current');
  const isWhole = place.at === 0;
  // Regression learns its errors from features, and those are where the samples of rows are.
  const rows =
    task === 'regression' ? { reference, current: isHeldOut ? heldLabels(current) : current } : outputs;
  const performance = addEstimates(
    outputs.compared.performance,
    {
      task,
      positiveClass,
      minRows,
      minLabelled,
      isWhole,
      reference: rows.reference,
      current: rows.current,
      labelledReference: countLabelled(outputs.reference),
    },
    FILES_POLICY,
  );
  const span = work.cut.windows?.[place.window];
  const startMs = span?.startMs;
  return concludeWindow(
    {
      task,
      positiveClass,
      reference,
      current,
      earlier,
      ...(around !== undefined && { around }),
      ...(movedAlone !== undefined && { movedAlone }),
      isWholeFile: isWhole && span === undefined,
      isOneOfMany: isWhole && span !== undefined && span.together === undefined,
      ...(healthy !== undefined && { healthy }),
      isHeldOut,
      compared: { ...outputs.compared, performance, features },
      maturity: maturityShown(performance),
      together: work.multivariate && isWhole,
      settings: work.options.features,
      options: {
        minRows,
        minLabelled,
        hasBaseline: true,
        labelsTested: true,
        absent: work.lost,
        ...(startMs !== undefined && { windowStartMs: startMs }),
      },
    },
    FILES_POLICY,
  );
}

/** What a file shows of its labels' arrival; how many are still to come it cannot show. Null where all have one, or none. */
function maturityShown(performance: Performance | null): Omit<Maturity, 'arrival_bias'> | null {
  if (performance === null) return null;
  const { labelled, mature } = performance;
  if (labelled.current === 0 || labelled.share >= 1) return null;
  return {
    labelled_share: labelled.share,
    expected_share: null,
    expected_interval: null,
    expected_labels: null,
    state: mature ? 'mature' : 'provisional',
    reason: 'file',
  };
}
