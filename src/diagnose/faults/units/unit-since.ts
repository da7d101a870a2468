import { ksPValue } from '../../../stats/significance/ks.ts';
import { SAME_P, sameDistance } from '../../thresholds.ts';
import { distanceWithin } from '../resolution.ts';
import type { SortedPair } from '../sorted-pair.ts';
import type { Suspicion } from '../suspicion.ts';
import { TRANSFORMATIONS, transformSorted } from './transformations.ts';
import type { Transformation } from './transformations.ts';
import { followsItself, liesWithin, ONWARDS, wandersAsFar } from './wanders.ts';
import type { ColumnCourse } from './wanders.ts';
import { isFarUnit } from './unit-comb.ts';
import { MIN_UNIT_ROWS, unitChange, unitFacts } from './unit-change.ts';

/** Places on the axis between which densities are compared: quantiles of each sample. */
const EDGES_EACH = 24;
/** Of the reference, evenly: enough for the shares of so many bins. */
const DENSITY_ROWS = 2000;
/** ln of the likelihood ratio of "transformed since this row" that is worth a look; what follows is tested by itself. */
const MIN_GAIN = 20;
const MOVED = 1e-6;
/** Largest excursion of the ranks in order of time, in √rows of a Brownian bridge: by chance 1 in 10 million. */
const UNSTEADY = 2.9;
/** Rows before the turn, fewer than which the whole window is one. */
const MIN_ROWS_BEFORE = 20;

/** The rows of a window that have a time and a value, in order of time. */
export interface CourseOfColumn extends ColumnCourse {
  /** The same of the reference; absent where its rows have no times. */
  readonly before?: () => ColumnCourse;
}

interface UnitTurn {
  readonly transformation: Transformation;
  /** Place of the first row that was transformed. */
  readonly at: number;
  readonly sinceMs: number;
  /** The column from there on, to be judged as one that was transformed throughout. */
  readonly after: SortedPair;
}

/**
 * A unit that changed within the window: the rows before a moment are what they were, those after it were transformed, all of them.
 * The moment is where the likelihood of "from here on" is largest (densities of the reference and of the transformed reference in 48
 * bins), so it needs no values outside the old range; the rows after it are then judged as a whole column is, with every row
 * counted as a start that was looked at, and those before it must be unmoved. Of a column that follows its own past any stretch has a shape of
 * its own, which one of sixty units fits now and then: where one of the reference as long was as far away, or where its order is not known and rows before the moment
 * follow each other, a fit says nothing, and only a comb convicts.
 */
export function unitSince(pair: SortedPair, course: CourseOfColumn, features: number): Suspicion | null {
  const turn = turnOf(pair, course);
  const facts = turn === null ? null : unitFacts(turn.after);
  if (turn === null || facts === null) return null;
  const found = unitChange(
    { ...facts, wanders: () => wanders(turn, course, facts.untransformed) },
    features * course.values.length,
  );
  return found === null ? null : dated(found, turn, course.values.length);
}

function dated(found: Suspicion, { at, sinceMs }: UnitTurn, rows: number): Suspicion {
  const share = (found.finding.share * (rows - at)) / rows;
  return { ...found, finding: { ...found.finding, share, since: new Date(sinceMs).toISOString() } };
}

function wanders(
  { at, after }: UnitTurn,
  { values, timesMs, before }: CourseOfColumn,
  away: number,
): boolean {
  if (before === undefined)
    return (
      liesWithin(after, ONWARDS) &&
      (followsItself(values.subarray(0, at)) || followsItself(values.subarray(at)))
    );
  return wandersAsFar(after, before(), { lengthMs: timesMs.at(-1)! - timesMs[at]!, away });
}

/** Null where the window is steady, or did not begin as the reference. */
export function turnOf(pair: SortedPair, { values, timesMs }: CourseOfColumn): UnitTurn | null {
  const { name, reference, current } = pair;
  if (Math.min(reference.length, values.length) < MIN_UNIT_ROWS || !isUnsteady(values)) return null;
  if (ksPValue(distanceWithin(current, reference, 0), reference.length, current.length) >= MOVED) return null;
  const likeliest = likeliestTurn(thinned(reference), current, values);
  if (likeliest === null) return null;
  const { transformation, at } = likeliest;
  if (at < MIN_ROWS_BEFORE || values.length - at < MIN_UNIT_ROWS) return null;
  const before = values.slice(0, at).sort();
  const distance = distanceWithin(before, reference, 0);
  const isUnmoved =
    // Before a factor that no world grows by, values need only be among those that were: a morning has its own wind.
    (isFarUnit(transformation) && liesWithin({ reference, current: before })) ||
    distance <= sameDistance(reference.length, before.length) ||
    ksPValue(distance, reference.length, before.length) >= SAME_P;
  if (!isUnmoved) return null;
  return {
    transformation,
    at,
    sinceMs: timesMs[at]!,
    after: { name, reference, current: values.slice(at).sort() },
  };
}

/** Whether the level of the values changed on the way: their ranks, summed in order of time, leave what chance does to a sum. */
function isUnsteady(values: Float64Array): boolean {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end += 1;
    for (let tied = i; tied < end; tied++) ranks[order[tied]!] = (i + end) / (2 * order.length) - 0.5;
    i = end;
  }
  let [sum, largest] = [0, 0];
  for (const rank of ranks) {
    sum += rank;
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest > UNSTEADY * Math.sqrt(values.length / 12);
}

function likeliestTurn(
  reference: Float64Array,
  current: Float64Array,
  values: Float64Array,
): { transformation: Transformation; at: number } | null {
  const edges = Float64Array.from(
    [reference, current].flatMap((sorted) => [...evenly(sorted, EDGES_EACH)]),
  ).sort();
  const bins = Int32Array.from(values, (value) => countUpTo(edges, value));
  const own = sharesOf(reference, edges);
  let best: { transformation: Transformation; at: number; gain: number } | null = null;
  for (const transformation of TRANSFORMATIONS) {
    const transformed = transformSorted(reference, transformation);
    if (transformed === null) continue;
    const logs = sharesOf(transformed, edges).map((share, bin) => Math.log(share / own[bin]!));
    let [gain, at, sum] = [0, values.length, 0];
    for (let row = values.length - 1; row >= 0; row--) {
      sum += logs[bins[row]!]!;
      if (sum > gain) [gain, at] = [sum, row];
    }
    if (gain > Math.max(MIN_GAIN, best?.gain ?? 0)) best = { transformation, at, gain };
  }
  return best;
}

/** Share of a sorted sample in each bin, one more than there are edges; none is empty. */
function sharesOf(sorted: Float64Array, edges: Float64Array): Float64Array {
  const upTo = Float64Array.from(edges, (edge) => countBelow(sorted, edge));
  const bins = edges.length + 1;
  return Float64Array.from({ length: bins }, (_, bin) => {
    const inside = (bin < edges.length ? upTo[bin]! : sorted.length) - (bin === 0 ? 0 : upTo[bin - 1]!);
    return (inside + 0.5) / (sorted.length + bins / 2);
  });
}

function thinned(sorted: Float64Array): Float64Array {
  return sorted.length <= DENSITY_ROWS ? sorted : evenly(sorted, DENSITY_ROWS);
}

function evenly(sorted: Float64Array, count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)]!,
  );
}

/** Of sorted numbers, how many are at most this: the bin of a value between edges. */
function countUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of sorted numbers, how many are less. */
function countBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
