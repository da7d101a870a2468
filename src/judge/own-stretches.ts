import type { ComparedWindow } from '../compare/compared-window.ts';
import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import { correctFamily } from '../compare/correct-family.ts';
import { RARE_OR_NEW } from '../compare/measures/measures.ts';
import { areNameRanges } from '../compare/measures/name-ranges.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../compare/options.ts';
import { DAY_MS } from '../core/clock.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { Column, Table } from '../core/table.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, sumGroups } from '../stats/cells.ts';
import { timesSpanOf } from '../diagnose/samples/stretches.ts';
import { VERDICT_ALPHA } from '../diagnose/thresholds.ts';
import { sum } from '../stats/elementary.ts';
import { areBrief, turnOver } from '../stats/habits/brief-levels.ts';
import { rowsInTime } from '../stats/habits/column-habits.ts';
import { gTest } from '../stats/significance/g-test.ts';
import { overdispersedPValue, spreadAt, windowSpread } from '../stats/significance/overdispersion.ts';
import {
  areNeighboursApart,
  besideOwnSpread,
  growApart,
  ownSpread,
  spreadOfGroups,
} from '../stats/significance/own-spread.ts';
import { occasionsAmong } from '../stats/pooled/known-stretches.ts';
import { type BesideWindows, besideItsWidth } from '../stats/significance/narrow-window.ts';
import { placeInOneCell, tellingCells } from './in-one-cell.ts';
import { MIN_STRETCHES } from '../stats/significance/stretch-spread.ts';
import { takesTurns } from '../stats/significance/takes-turns.ts';
import { areInOnePlace, besideCompany } from './beside-company.ts';
import type { Apart } from './beside-company.ts';
import { codesOf } from './cells-in-time.ts';
import { howFarApart } from './how-far-apart.ts';
import { cellsOfTable, ENOUGH_WINDOWS, isQuiet, sharesItsTime } from './shared-time.ts';
import { NOTHING_EARLIER, OUTPUTS } from './windows-before.ts';
import type { EarlierWindows } from './windows-before.ts';

/** Rows without which stretches of 24 say nothing. */
const MIN_ROWS = 200;

/**
 * A window beside a reference without times, which cannot say how far windows of it spread. Its own rows say it as far as they go with each other
 * in the window: a column that is held for hours, or goes its way slowly, has a few occasions in it and not a thousand rows. The windows before it say
 * the rest, from the seventh on: one weather for all rows of a day, or other lines every shift. What moved by no more than such windows do is not told
 * by one of them. A column only ever ceases to have moved by it.
 *
 * Formula: `ownSpread` of the column's cells; of a number among windows `besideItsWidth`; `windowSpread` of the windows before, where they are further apart from their neighbours than independent
 * rows would be; where longer stretches of them are further apart still (`growApart`), what they do in the long run is not known, and nothing is said; and the company
 * of the column (`besideCompany`). The largest p-value. O(columns · (rows + windows)).
 */
export function besideOwnRows(compared: ComparedWindow, own: OwnRows): ComparedWindow {
  const { current, settings, isOneOfMany = false, movedAlone = NONE_MOVED, isOfGroupsOnly = false } = own;
  const ofReference = own.ofReference ?? NOTHING_EARLIER;
  const before = (name: string): readonly WindowCounts[] => own.around.get(name) ?? [];
  if (current === null) return compared;
  const inTime = rowsInTime(current.timestampMs);
  if (inTime.length < MIN_ROWS) return compared;
  const lengthMs = lengthOf(current);
  const isShared = isOneOfMany && sharesItsTime(compared.features, before);
  const columns = new Map(current.features.map((column) => [column.name, column]));
  const apart = isOneOfMany
    ? howFarApart(withOutputs(compared), (name) => before(name).filter(isQuiet))
    : null;
  const held = (
    feature: FeatureComparison,
    column: Column | null | undefined,
    name = feature.name,
  ): FeatureComparison =>
    isDoubted(feature, name) && column !== null && column !== undefined && !movedAlone.has(name)
      ? heldBack(feature, column, {
          inTime,
          before: before(name),
          ofReference: ofReference.get(name) ?? [],
          isOneOfMany,
          // Of labels it is not told: a relation would seem to have moved alone.
          isShared: isShared && name !== OUTPUTS.label,
          lengthMs,
          isOfGroupsOnly,
          apart: {
            cells: apart?.ofOne('cells', name) ?? null,
            shift: apart?.ofOne('shift', name) ?? null,
          },
        })
      : feature;
  const alone = (output: keyof typeof OUTPUTS): FeatureComparison | null => {
    const found = compared[output];
    if (found === null) return null;
    return judgedAgain([found], [held(found, current[output], OUTPUTS[output])], {}, ALONE)[0]!;
  };
  const features = compared.features.map((feature) => held(feature, columns.get(feature.name)));
  const score = alone('score');
  const prediction = alone('prediction');
  return {
    ...compared,
    features: judgedAgain(compared.features, features, { features: settings }),
    prediction: prediction && besideScore(prediction, compared.score, score),
    score,
    label: alone('label'),
  };
}

