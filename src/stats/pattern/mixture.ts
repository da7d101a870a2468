import { fSurvival } from '../distributions.ts';
import { rowsOf } from './tracks.ts';

/** Rows a cell must expect in a window of ordinary size. */
const MIN_EXPECTED = 5;
/** Of the windows, at either end, that stand for a state when the way fills the whole run. */
const END_SHARE = 0.1;
const LEAST_END_WINDOWS = 2;

/** How far the windows on the way are from being mixtures of the two states. */
export interface MixtureMisfit {
  /** Σ G of the windows on the way against their best mixture, allowing for what is not known of the states. */
  readonly misfit: number;
  readonly df: number;
  /** Σ G among the windows within each state, and its degrees of freedom: how far windows spread anyway. */
  readonly within: number;
  readonly withinDf: number;
}

/**
 * Whether the windows of a ramp are mixtures of the first and the last state, as where more and more rows come from a
 * new source, or something in between, as where one population moves.
 *
 * Formula: p and q, the pooled shares (½ added) of the windows before `begin` and after `end` (at least two and a tenth
 * of the windows on either side); for each window on the way the λ in [0, 1] that makes (1 − λ)p + λq most likely, and
 * its G against that mixture, divided by 1 + n((1 − λ)²/n_p + λ²/n_q), with cells − 2 degrees of freedom. Cells that
 * expect fewer than five rows in a mean window are one cell. Null where that leaves fewer than three cells (everything
 * is a mixture of two states then) or no window on the way.
 *
 * @param middles of the windows, and `begin`, `end`, in window lengths
 * @example mixtureMisfit([0.5, 1.5, 2.5, 3.5, 4.5], [[90, 0, 9], [90, 0, 9], [0, 99, 0], [9, 0, 90], [9, 0, 90]], 2, 3).df // 1
 */
export function mixtureMisfit(
  middles: readonly number[],
  counts: readonly (readonly number[])[],
  begin: number,
  end: number,
): MixtureMisfit | null {
  const cells = mergeRare(counts);
  const width = cells[0]?.length ?? 0;
  const ends = Math.max(LEAST_END_WINDOWS, Math.ceil(END_SHARE * middles.length));
  const before = Math.max(ends, middles.filter((at) => at <= begin).length);
  const after = Math.min(middles.length - ends, middles.filter((at) => at < end).length);
  if (width < 3 || after <= before) return null;
  const first = pool(cells.slice(0, before));
  const last = pool(cells.slice(after));
  let misfit = 0;
  for (const window of cells.slice(before, after)) misfit += againstMixture(window, first, last);
  const states = [cells.slice(0, before), cells.slice(after)];
  return {
    misfit,
    df: (after - before) * (width - 2),
    within: states.reduce((sum, state) => sum + spreadOf(state), 0),
    withinDf: states.reduce((sum, state) => sum + (state.length - 1) * (width - 1), 0),
  };
}

/**
 * p-value of "the windows on the way are mixtures", over one or several tracks: F of the misfit a degree of freedom
 * against the spread within the states, where that exceeds what independent rows have (1). 1 without any track.
 *
 * @example mixturePValue([{ misfit: 60, df: 20, within: 20, withinDf: 20 }]) // 0.008903279303922288
 */
export function mixturePValue(parts: readonly MixtureMisfit[]): number {
  const sum = (key: keyof MixtureMisfit): number => parts.reduce((total, part) => total + part[key], 0);
  const df = sum('df');
  const withinDf = sum('withinDf');
  if (df === 0 || withinDf === 0) return 1;
  const dispersion = Math.max(1, sum('within') / withinDf);
  return fSurvival(sum('misfit') / df / dispersion, df, withinDf);
}

function mergeRare(counts: readonly (readonly number[])[]): number[][] {
  const width = Math.max(0, ...counts.map((row) => row.length));
  const totals = Array.from({ length: width }, (_, cell) =>
    counts.reduce((s, row) => s + (row[cell] ?? 0), 0),
  );
  const enough = MIN_EXPECTED * counts.length;
  const kept = totals.flatMap((total, cell) => (total >= enough ? [cell] : []));
  const rare = totals.flatMap((total, cell) => (total > 0 && total < enough ? [cell] : []));
  return counts.map((row) => {
    const rest = rare.reduce((sum, cell) => sum + (row[cell] ?? 0), 0);
    const own = kept.map((cell) => row[cell] ?? 0);
    return rare.length === 0 ? own : [...own, rest];
  });
}

interface State {
  readonly shares: number[];
  readonly rows: number;
}

function pool(windows: readonly (readonly number[])[]): State {
  const width = windows[0]?.length ?? 0;
  const totals = Array.from({ length: width }, (_, cell) =>
    windows.reduce((s, row) => s + (row[cell] ?? 0), 0),
  );
  const rows = rowsOf(totals);
  return { shares: totals.map((total) => (total + 0.5) / (rows + width / 2)), rows };
}

function againstMixture(window: readonly number[], first: State, last: State): number {
  const share = mostLikelyShare(window, first.shares, last.shares);
  const mixed = first.shares.map((p, cell) => (1 - share) * p + share * (last.shares[cell] ?? 0));
  const n = rowsOf(window);
  const unknown = 1 + n * ((1 - share) ** 2 / Math.max(1, first.rows) + share ** 2 / Math.max(1, last.rows));
  return g(window, mixed) / unknown;
}

/** Where the derivative of the (concave) log-likelihood of λ passes zero, by halving. */
function mostLikelyShare(window: readonly number[], p: readonly number[], q: readonly number[]): number {
  const slope = (share: number): number =>
    window.reduce((sum, count, cell) => {
      const from = p[cell] ?? 0;
      const by = (q[cell] ?? 0) - from;
      return count === 0 ? sum : sum + (count * by) / (from + share * by);
    }, 0);
  let low = 0;
  let high = 1;
  if (slope(low) <= 0) return low;
  if (slope(high) >= 0) return high;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function spreadOf(windows: readonly (readonly number[])[]): number {
  const { shares } = pool(windows);
  return windows.reduce((sum, window) => sum + g(window, shares), 0);
}

function g(window: readonly number[], shares: readonly number[]): number {
  const n = rowsOf(window);
  return window.reduce((sum, count, cell) => {
    const expected = n * (shares[cell] ?? 0);
    return count > 0 && expected > 0 ? sum + 2 * count * Math.log(count / expected) : sum;
  }, 0);
}
