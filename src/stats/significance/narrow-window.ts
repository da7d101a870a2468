import { chiSquareSurvival, normalQuantile, normalSurvival, normalTwoSided } from '../distributions.ts';
import { sum } from '../elementary.ts';

/** A week of windows, or what they have in common is that of a day or two. */
const MIN_WINDOWS = 7;
/** Of a hundred columns whose windows do not wander one looks as if they did. */
const CLEARLY = 0.01;
/** Standard errors of a width, of windows that are narrower than the table. */
export const CERTAINLY_NARROW = 3;
/** Standard errors that a width may be smaller by. */
const AT_MOST = 2;
/** Two edges between cells are a middle and a width, and one more is a shape. */
const MIN_CELLS = 4;
/** Rows of a window that say something of its width. */
const MIN_ROWS = 10;

/** A window where the table is a standard normal: its middle and its width, with their standard errors. */
interface Fitted {
  readonly middle: number;
  readonly width: number;
  readonly errorOfMiddle: number;
  readonly errorOfWidth: number;
}

export interface BesideWindows {
  /** Counts of the windows before, by the same cells. */
  readonly before?: readonly (readonly number[])[];
  /** Rows that count as one. */
  readonly clumps?: number;
  /** Whether seven windows or so many as there are last a week. */
  readonly isLong?: boolean;
  /** Whether other numbers show that rows of a window share what rows of the table do not. */
  readonly isShared?: boolean;
  /** Where its values lie, of a window that is in hardly more than one cell: counts do not say it there. */
  readonly place?: NormalPlace;
}

/** Where the table is a standard normal. */
export interface NormalPlace {
  readonly middle: number;
  readonly width: number;
}

/**
 * p-value of where a window lies, beside a reference that says nothing of how far windows of it are from each other: by how narrow the window is.
 *
 * Purpose: one weather for all rows of a day, one lesson for all pupils. By the law of total variance, rows of all days spread as rows within a day and
 * days among themselves together; a window narrower than the table by some part lies apart from its middle by as much, and is still a day like any other.
 * Formula: edges of the cells as quantiles of the standard normal that the table then is; middle m and width w of the window by maximum likelihood of its
 * counts; z = m/√(b² + error²), two-sided normal, b² = 1 − w² less a standard error of w², the table's own width in it, or with one more where other numbers show that rows of a window share what those of the table do not. From seven windows on w² is the mean over those before, b² where that is not below 1 by three standard errors what differences of their middles say, at most 1 − w² and two standard errors, and 0 is
 * returned where their middles are no further apart than those of independent rows (χ², p > 0.01): what all of them have in common is a change. Hours of a few
 * days do not say so: `isLong`.
 * Range: [0, 1]; 0 where the window is as wide as the table, or lies in one cell, and for a table of fewer than four cells. Of a change that also makes the
 * window narrow the first six windows say less. O(cells · windows).
 *
 * @param reference counts by cell, in order of the values
 * @example besideItsWidth([50, 50, 50, 50, 50, 50, 50, 50], [30, 50, 20, 0, 0, 0, 0, 0]) // 0.2850641883305297
 */
export function besideItsWidth(
  reference: readonly number[],
  current: readonly number[],
  { before = [], clumps = 1, isLong = true, isShared = false, place }: BesideWindows = {},
): number {
  const edges = edgesOf(reference);
  const window =
    edges && (place === undefined ? fitted(edges, current, clumps) : placed(place, sum(current) / clumps));
  if (edges === null || window === null) return 0;
  const windows = [...before.flatMap((counts) => fitted(edges, counts, clumps) ?? []), window];
  const isKnown = windows.length >= MIN_WINDOWS;
  if (isKnown && isLong && !areApart(windows)) return 0;
  // How wide windows are those before say: the first that is narrow is news.
  const { square, error } = widthOf(isKnown ? windows.slice(0, -1) : [window], reference);
  // Until a week has shown what windows have in common, other columns say which way to doubt.
  const isDoubted = isShared && !(isKnown && isLong);
  const between = isDoubted
    ? 1 - square + error
    : isKnown
      ? betweenOf(windows, { square, error })
      : 1 - square - error;
  if (!(between > 0)) return 0;
  return normalTwoSided(window.middle / Math.sqrt(between + window.errorOfMiddle ** 2));
}

