import { heldLabels } from '../compare/compare-holdout.ts';
import { compareSamples } from '../compare/compare-samples.ts';
import type { ComparedWindow } from '../compare/compared-window.ts';
import type { Comparison, FeatureComparison, Maturity } from '../core/findings.ts';
import { NO_SETTINGS, setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSettings, SetAside } from '../core/columns/feature-settings.ts';
import type { Task } from '../core/model.ts';
import type { LearnedHabit, Table } from '../core/table.ts';
import { applyFaults } from '../diagnose/apply-faults.ts';
import { arrivalBias } from '../diagnose/arrival-bias.ts';
import { calendarOf, writtenDates } from '../diagnose/samples/calendar.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { DiagnoseOptions } from '../diagnose/input.ts';
import { besideOwnRows, hasTimes, lengthOf } from './own-stretches.ts';
import { NONE_GO, levelsThatGo, withoutLevelsThatGo } from './levels-that-go.ts';
import { columnsThatStoodStill } from './shared-time.ts';
import { MIN_REFERENCE_WINDOWS } from '../stats/significance/overdispersion.ts';
import { spreadOfGroups } from '../stats/significance/own-spread.ts';
import { rowsInTime } from '../stats/habits/column-habits.ts';
import { codesOf } from './cells-in-time.ts';
import { runningCodes } from './running-codes.ts';
import { withoutRareNames } from './privacy/rare-levels.ts';
import { poolWindows } from './pool-windows.ts';
import { NOTHING_EARLIER } from './windows-before.ts';
import type { EarlierWindows } from './windows-before.ts';
import type { JudgePolicy } from './policy.ts';

/** A window of the service or of a file, or one segment of it, after all its rows were measured. */
export interface MeasuredWindow {
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly compared: ComparedWindow;
  /** Rows with all their labels, in canonical order (`inCanonicalOrder`); null where none are kept. */
  readonly reference: Table | null;
  readonly current: Table | null;
  /** What columns did in earlier windows that nobody accused. */
  readonly learned?: ReadonlyMap<string, LearnedHabit>;
  /** Counts of the windows before. Absent: this one is judged alone. */
  readonly earlier?: EarlierWindows;
  /** The same whatever incidents there were: how far windows spread, where the reference has no times to say. Absent: the window is judged as
   * rows are that are independent of each other, or beside its season. */
  readonly around?: EarlierWindows;
  /** One window of all rows, others before or after it; neither a segment nor several windows together. */
  readonly isOneOfMany?: boolean;
  /** All rows of a file that is not cut. */
  readonly isWholeFile?: boolean;
  /** Of several windows put together: columns that most of them said by themselves have moved (`movedInMost`). */
  readonly movedAlone?: ReadonlySet<string>;
  /** Healthy windows of this length: how far windows spread by themselves. Absent: of a segment, whose windows are not known. */
  readonly healthy?: EarlierWindows;
  /** Some labelled row was held out: of the others the label says what came of the model's advice. */
  readonly isHeldOut: boolean;
  /** Null: nothing is said of labels that may still come. */
  readonly maturity: Omit<Maturity, 'arrival_bias'> | null;
  /** Whether all features are looked at together, too. */
  readonly together: boolean;
  readonly options: DiagnoseOptions;
  /** What people say of single features. Absent: nothing. */
  readonly settings?: FeatureSettings | undefined;
}

/** From measurements to findings: the verdict, its faults marked in their columns, and what all features show together. */
export function concludeWindow(window: MeasuredWindow, policy: JudgePolicy): Comparison {
  const { reference, current, isHeldOut, options } = window;
  const settings = window.settings ?? NO_SETTINGS;
  const { isOneOfMany = false } = window;
  // How far windows spread such a reference cannot say, and its own rows do.
  const isUntimed =
    window.around !== undefined && reference !== null && !saysHowWindowsSpread(reference, window.healthy);
  const aside = new Map([...(isUntimed ? lotsOf(window) : []), ...asideOf(reference, current, settings)]);
  const ofReference = isUntimed ? (window.healthy ?? NOTHING_EARLIER) : NOTHING_EARLIER;
  const around = withReference(ofReference, window.around ?? NOTHING_EARLIER);
  const isAlone = window.isWholeFile === true && reference !== null && !hasTimes(reference);
  const going = reference === null ? NONE_GO : levelsThatGo(reference);
  const own =
    isUntimed || isAlone
      ? besideOwnRows(window.compared, {
          current,
          settings,
          around,
          ofReference,
          isOneOfMany,
          isOfGroupsOnly: isAlone,
          ...(window.movedAlone !== undefined && { movedAlone: window.movedAlone }),
        })
      : window.compared;
  const lasting = withoutLevelsThatGo(own, going, { reference, current }, settings);
  const compared = poolWindows(withoutThose(aside, lasting), window.earlier ?? NOTHING_EARLIER, {
    isUntimed,
    brief: new Set([...going.brief, ...going.staying.keys()]),
    ...(isUntimed && { around, lengthMs: current === null ? 0 : lengthOf(current) }),
    healthy: window.healthy ?? NOTHING_EARLIER,
    settings,
    minRows: options.minRows,
  });
  const arrival = arrivalBias(current);
  const performance =
    compared.performance === null || window.maturity === null
      ? compared.performance
      : { ...compared.performance, maturity: { ...window.maturity, arrival_bias: arrival } };
  const diagnosis = diagnose({
    task: window.task,
    positiveClass: window.positiveClass,
    compared: { ...compared, performance, features: [...compared.features, ...emptied(compared)] },
    reference,
    current: current !== null && isHeldOut ? heldLabels(current) : current,
    arrival,
    aside,
    ...(window.learned !== undefined && { learned: window.learned }),
    ...(isUntimed && { stoodStill: columnsThatStoodStill(around) }),
    options,
  });
  const isLookedAt = window.together && (policy.figuresOfFewRows || compared.current.rows >= options.minRows);
  return {
    ...compared,
    performance,
    ...applyFaults(compared, diagnosis.faults),
    ...(isLookedAt &&
      reference !== null &&
      current !== null && {
        multivariate: compareSamples(watched(reference, aside), current, { seed: 1, ...policy.mmd }),
      }),
    diagnosis: withoutRareNames(diagnosis, compared.features, [reference, current]),
  };
}

