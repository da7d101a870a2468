import { quantileReached } from '../../../stats/quantiles.ts';
import { gridStep } from '../resolution.ts';
import type { UnitLine } from './transformations.ts';

/** A row whose value no grid point leads to is not impossible: hands correct, files are joined. */
const STRAY = 0.02;
/**
 * A value that comes more than three times as often as its neighbours let expect is somebody's round number or a price on offer. It
 * counts as they do, or it would speak for every factor it happens to be a multiple of.
 */
const MAX_MULTIPLICITY = 3;
/** Distinct values to either side. */
const NEIGHBOURS = 10;
/** Values are asked whether they lie within a tenth of the images' spacing where they are written with more digits than that. */
const FINEST_WINDOW = 0.1;
/** Nearness at which a number counts as whole, in steps of the reference. */
const SLACK = 1e-6;
/** A factor that is this far behind is not the one. */
const HOPELESS = -30;
/** Of the comb's period the middle half of the values must hold so many, or their own shape would be taken for teeth. */
const MIN_PERIODS = 4;
/** Of the values that as many rows would have on a comb without habits. */
const MIN_FILLED = 0.5;
const SHAMS = 10;
/** What a false factor next to the right one may have, of what the right one has. */
const MAX_SHAM = 0.5;

/** Values with how often each counts, and the step they are written in (0: none). */
export interface Tally {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly rows: number;
  readonly step: number;
  /** Between the quartiles: how far apart they are, the rows there, and how many values those have. */
  readonly middle: { readonly width: number; readonly rows: number; readonly distinct: number };
}

/** Of what came: some of it may be filled or corrected, and the rest would seem to be written in millionths. */
const MOST_OF_WINDOW = 0.9;

/** @param own share of the rows that say something of their own: a family has one date */
export function tallyOfWindow(sorted: Float64Array, own = 1): Tally {
  return tallyOf(sorted, { own, nearlyAll: MOST_OF_WINDOW });
}

/**
 * @param sorted ascending, without NaN
 */
export function tallyOf(
  sorted: Float64Array,
  { own = 1, nearlyAll }: { readonly own?: number; readonly nearlyAll?: number } = {},
): Tally {
  const { values, counts: all } = distinctOf(sorted);
  const step = gridStep(sorted, nearlyAll);
  const counts = withoutHabits(values, all, step).map((count) => own * count);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const [low, high] = [quantileReached(sorted, 0.25), quantileReached(sorted, 0.75)];
  const middle = { width: high - low, rows: 0, distinct: 0 };
  for (const [i, value] of values.entries()) {
    if (value < low || value > high) continue;
    middle.rows += all[i]!;
    middle.distinct += 1;
  }
  return { values, counts, rows, step, middle };
}

/** Each value of sorted ones once, and how often it is there. */
function distinctOf(sorted: Float64Array): { readonly values: Float64Array; readonly counts: Float64Array } {
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let found = 0;
  for (const value of sorted) {
    if (found === 0 || values[found - 1] !== value) values[found++] = value;
    counts[found - 1]! += 1;
  }
  return { values: values.slice(0, found), counts: counts.slice(0, found) };
}

/** How often each value counts: a popular one no more often than those around it come. */
function withoutHabits(values: Float64Array, all: Float64Array, step: number): Float64Array {
  const before = new Float64Array(all.length + 1);
  for (let i = 0; i < all.length; i++) before[i + 1] = before[i]! + all[i]!;
  return all.map((count, i) => {
    const [from, to] = [Math.max(0, i - NEIGHBOURS), Math.min(all.length - 1, i + NEIGHBOURS)];
    const others = before[to + 1]! - before[from]! - count;
    const cells = step === 0 ? Infinity : Math.max(1, (values[to]! - values[from]!) / step);
    const expected = others / cells;
    return count <= Math.max(1, MAX_MULTIPLICITY * expected) ? count : Math.max(1, expected);
  });
}