function placed({ middle, width }: NormalPlace, rows: number): Fitted {
  return {
    middle,
    width: Math.min(WIDEST, Math.max(NARROWEST, width)),
    errorOfMiddle: width / Math.sqrt(rows),
    errorOfWidth: width / Math.sqrt(2 * rows),
  };
}

/**
 * Where values lie, where the table is a standard normal: a line through its first and last edge, which are as far out as its cells say anything. Middle and
 * width by quartiles. Null where the edges are one. O(n log n).
 *
 * @param edges upper edges of the cells but the last
 */
export function placeOf(
  values: Float64Array,
  edges: readonly number[],
  reference: readonly number[],
): NormalPlace | null {
  const normal = edgesOf(reference);
  const [first, last] = [edges[0], edges.at(-1)];
  if (normal === null || first === undefined || last === undefined || !(last > first)) return null;
  const slope = (normal.at(-1)! - normal[0]!) / (last - first);
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  if (sorted.length < MIN_ROWS) return null;
  const at = (share: number): number =>
    normal[0]! + (sorted[Math.floor(share * (sorted.length - 1))]! - first) * slope;
  return { middle: at(0.5), width: (at(0.75) - at(0.25)) / QUARTILES_APART };
}

/** Of a standard normal. */
const QUARTILES_APART = 1.349;

/** Variance of middles: where windows are hardly narrower than the table, their differences know it better; what began once is in few of these. */
function betweenOf(windows: readonly Fitted[], { square, error }: Width): number {
  const isCertain = 1 - square > CERTAINLY_NARROW * error;
  return isCertain ? 1 - square : Math.min(1 - square + AT_MOST * error, scatterOf(windows));
}

/** Of windows this part at most lies between two that are held against each other: a step is then in few of their differences. */
const AT_MOST_APART = 5;
/** Median of χ² of one degree of freedom. */
const MIDDLE_OF_SQUARES = 0.4549;

/**
 * Variance of middles beyond that of chance, by the median of squared differences of windows one, two, … up to a fifth of all apart, the largest of them: windows that wander
 * are apart later.
 */
function scatterOf(windows: readonly Fitted[]): number {
  const chance = sum(windows.map(({ errorOfMiddle }) => errorOfMiddle ** 2)) / windows.length;
  const lags = Array.from({ length: Math.floor(windows.length / AT_MOST_APART) }, (_, at) => at + 1);
  const found = lags.map((lag) => {
    const squares = windows.slice(lag).map(({ middle }, at) => (middle - windows[at]!.middle) ** 2);
    squares.sort((a, b) => a - b);
    return squares[squares.length >> 1]! / (2 * MIDDLE_OF_SQUARES);
  });
  return Math.max(0, ...found.map((each) => each - chance));
}

interface Width {
  readonly square: number;
  readonly error: number;
}

/** The mean of w², each by its rows, and its standard error, that of the table's own width in it. */
function widthOf(windows: readonly Fitted[], reference: readonly number[]): Width {
  // Of a width its error is a share, the smaller the more rows there are.
  const weights = windows.map(({ width, errorOfWidth }) => (width / errorOfWidth) ** 2);
  const mean = (values: readonly number[]): number =>
    sum(values.map((value, at) => value * weights[at]!)) / sum(weights);
  return {
    square: mean(windows.map(({ width }) => width ** 2)),
    error: Math.sqrt(
      mean(windows.map(({ width, errorOfWidth }, at) => (2 * width * errorOfWidth) ** 2 * weights[at]!)) /
        sum(weights) +
        2 / sum(reference),
    ),
  };
}

/**
 * Whether windows are narrower than the table, so that they lie apart from each other.
 *
 * Formula: the mean of w² over them, each by its rows, is below 1 by `sure` of its standard errors. O(cells · windows).
 */
export function areNarrow(
  reference: readonly number[],
  windows: readonly (readonly number[])[],
  sure = CERTAINLY_NARROW,
): boolean {
  const edges = edgesOf(reference);
  if (edges === null) return false;
  const known = windows.flatMap((counts) => fitted(edges, counts, 1) ?? []);
  if (known.length === 0) return false;
  const { square, error } = widthOf(known, reference);
  return 1 - square > sure * error;
}

