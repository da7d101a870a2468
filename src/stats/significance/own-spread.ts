import { chiSquareSurvival } from '../distributions.ts';
import type { ContingencyResult } from './g-test.ts';
import { clumpsOf, IN_GROUPS } from './clumped-rows.ts';
import { overdispersedPValue } from './overdispersion.ts';
import { HARDLY_GROWS, MOST_GROWTH, WORTH } from './stretch-spread.ts';

/** A window is cut in time into so many stretches of as many rows, finer and coarser. */
const STRETCHES = [24, 12, 6] as const;
/** Two rows a stretch, or nothing is seen of how they follow each other. */
const MIN_ROWS = 48;
/** What stretches must show of a column before its rows are taken as alike: fifty columns are asked. */
const CLEARLY = 0.002;
/** `WORTH` where X² has hardly any degrees of freedom. */
const WORTH_OF_FEW = 0.25;
const FEW_CELLS = 3;
/** What is known of a spread that hardly grows, and of one that does. */
const KNOWN = { steady: 10, growing: 5 } as const;

/** How much further apart than independent ones rows are that follow each other. */
export interface OwnSpread {
  /** Of the whole window. */
  readonly factor: number;
  /** Told by as many stretches; 0: the window has too few occasions. */
  readonly windows: number;
}

/** p-value of a window's G beside what its own rows say of how far such windows spread; never below that of independent rows. */
export function besideOwnSpread(g: ContingencyResult, p: number, { factor, windows }: OwnSpread): number {
  if (windows === 0) return 1;
  const spread = { windows, df: g.df, mean: g.df * factor, variance: 2 * g.df * factor ** 2, factor };
  return Math.max(p, overdispersedPValue(g, { ...spread, size: 1, measuredRate: Number.NaN }));
}

/**
 * The spread of rows by themselves, where nothing else says how far healthy ones spread.
 *
 * Formula: Pearson's X² of stretches that follow each other, cells as rare as they are among all rows, over its degrees of freedom, the median over
 * the pairs (one step is one of them), for 24, 12 and 6 stretches: f. Where one of these is beyond chance (p < 0.002), the factor is 1 + (f − 1)·g with
 * the largest f and g = √((f₆ − 1)/(f₂₄ − 1)), the growth from a stretch to one twice as long, as if ten stretches had told it, or five where g > 1.5;
 * where g > 3 the rows have too few occasions. Where neighbours of 24 are more alike than chance allows, values are held: the factor is rows over how
 * often one begins, if that is more. Groups of a few rows show in single rows better than in stretches: `clumpsOf`, where that is more and beyond 2.5 standard errors. Of an Ornstein-Uhlenbeck course of 600 rows with a memory of a fiftieth, a twelfth and a sixth of them
 * the middle of 400 such factors is 0.96, 0.74 and 0.60 times what it is. Null of fewer than 48 rows, and where they are as independent of each other as
 * can be seen. O(rows).
 *
 * @param cells of each row, in order of time
 * @example ownSpread(Int32Array.from({ length: 600 }, (_, row) => (row * 7) % 10), 10) // null
 */
export function ownSpread(cells: Int32Array, bins: number): OwnSpread | null {
  const found = ofStretches(cells, bins);
  const groups = spreadOfGroups(cells);
  if (found?.windows === 0 || groups === null || groups.factor <= (found?.factor ?? 1)) return found;
  return groups;
}

/** The part of it that groups of a few rows have, which needs no cells that hold many: codes of levels do. Null where rows are in none. O(rows). */
export function spreadOfGroups(codes: ArrayLike<number>): OwnSpread | null {
  const { factor, z } = clumpsOf(codes);
  return z < IN_GROUPS ? null : { factor, windows: KNOWN.steady };
}

function ofStretches(cells: Int32Array, bins: number): OwnSpread | null {
  if (cells.length < MIN_ROWS) return null;
  const shares = new Float64Array(bins);
  for (const cell of cells) shares[cell]! += 1 / cells.length;
  // One value in all of the window is one occasion.
  if (shares.filter((share) => share > 0).length < 2) return { factor: cells.length, windows: 0 };
  const [fine, middle, coarse] = STRETCHES.map((count) => ofNeighbours(cells, shares, count)) as [
    Neighbours,
    Neighbours,
    Neighbours,
  ];
  const held = 1 - fine.p < CLEARLY ? heldFor(cells) : null;
  if (![fine, middle, coarse].some(({ p }) => p < CLEARLY)) return held;
  const [f24, f12, f6] = [fine, middle, coarse].map(({ factor }) => Math.max(0, factor - 1)) as [
    number,
    number,
    number,
  ];
  const growth = Math.max(1, Math.sqrt(f6 / f24) || 1);
  const factor = 1 + Math.max(f24, f12, f6) * Math.min(growth, MOST_GROWTH);
  if (held !== null && held.factor > factor) return held;
  if (growth > MOST_GROWTH) return { factor, windows: 0 };
  return { factor, windows: growth > HARDLY_GROWS ? KNOWN.growing : KNOWN.steady };
}

/** Values that stay for longer than a stretch make neighbours more alike than chance would: each time that one begins is an occasion. */
function heldFor(cells: Int32Array): OwnSpread | null {
  const times = cells.reduce((sum, cell, row) => (cell === cells[row - 1] ? sum : sum + 1), 0);
  // What comes by turns is more alike than chance would have it, too.
  if (cells.length < TURNS * times) return null;
  return { factor: cells.length / times, windows: times <= FEW_TIMES ? 0 : Math.min(KNOWN.steady, times) };
}