/** Features, and what the model made of them. Not labels: a relation would seem to have moved alone. */
function withOutputs({ features, score, prediction }: ComparedWindow): FeatureComparison[] {
  const outputs = [
    { output: score, name: OUTPUTS.score },
    { output: prediction, name: OUTPUTS.prediction },
  ].flatMap(({ output, name }) => (output === null ? [] : [{ ...output, name }]));
  return [
    ...features.filter(({ kind, counts }) => kind === 'numeric' || (counts && !areNameRanges(counts))),
    ...outputs,
  ];
}

/** What has moved; a label whose p-value would make a verdict as well, though it is not flagged among the outputs. */
function isDoubted({ drifted, p_value: p }: FeatureComparison, name: string): boolean {
  return drifted || (name === OUTPUTS.label && (p ?? 1) < VERDICT_ALPHA);
}

/** Predicted classes follow the score: where that is no more than what a day is apart, theirs is none either. */
function besideScore(
  output: FeatureComparison,
  before: FeatureComparison | null,
  after: FeatureComparison | null,
): FeatureComparison {
  const { p_value: lent = null, overdispersion } = after ?? {};
  if (output.kind === 'numeric' || !output.drifted) return output;
  if (before?.drifted !== true || after?.drifted !== false) return output;
  if (lent === null || overdispersion === undefined) return output;
  const again = { ...output, p_value: Math.max(output.p_value ?? 0, lent), overdispersion };
  return judgedAgain([output], [again], {}, ALONE)[0]!;
}

/** Nearly seven days. */
const WEEK_MS = 6.5 * DAY_MS;

/** Whether windows together are as long as what days have in common takes to show. */
export function isAWeek(windows: number, lengthMs: number): boolean {
  return windows * lengthMs >= WEEK_MS;
}

/** Of shorter windows a day of them. */
const A_DAY_OF_HOURS = 24;
/** Whether windows have not lasted for a week yet; of hours, for a day. */
function isFirstWeek(before: number, lengthMs: number): boolean {
  return before + 1 < ENOUGH_WINDOWS || (!isAWeek(before, lengthMs) && before < A_DAY_OF_HOURS);
}

/** From its first row to its last. */
export function lengthOf({ timestampMs }: Table): number {
  return timesSpanOf(timestampMs)?.length ?? 0;
}

interface OwnRows {
  readonly current: Table | null;
  readonly settings: FeatureSettings;
  /** Windows before this one, by column. */
  readonly around: EarlierWindows;
  /** Of those around, the windows of the reference, of which there are fewer than twenty. */
  readonly ofReference?: EarlierWindows;
  /** A window among others, and not several of them together. */
  readonly isOneOfMany?: boolean;
  /** Only groups of a few rows are asked: of a file by itself nobody knows what began within it and what wanders. */
  readonly isOfGroupsOnly?: boolean;
  /** Of several together: what most of them said by themselves has moved. */
  readonly movedAlone?: ReadonlySet<string>;
}

const NONE_MOVED: ReadonlySet<string> = new Set();

/** Prediction, score and label share one level. */
const ALONE = 3;

export function hasTimes({ timestampMs }: Table): boolean {
  return timestampMs?.some((ms) => Number.isFinite(ms)) === true;
}

/** Those whose p-value is another one judged again, and none moves by it. */
export function judgedAgain(
  before: readonly FeatureComparison[],
  after: readonly FeatureComparison[],
  options: { readonly features?: FeatureSettings },
  alone = 1,
): FeatureComparison[] {
  if (after.every((feature, at) => feature === before[at])) return [...before];
  const again = after.map((feature) => ({ ...feature }));
  correctFamily(again, { ...DEFAULT_COMPARE_OPTIONS, ...options, q: DEFAULT_COMPARE_OPTIONS.q / alone });
  return again.map((feature, at) =>
    before[at]!.drifted || after[at] !== before[at] ? feature : before[at]!,
  );
}