/**
 * How much likelier the values are if they were rounded (to `referenceStep`) before this line was applied to them, than if they
 * were rounded after whatever happened: ln LR = Σ ln(0.02 + 0.98·c(v)/c̄), where c(v) is the number of points of the reference's
 * grid whose image rounds to v and c̄ what it is on average. A line laid over rounded values leaves a comb; growth leaves none,
 * whatever its factor. One-way evidence: values that were converted before they were rounded have none. Below −30 the sum is
 * not carried on. O(distinct values).
 *
 * @example combGain(tallyOf(Float64Array.of(2.54, 5.08, 7.62)), { factor: 2.54, offset: 0 }, 1).toFixed(1) // '6.9'
 */
export function combGain(tally: Tally, line: UnitLine, referenceStep: number): number {
  const { offset } = line;
  const { spacing, expected } = teethOf(tally, line, referenceStep);
  let gain = 0;
  for (let i = 0; i < tally.values.length && gain > HOPELESS; i++) {
    const centre = (tally.values[i]! - offset) / spacing;
    const points = pointsWithin(centre - expected / 2, centre + expected / 2);
    gain += tally.counts[i]! * Math.log(STRAY + ((1 - STRAY) * points) / expected);
  }
  return gain;
}

function teethOf(
  tally: Tally,
  { factor }: UnitLine,
  referenceStep: number,
): { spacing: number; expected: number; period: number } {
  const spacing = Math.abs(factor) * referenceStep;
  // A growth is written in the reference's own digits: a step that became coarser is evidence, too.
  const written = tally.step === 0 ? 0 : Math.min(tally.step, referenceStep);
  const width = Math.max(written, FINEST_WINDOW * spacing);
  const expected = width / spacing;
  // Images a little closer or wider than what values are written in drift past them slowly.
  const drift = Math.abs(expected - Math.round(expected));
  const period = width > written ? spacing : written / Math.max(drift, 1e-12);
  return { spacing, expected, period };
}

/**
 * Whether values could show this comb only by having been rounded before: it must be so fine that they could not be in step with it by
 * their own distribution, and they must fill it, since a list of prices keeps step with many factors.
 */
export function isTelling(tally: Tally, line: UnitLine, referenceStep: number): boolean {
  const { spacing, period } = teethOf(tally, line, referenceStep);
  const { width, rows, distinct } = tally.middle;
  if (MIN_PERIODS * period > width) return false;
  const teeth = width / Math.max(spacing, Math.min(tally.step, referenceStep));
  return distinct >= MIN_FILLED * teeth * -Math.expm1(-rows / teeth);
}

/** Whole numbers from low to high; one on a border is half inside. */
function pointsWithin(low: number, high: number): number {
  const first = Math.ceil(low - SLACK);
  const last = Math.floor(high + SLACK);
  if (last < first) return 0;
  const halves = (first - low < SLACK ? 0.5 : 0) + (high - last < SLACK ? 0.5 : 0);
  return last - first + 1 - halves;
}

/**
 * The gain of a line, or null where it proves nothing: the reference itself has that comb (its own price points), or false
 * factors half a step beside have half as much.
 */
export function provenGain(reference: Tally, current: Tally, line: UnitLine, atLeast: number): number | null {
  if (!isTelling(current, line, reference.step)) return null;
  const gain = combGain(current, line, reference.step);
  if (gain < atLeast) return null;
  const own = (combGain(reference, line, reference.step) * current.rows) / reference.rows;
  if (own > 0) return null;
  const spacing = Math.abs(line.factor) * reference.step;
  const middle = Math.abs(current.values[current.values.length >> 1]! - line.offset);
  const cells = Math.max(1, middle / spacing);
  for (let i = 0; i < SHAMS; i++) {
    for (const side of [-1, 1]) {
      const factor = line.factor * (1 + (side * (i + 0.5)) / cells);
      if (factor * line.factor <= 0) continue;
      if (combGain(current, { ...line, factor }, reference.step) > MAX_SHAM * gain) return null;
    }
  }
  return gain;
}