interface Neighbours {
  readonly factor: number;
  /** That rows are independent. */
  readonly p: number;
  /** Of the pairs, those that differ by more than one of twenty does by chance. */
  readonly differing: number;
}

/** Of values that stay for fewer rows none is held. */
const TURNS = 2;
/** Of fewer occasions nothing is said. */
const FEW_TIMES = 3;

/** Fewer windows say nothing of how far neighbours are apart. */
const MIN_WINDOWS = 4;

/**
 * Whether windows that follow each other are further apart than independent rows would be: half of the pairs (or `share`) differ by more than one of
 * twenty does by chance. What began and ended, even several times, is a few of them.
 *
 * @param windows counts by the same cells, in order of time; never of fewer than four
 */
export function areNeighboursApart(
  windows: readonly (readonly number[])[],
  { share = MOST }: { readonly share?: number } = {},
): boolean {
  return (neighboursIn(windows, 1)?.differing ?? 0) >= share;
}

/** Of pairs that are independent one in twenty. */
const DIFFER = 0.05;
const MOST = 0.5;

/** Fewer stretches of several windows say nothing of how these grow. */
const MIN_LONG = 5;

/**
 * Whether stretches of two and of four windows are further from their neighbours than single windows are, by more than half for each doubling: then what
 * such windows do in the long run has not been seen yet.
 */
export function growApart(windows: readonly (readonly number[])[]): boolean {
  const [one, ...longer] = [1, 2, 4].map((length) => neighboursIn(windows, length));
  if (one === undefined || one === null) return false;
  const at = longer.findLastIndex((each) => each !== null);
  const last = longer[at];
  if (last === undefined || last === null) return false;
  const ratio = (last.factor - 1) / Math.max(last.factor / 100, one.factor - 1);
  return ratio ** (1 / (at + 1)) > HARDLY_GROWS;
}

/** Of so many windows together; null of too few stretches. */
function neighboursIn(windows: readonly (readonly number[])[], length: number): Neighbours | null {
  const filled = windows.filter((counts) => counts.some((count) => count > 0));
  const cells = Math.max(0, ...windows.map((counts) => counts.length));
  const stretches = Math.floor(filled.length / length);
  if (stretches < (length === 1 ? MIN_WINDOWS : MIN_LONG)) return null;
  // The newest are whole.
  const used = filled.slice(filled.length - stretches * length);
  const shares = new Float64Array(cells);
  const all = used.reduce((sum, counts) => counts.reduce((own, count) => own + count, sum), 0);
  const counts = new Float64Array(stretches * cells);
  for (const [at, each] of used.entries()) {
    for (const [cell, count] of each.entries()) {
      shares[cell]! += count / all;
      counts[Math.floor(at / length) * cells + cell]! += count;
    }
  }
  return shares.filter((share) => share > 0).length < 2 ? null : neighboursOf(counts, shares, true);
}

/** Cells as rare as they are in the window: of held values most neighbours are one and the same, and X² of these two alone has nothing to say. */
function ofNeighbours(cells: Int32Array, shares: Float64Array, count: number): Neighbours {
  const bins = shares.length;
  const counts = new Float64Array(count * bins);
  for (const [at, cell] of cells.entries())
    counts[Math.floor((at * count) / cells.length) * bins + cell]! += 1;
  return neighboursOf(counts, shares);
}

/**
 * @param counts by stretch and cell
 * @param isOfPair cells are as rare as they are in the two: where some windows are of another time, all of them are like none
 */
function neighboursOf(counts: Float64Array, shares: Float64Array, isOfPair = false): Neighbours {
  const bins = shares.length;
  const stretches = counts.length / bins;
  const rows = Array.from({ length: stretches }, (_, at) =>
    counts.subarray(at * bins, (at + 1) * bins).reduce((sum, count) => sum + count, 0),
  );
  const df = shares.filter((share) => share > 0).length - 1;
  const ratios = Array.from({ length: stretches - 1 }, (_, one) => {
    const error = 1 / rows[one]! + 1 / rows[one + 1]!;
    let squares = 0;
    for (let bin = 0; bin < bins; bin++) {
      if (shares[bin] === 0) continue;
      const [before, after] = [counts[one * bins + bin]!, counts[(one + 1) * bins + bin]!];
      const share = isOfPair ? (before + after) / (rows[one]! + rows[one + 1]!) : shares[bin]!;
      if (share === 0) continue;
      squares += (before / rows[one]! - after / rows[one + 1]!) ** 2 / (share * error);
    }
    return squares / df;
  }).sort((a, b) => a - b);
  const middle = ((ratios[(ratios.length - 1) >> 1] ?? 0) + (ratios[ratios.length >> 1] ?? 0)) / 2;
  const factor = middle / (1 - 2 / (9 * df)) ** 3;
  const known = Math.max(1, Math.floor((df < FEW_CELLS ? WORTH_OF_FEW : WORTH) * ratios.length));
  const worth = known * df;
  const differing = ratios.filter((ratio) => chiSquareSurvival(ratio * df, df) < DIFFER).length;
  return {
    factor,
    p: chiSquareSurvival(factor * worth, worth),
    differing: differing / ratios.length,
  };
}