/** Whether middles differ by more than independent rows let them. */
function areApart(windows: readonly Fitted[]): boolean {
  const weights = windows.map(({ errorOfMiddle }) => errorOfMiddle ** -2);
  const middle = sum(windows.map((each, at) => each.middle * weights[at]!)) / sum(weights);
  const squares = sum(windows.map((each, at) => (each.middle - middle) ** 2 * weights[at]!));
  return chiSquareSurvival(squares, windows.length - 1) < CLEARLY;
}

/** Upper edges of the cells but the last; null of too few cells. */
function edgesOf(reference: readonly number[]): Float64Array | null {
  const all = sum(reference);
  if (reference.filter((count) => count > 0).length < MIN_CELLS) return null;
  let below = 0;
  return Float64Array.from(reference.slice(0, -1), (count) => {
    below += count;
    // No row of the table lies beyond: the window's may.
    return normalQuantile(Math.min(1 - 0.5 / all, Math.max(0.5 / all, below / all)));
  });
}

const STEPS = 30;
const NEAR = 1e-6;
const NARROWEST = 0.02;
const WIDEST = 5;
const IMPOSSIBLE = 1e-12;

/** By Fisher's scoring; null where the rows lie in one cell, or are too few. */
function fitted(edges: Float64Array, counts: readonly number[], clumps: number): Fitted | null {
  const rows = sum(counts);
  if (rows < MIN_ROWS || counts.filter((count) => count > 0).length < 2) return null;
  let [middle, width] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
    const { score, information } = slopeAt(edges, counts, { middle, width });
    const [mm, mw, ww] = information;
    const determinant = mm * ww - mw ** 2;
    if (!(determinant > 0)) return null;
    const [byMiddle, byWidth] = [
      (ww * score[0] - mw * score[1]) / determinant,
      (mm * score[1] - mw * score[0]) / determinant,
    ];
    if (Math.abs(byMiddle) < NEAR && Math.abs(byWidth) < NEAR) break;
    // Half of the width at most, so that it stays one.
    const damped = Math.min(1, width / 2 / Math.max(Math.abs(byMiddle) / 2, Math.abs(byWidth)));
    middle += damped * byMiddle;
    width = Math.min(WIDEST, Math.max(NARROWEST, width + damped * byWidth));
  }
  const [mm, mw, ww] = slopeAt(edges, counts, { middle, width }).information;
  const determinant = mm * ww - mw ** 2;
  if (!(determinant > 0)) return null;
  return {
    middle,
    width,
    errorOfMiddle: Math.sqrt((clumps * ww) / determinant),
    errorOfWidth: Math.sqrt((clumps * mm) / determinant),
  };
}

interface Slope {
  readonly score: readonly [number, number];
  /** Of the middle, of both, of the width. */
  readonly information: readonly [number, number, number];
}

/** Of the log likelihood of cells of a normal of this middle and width. */
function slopeAt(
  edges: Float64Array,
  counts: readonly number[],
  { middle, width }: { readonly middle: number; readonly width: number },
): Slope {
  const rows = sum(counts);
  let [sm, sw, mm, mw, ww] = [0, 0, 0, 0, 0];
  let [above, density, moment] = [1, 0, 0];
  for (let cell = 0; cell < counts.length; cell++) {
    const at = cell < edges.length ? (edges[cell]! - middle) / width : Infinity;
    const next = at === Infinity ? 0 : normalSurvival(at);
    const ownDensity = at === Infinity ? 0 : Math.exp(-(at ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const ownMoment = at === Infinity ? 0 : at * ownDensity;
    const p = Math.max(IMPOSSIBLE, above - next);
    const [byMiddle, byWidth] = [(density - ownDensity) / width, (moment - ownMoment) / width];
    sm += (counts[cell]! * byMiddle) / p;
    sw += (counts[cell]! * byWidth) / p;
    mm += (rows * byMiddle ** 2) / p;
    mw += (rows * byMiddle * byWidth) / p;
    ww += (rows * byWidth ** 2) / p;
    [above, density, moment] = [next, ownDensity, ownMoment];
  }
  return { score: [sm, sw], information: [mm, mw, ww] };
}