/**
 * Of several windows put together, levels whose rows come together (lots), and which not half of the windows say have moved: each was asked how far such windows
 * spread, and all rows together cannot say that. They are asked of as what only says when.
 */
function lotsOf({ current, movedAlone }: MeasuredWindow): [string, SetAside][] {
  if (current === null || movedAlone === undefined) return [];
  const inTime = rowsInTime(current.timestampMs);
  return current.features.flatMap((column): [string, SetAside][] => {
    if (column.kind === 'numeric' || movedAlone.has(column.name)) return [];
    return spreadOfGroups(codesOf(column, inTime)) === null ? [] : [[column.name, 'calendar']];
  });
}

/** Of a reference that lasts for fewer than twenty windows nobody knows how far these are apart, as of one without times. */
function saysHowWindowsSpread(reference: Table, healthy: EarlierWindows | undefined): boolean {
  if (healthy === undefined || !hasTimes(reference)) return hasTimes(reference);
  return healthy.values().some((windows) => windows.length >= MIN_REFERENCE_WINDOWS);
}

/** Windows of such a reference come before all others. */
function withReference(healthy: EarlierWindows, around: EarlierWindows): EarlierWindows {
  if (healthy.size === 0) return around;
  const all = new Map(around);
  for (const [name, windows] of healthy) all.set(name, [...windows, ...(around.get(name) ?? [])]);
  return all;
}

/**
 * Columns that are in no flag and no verdict. What follows from the row's own time moves with it: a Saturday is not a shift. So do codes given one after the other.
 * Unless somebody says what the column is.
 */
export function asideOf(
  reference: Table | null,
  current: Table | null,
  settings: FeatureSettings,
): ReadonlyMap<string, SetAside> {
  const aside = new Map<string, SetAside>();
  for (const name of runningCodes(reference, current)) {
    if (settings.get(name)?.kind === undefined) aside.set(name, 'identifier');
  }
  for (const name of [...calendarOf(reference).keys(), ...writtenDates(reference, current)]) {
    if (settings.get(name)?.kind === undefined) aside.set(name, 'calendar');
  }
  for (const [name, setting] of settings) {
    const reason = setAside(setting);
    if (reason !== null) aside.set(name, reason);
  }
  return aside;
}

function withoutThose(aside: ReadonlyMap<string, SetAside>, compared: ComparedWindow): ComparedWindow {
  if (aside.size === 0) return compared;
  const still = (feature: FeatureComparison): FeatureComparison => {
    const reason = aside.get(feature.name);
    return reason === undefined
      ? feature
      : { ...feature, status: 'ok', q_value: null, drifted: false, severity: 'none', reason };
  };
  return { ...compared, features: compared.features.map(still) };
}

/** Rows look different by a column that nobody wants to hear of, too. */
function watched(reference: Table, aside: ReadonlyMap<string, SetAside>): Table {
  const features = reference.features.filter(({ name }) => {
    const reason = aside.get(name);
    return reason !== 'ignored' && reason !== 'identifier';
  });
  return features.length === reference.features.length ? reference : { ...reference, features };
}

/** Outputs the model no longer gives are looked at for the fault they are, as features are. */
function emptied({ prediction, score }: ComparedWindow): FeatureComparison[] {
  return [prediction, score].filter(
    (output) => output !== null && output.missing.current === 1 && output.missing.reference < 1,
  ) as FeatureComparison[];
}