/** Of the window's rows: of nights of a dozen rows nobody sees how far hours are apart. */
export const AS_LARGE = 1 / 4;

interface Beside {
  readonly inTime: Int32Array;
  readonly before: readonly WindowCounts[];
  /** Of them, those of the reference. */
  readonly ofReference: readonly WindowCounts[];
  readonly isOneOfMany: boolean;
  /** Some numbers show that rows of a window have more in common than rows of the table. */
  readonly isShared: boolean;
  /** Of the window, from its first row to its last. */
  readonly lengthMs: number;
  readonly isOfGroupsOnly: boolean;
  /** How far from the table windows were that did not say that the column moved, as far as it and its company tell. */
  readonly apart: Apart;
}

function heldBack(feature: FeatureComparison, column: Column, beside: Beside): FeatureComparison {
  const { inTime, before, ofReference, isShared, lengthMs, isOfGroupsOnly, apart } = beside;
  const { counts, p_value: p } = feature;
  if (counts === undefined || p === null || feature.overdispersion !== undefined) return feature;
  // Ranges of names are others beside each window; levels follow each other as they do.
  const areRanges = column.kind !== 'numeric' && areNameRanges(counts);
  const rows = sum(counts.current);
  const cells = areRanges ? codesOf(column, inTime) : tellingCells(column, counts, inTime);
  if (areRanges && hardlyKnown(counts) && (areBrief(cells) || turnOver(cells))) return named(feature, cells);
  const own =
    areRanges || isOfGroupsOnly
      ? spreadOfGroups(cells)
      : ownSpreadOf(column, cells, { inTime, reference: counts.reference });
  const known = areRanges && own !== null ? withoutRare(counts) : counts;
  const { groups, now, g } = together(known, column.kind === 'numeric');
  // Of rows that were drawn as many times fewer go together.
  const factor = own && 1 + (own.factor - 1) * Math.max(1, rows / Math.max(1, cells.length));
  const byRows = own === null || factor === null ? p : besideOwnSpread(g, p, { ...own, factor });
  const asLarge = areRanges ? [] : before.filter(({ current }) => sum(current) >= AS_LARGE * rows);
  const windows = alignWindows(counts.bins, asLarge).map((each) => sumGroups(each, groups));
  // Where numbers share their time the rest may as well, and hours wander too slowly for neighbours to show it.
  const isDoubted = isShared && !isAWeek(before.length, lengthMs);
  const ofWindows =
    isDoubted || areNeighboursApart(windows) ? windowSpread(windows, [], MIN_STRETCHES) : null;
  const spread = ofWindows && spreadAt(ofWindows, rows, sum(counts.reference));
  const isUnseen = spread !== null && growApart(windows);
  const byWindows = spread === null ? p : isUnseen ? 1 : Math.max(p, overdispersedPValue(g, spread));
  const healthy = areRanges ? [] : alignWindows(counts.bins, ofReference);
  const asReference = besideHealthy(
    g,
    healthy.map((each) => sumGroups(each, groups)),
    { rows, others: sum(counts.reference) },
  );
  const byReference = asReference?.p ?? 0;
  const isByWindows = spread !== null && byWindows >= Math.max(byRows, byReference);
  const least =
    asReference !== null && byReference > Math.max(byRows, byWindows)
      ? asReference
      : isByWindows
        ? spread
        : own && { ...own, factor: factor! };
  const byWidth = byItsWidth(feature, beside, { clumps: factor ?? 1, ...placeInOneCell(column, counts) });
  const isInPlace = isAWeek(before.length + 1, lengthMs) && areInOnePlace([...windows, now]);
  const by = isInPlace ? 'company' : 'own';
  const byCompany = besideCompany(p, g, apart, by);
  const told = Math.max(byRows, byWindows, byReference, byWidth, byCompany);
  if (least === null && told === p) return feature;
  return {
    ...feature,
    p_value: told,
    overdispersion: {
      windows: least?.windows ?? 1,
      factor:
        byCompany > 0 && told === byCompany
          ? Math.max(1, (apart.shift ?? apart.cells)![by].value)
          : told === byWidth
            ? Math.max(1, g.statistic / Math.max(1, g.df))
            : least!.factor,
      independent_p_value: p,
      measured_rate: isByWindows ? spread.measuredRate : 0,
    },
  };
}

