import { CompensatedSums } from '../../compensated.ts';
import type { GridCounts } from './grid-counts.ts';
import { gridRows } from './grid-ks.ts';

export interface SummedGridCounts extends GridCounts {
  /** Sum of the values counted in `between[gap]`. */
  sumBetween(gap: number): number;
}

/** What one sample does inside a gap: its distribution function rises from `from` to `to`, its rows average at `mean` from the gap's left end. */
interface Rise {
  readonly from: number;
  readonly to: number;
  readonly mean: number;
  /** How far its rows may lie from their mean on either side: a single row lies at it. */
  readonly reach: number;
}

/**
 * First Wasserstein distance of two samples counted on one grid, ∫ |F − G| dx, in the feature's unit.
 *
 * Counts and the sum per gap give ∫ F over every gap exactly; so the result is exact wherever one function stays above
 * the other within a gap, where a side has no more than one row in it, and beyond both ends. Where they cross inside a
 * gap, its rows are taken as spread evenly about their mean, and `bound` says how far off that can be. A side without rows: 0 and 0. Cost O(grid).
 */
export function gridWasserstein(
  grid: Float64Array,
  reference: SummedGridCounts,
  current: SummedGridCounts,
): { distance: number; bound: number } {
  const n = gridRows(reference);
  const m = gridRows(current);
  if (n === 0 || m === 0) return { distance: 0, bound: 0 };
  const total = new CompensatedSums(2);
  let i = 0;
  let j = 0;
  for (let g = 0; g <= grid.length; g++) {
    const left = grid[g - 1];
    const right = grid[g];
    const inReference = reference.between[g] ?? 0;
    const inCurrent = current.between[g] ?? 0;
    if (left === undefined || right === undefined) {
      total.add(
        0,
        outsideArea(
          left ?? right ?? 0,
          inReference / n,
          reference.sumBetween(g) / n,
          inCurrent / m,
          current.sumBetween(g) / m,
        ),
      );
    } else {
      const rise = (counts: SummedGridCounts, below: number, rows: number, all: number): Rise => {
        const width = right - left;
        const mean = rows === 0 ? 0 : Math.min(width, Math.max(0, counts.sumBetween(g) / rows - left));
        const reach = rows === 1 ? 0 : Math.min(mean, width - mean);
        return { from: below / all, to: (below + rows) / all, mean, reach };
      };
      const area = gapArea(right - left, rise(reference, i, inReference, n), rise(current, j, inCurrent, m));
      total.add(0, area.distance);
      total.add(1, area.bound);
    }
    i += inReference + (reference.equal[g] ?? 0);
    j += inCurrent + (current.equal[g] ?? 0);
  }
  return { distance: total.get(0), bound: total.get(1) };
}

/** Beyond an end both functions start (or end) together; the grid holds the reference's extremes, so only one of them moves. */
function outsideArea(end: number, p: number, sumP: number, q: number, sumQ: number): number {
  return Math.abs(q * end - sumQ - (p * end - sumP));
}

function gapArea(width: number, reference: Rise, current: Rise): { distance: number; bound: number } {
  const signed = integral(width, current) - integral(width, reference);
  const least = Math.abs(signed);
  if (current.from >= reference.to || current.to <= reference.from) return { distance: least, bound: 0 };
  const distance = Math.max(least, spreadArea(width, reference, current));
  if (reference.reach === 0 && current.reach === 0) return { distance, bound: 0 };
  const most = Math.max(distance, largestArea(width, reference, current));
  return { distance, bound: Math.max(distance - least, most - distance) };
}

/** ∫ F over the gap, whatever the shape of the rise. */
function integral(width: number, rise: Rise): number {
  return rise.from * width + (rise.to - rise.from) * (width - rise.mean);
}

/** ∫ |F − G| when both rise in a straight line about their means: a sum of trapezoids between the bends. */
function spreadArea(width: number, reference: Rise, current: Rise): number {
  const bends = [reference, current].flatMap((rise) => {
    return [rise.mean - rise.reach, rise.mean + rise.reach];
  });
  const points = [0, ...bends.sort((a, b) => a - b), width];
  let area = 0;
  for (let k = 1; k < points.length; k++) {
    const left = points[k - 1] ?? 0;
    const right = points[k] ?? 0;
    if (right <= left) continue;
    // The lines are straight inside: two inner points give the difference at both ends, jumps at the ends or not.
    const atThird = differenceAt(left + (right - left) / 3, reference, current);
    const atTwoThirds = differenceAt(right - (right - left) / 3, reference, current);
    area += trapezoid(right - left, 2 * atThird - atTwoThirds, 2 * atTwoThirds - atThird);
  }
  return area;
}

function differenceAt(x: number, reference: Rise, current: Rise): number {
  return heightAt(x, current) - heightAt(x, reference);
}

function heightAt(x: number, rise: Rise): number {
  const { from, to, mean, reach } = rise;
  if (x <= mean - reach) return from;
  if (x >= mean + reach) return to;
  return from + ((to - from) * (x - (mean - reach))) / (2 * reach);
}

function trapezoid(width: number, first: number, last: number): number {
  if (first * last >= 0) return (width * Math.abs(first + last)) / 2;
  return (width * (first * first + last * last)) / (2 * Math.abs(last - first));
}

/** The most ∫ |F − G| can be: all rows of the one that moves at its mean; when both move, a crude rectangle. */
function largestArea(width: number, reference: Rise, current: Rise): number {
  for (const [flat, moving] of [
    [reference, current],
    [current, reference],
  ] as const) {
    if (flat.from === flat.to) {
      return (flat.from - moving.from) * moving.mean + (moving.to - flat.from) * (width - moving.mean);
    }
  }
  return width * Math.max(current.to - reference.from, reference.to - current.from);
}
