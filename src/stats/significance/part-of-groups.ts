import { mean, sampleVariance, sum } from '../elementary.ts';

/** Windows of one size do not tell what is there in all sizes: their standard deviation, in means. */
const UNLIKE_SIZES = 0.25;

export interface SizedWindow {
  /** How far away beyond chance, in units that independent rows have the same of in windows of any size: X² − df. */
  readonly beyond: number;
  /** Rows that the window is worth. */
  readonly size: number;
}

/**
 * What part of how far healthy windows are away is there in windows of any size. Eight rows of one visit make windows of ninety and of nine hundred rows eight times as
 * unlike as chance has them; one weather makes the larger ten times as unlike as the smaller.
 *
 * Formula: of the line through the windows' X² − df by their sizes (weights 1/(df + its mean at that size)²), what it is at size 0 over what it is at the mean size. Range
 * [0, 1]; 0 of fewer windows than `atLeast`, of windows of one size, and where none is beyond chance. O(windows).
 *
 * @example partOfGroups(Array.from({ length: 20 }, (_, i) => ({ beyond: 8, size: 100 + 50 * i })), 4, 20) // 1
 */
export function partOfGroups(windows: readonly SizedWindow[], df: number, atLeast: number): number {
  const size = mean(windows.map((window) => window.size));
  const average = mean(windows.map(({ beyond }) => beyond));
  const unlike = Math.sqrt(sampleVariance(windows.map((window) => window.size / size)));
  if (windows.length < atLeast || !(average > 0) || !(unlike > UNLIKE_SIZES)) return 0;
  const weighed = windows.map(({ beyond, size: own }) => ({
    x: own / size,
    y: beyond,
    weight: (df + average * (own / size)) ** -2,
  }));
  const all = sum(weighed.map(({ weight }) => weight));
  const x = sum(weighed.map((one) => one.weight * one.x)) / all;
  const y = sum(weighed.map((one) => one.weight * one.y)) / all;
  const along = sum(weighed.map((one) => one.weight * (one.x - x) * (one.y - y)));
  const slope = Math.max(0, along / sum(weighed.map((one) => one.weight * (one.x - x) ** 2)));
  const [atZero, atMean] = [Math.max(0, y - slope * x), y + slope * (1 - x)];
  return atMean > 0 ? Math.min(1, atZero / atMean) : 0;
}