/** Cells that hold enough, taken together, and how unlike both sides are by them. */
function together(
  { reference, current }: Pick<BinnedCounts, 'reference' | 'current'>,
  ordered: boolean,
): {
  readonly groups: number[][];
  readonly now: number[];
  readonly g: ReturnType<typeof gTest>;
} {
  const groups = cellGroups(reference, current, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
  const now = sumGroups(current, groups);
  return { groups, now, g: gTest(sumGroups(reference, groups), now) };
}

/**
 * Of people who come several times those are common in the table that came oftener there than they do, and many who come next were never in it: the more of them are
 * rare or new in any window, and nobody knows how many. How the others share the rest is known.
 */
function withoutRare({
  bins,
  reference,
  current,
}: BinnedCounts): Pick<BinnedCounts, 'reference' | 'current'> {
  const isKnown = (_: number, at: number): boolean => bins[at] !== RARE_OR_NEW;
  return { reference: reference.filter(isKnown), current: current.filter(isKnown) };
}

/** All of levels that the table lacks is one cell of it, and as many occasions as there are levels that come by turns. */
function ownSpreadOf(
  column: Column,
  cells: Int32Array,
  { inTime, reference }: { readonly inTime: Int32Array; readonly reference: readonly number[] },
): ReturnType<typeof ownSpread> {
  if (column.kind !== 'numeric' && takesTurns(cells, reference)) return { factor: cells.length, windows: 0 };
  const areCells = column.kind === 'numeric' || cells.some((cell) => cell !== cells[0]);
  return areCells
    ? ownSpread(cells, reference.length)
    : ownSpread(codesOf(column, inTime), column.levels.length);
}

/** Of levels it is not known. */
function byItsWidth(
  { kind, counts }: FeatureComparison,
  {
    before,
    isOneOfMany,
    isShared,
    lengthMs,
  }: Omit<Beside, 'inTime' | 'ofReference' | 'isOfGroupsOnly' | 'apart'>,
  of: Pick<BesideWindows, 'clumps' | 'place'>,
): number {
  if (!isOneOfMany || counts === undefined) return 0;
  if (kind !== 'numeric') return Number(isShared && isFirstWeek(before.length, lengthMs));
  return ofWidth(counts, before, {
    ...of,
    isLong: isAWeek(before.length + 1, lengthMs),
    // Hours wander with the one before them: two in a row are one more often than ever.
    isShared: isShared && lengthMs < DAY_MS / 2,
  });
}

/** Of a window's rows, of levels that the table had. */
const HARDLY_KNOWN = 0.05;

function hardlyKnown({ bins, reference, current }: BinnedCounts): boolean {
  const known = bins.reduce<number>(
    (rows, bin, at) => (bin === RARE_OR_NEW || reference[at] === 0 ? rows : rows + current[at]!),
    0,
  );
  return known <= HARDLY_KNOWN * sum(current);
}

/** Names of batches or visits, which were others in the table as well: as many of them say nothing. */
function named(feature: FeatureComparison, cells: Int32Array): FeatureComparison {
  const windows = new Set(cells).size;
  return {
    ...feature,
    p_value: 1,
    overdispersion: {
      windows,
      factor: cells.length / windows,
      independent_p_value: feature.p_value ?? 1,
      measured_rate: 0,
    },
  };
}

/** Beside the few windows that a short reference has: they are healthy, so that how far they are apart needs no neighbours to be believed. */
function besideHealthy(
  g: ReturnType<typeof gTest>,
  healthy: readonly (readonly number[])[],
  { rows, others }: { readonly rows: number; readonly others: number },
): { readonly p: number; readonly factor: number; readonly windows: number } | null {
  const known = windowSpread(healthy, [], MIN_STRETCHES);
  if (known === null || known.mean <= known.df) return null;
  const spread = { ...spreadAt(known, rows, others), windows: occasionsAmong(healthy) };
  return { p: overdispersedPValue(g, spread), factor: spread.factor, windows: Math.round(spread.windows) };
}

function ofWidth(
  { bins, reference, current }: BinnedCounts,
  before: readonly WindowCounts[],
  options: Omit<BesideWindows, 'before'>,
): number {
  const quiet = before.filter(isQuiet);
  return besideItsWidth(reference, current, {
    ...options,
    before: cellsOfTable({ bins, reference }, quiet.length < ENOUGH_WINDOWS ? before : quiet),
  });
}
