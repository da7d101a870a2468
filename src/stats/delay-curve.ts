import type { DelayCohort } from '../core/label-delay.ts';
import { wilsonInterval } from './intervals.ts';
import { DELAY_EDGES_MS, delayBin } from './delay-bins.ts';

/** A bin counts as seen once so many windows, with so many rows together, are old enough for it. */
const MIN_WINDOWS = 3;
const MIN_ROWS = 200;
/** Points over which the ages of a window's rows are averaged. */
const AGES = 16;

/** The share of predictions that have their label by a certain age, as history tells it. */
export interface DelayCurve {
  /** Up to this age the curve is known; 0: not at all. */
  readonly reachMs: number;
  /** Share still without a label after each bin, from 1 down. */
  readonly survival: readonly number[];
  /** Predictions that had no label yet and were old enough for the bin. */
  readonly atRisk: readonly number[];
  /** Greenwood's sum Σ d/(r(r − d)) up to and with each bin. */
  readonly variance: readonly number[];
  /** How much wider windows spread than independent predictions would; 1 at least. */
  readonly dispersion: number;
}

/**
 * The delay curve of labels: S(t), the share of predictions that have no label at age t, by Kaplan and Meier's
 * product over bins.
 *
 * Formula: S_j = Π_{i ≤ j} (1 − d_i/r_i). r_i counts predictions old enough to have lived through all of bin i that had
 * no label before it, d_i those that got one in it. A prediction that is younger leaves the count before bin i
 * (right-censoring), so recent windows tell of short delays only, and none is taken for one that will never be
 * labelled. Predictions that never get a label stay at risk: 1 − S levels off at the share that gets one.
 * Dispersion: with M = Σ_bins (d − r·h) of an age and V = Σ_bins r·h·(1 − h), Pearson's Σ M²/V over ages with V of at
 * least 5, by their number less one; at least 1. Whole ages and not single bins, because a window whose rows are
 * labelled more often than others' is above the curve in each of its bins.
 *
 * Input: cohorts of `DELAY_BINS` bins, in any order. A delay in a bin that not all of its cohort have lived through is
 * not used. Empty: reach 0. Labels beyond the rows of a cohort (they cannot be, but counts come from two places) are cut
 * to the rows at risk. Range: S in [0, 1], falling. Cost O(cohorts × bins).
 * Source: Kaplan & Meier, J. Am. Stat. Assoc. 53 (1958); McCullagh & Nelder, Generalized Linear Models, 1989 (dispersion).
 *
 * @example fitDelayCurve([{ ageBin: 48, windows: 4, rows: 400, labels: [200] }]).survival[47] // 0.5
 */
export function fitDelayCurve(cohorts: readonly DelayCohort[]): DelayCurve {
  const waiting = cohorts.map(({ rows }) => rows);
  const survival: number[] = [];
  const atRisk: number[] = [];
  const variance: number[] = [];
  const residual = cohorts.map(() => 0);
  const independent = cohorts.map(() => 0);
  let left = 1;
  let greenwood = 0;
  for (let bin = 0; bin < DELAY_EDGES_MS.length; bin++) {
    const old = [...cohorts.keys()].filter((at) => (cohorts[at]?.ageBin ?? 0) > bin);
    if (total(old, (at) => cohorts[at]?.windows ?? 0) < MIN_WINDOWS) break;
    if (total(old, (at) => cohorts[at]?.rows ?? 0) < MIN_ROWS) break;
    const labelled = old.map((at) => Math.min(waiting[at] ?? 0, cohorts[at]?.labels[bin] ?? 0));
    const r = total(old, (at) => waiting[at] ?? 0);
    const d = labelled.reduce((sum, count) => sum + count, 0);
    if (d > 0) {
      for (const [i, at] of old.entries()) {
        const expected = (waiting[at] ?? 0) * (d / r);
        residual[at] = (residual[at] ?? 0) + (labelled[i] ?? 0) - expected;
        independent[at] = (independent[at] ?? 0) + expected * (1 - d / r);
      }
      left *= 1 - d / r;
      if (d < r) greenwood += d / (r * (r - d));
    }
    survival.push(left);
    atRisk.push(r);
    variance.push(greenwood);
    for (const [i, at] of old.entries()) waiting[at] = (waiting[at] ?? 0) - (labelled[i] ?? 0);
  }
  return {
    reachMs: DELAY_EDGES_MS[survival.length - 1] ?? 0,
    survival,
    atRisk,
    variance,
    dispersion: dispersionOf(residual, independent),
  };
}

function total(at: readonly number[], of: (at: number) => number): number {
  return at.reduce((sum, each) => sum + of(each), 0);
}

function dispersionOf(residual: readonly number[], independent: readonly number[]): number {
  const full = [...residual.keys()].filter((at) => (independent[at] ?? 0) >= 5);
  if (full.length < 2) return 1;
  const squares = total(full, (at) => (residual[at] ?? 0) ** 2 / (independent[at] ?? 1));
  return Math.max(1, squares / (full.length - 1));
}

/**
 * S(t): the share that has no label at an age in milliseconds; within a bin as if labels came at an even rate on the
 * scale of log t (in the first second, of t); beyond the reach the last known share. Range [0, 1]. O(log bins).
 *
 * @example unlabelledShare(fitDelayCurve([{ ageBin: 48, windows: 4, rows: 400, labels: [200] }]), 500) // Math.SQRT1_2
 */
export function unlabelledShare({ survival }: DelayCurve, ageMs: number): number {
  if (survival.length === 0 || !(ageMs > 0)) return 1;
  const bin = delayBin(ageMs);
  if (bin >= survival.length) return survival.at(-1) ?? 1;
  const before = survival[bin - 1] ?? 1;
  const after = survival[bin] ?? before;
  const from = DELAY_EDGES_MS[bin - 1] ?? 0;
  const to = DELAY_EDGES_MS[bin] ?? 0;
  const part = from > 0 ? Math.log(ageMs / from) / Math.log(to / from) : ageMs / to;
  // A bin in which every prediction got its label leaves none, at no particular moment: evenly.
  return after > 0 ? before * (after / before) ** part : before * (1 - part);
}

export interface WaitingRows {
  readonly rows: number;
  readonly labelled: number;
  /** Ages of the youngest and the oldest row, in milliseconds; rows lie evenly between. */
  readonly youngestMs: number;
  readonly oldestMs: number;
}

export interface ExpectedShare {
  readonly share: number;
  /** Where the share ends up in 95 % of cases. */
  readonly interval: [number, number];
}

/**
 * The share of a window's predictions that will have a label when no more come.
 *
 * Formula: (L + (n − L)·q)/n: those that have one, and of the rest the chance that history gives the unlabelled of
 * their age, q = 1 − S(end)/S(age), averaged over the window's ages. Interval: Wilson's of q with
 * N = 1/(φ·(1/m + 1/(n − L))) observations, where m is what Greenwood's variance of q is worth in observations and φ the
 * dispersion: uncertain is the curve, and what these n − L rows make of it.
 *
 * Null without rows, or where the curve does not reach `untilMs`. All labelled: 1. Range of both [L/n, 1]. O(bins).
 * Measured (tests): it held the final share of 97 % of simulated windows of independent rows, and of 96 % where windows
 * differ by ten points either way in how many rows are ever labelled. Source: Greenwood, Reports on Public Health 33 (1926); Wilson, J. Am. Stat. Assoc. 22 (1927).
 *
 * @example expectedShare(fitDelayCurve([{ ageBin: 48, windows: 4, rows: 400, labels: [200] }]), { rows: 100, labelled: 40, youngestMs: 60_000, oldestMs: 60_000 }, 60_000)?.share // 0.4
 */
export function expectedShare(
  curve: DelayCurve,
  { rows, labelled, youngestMs, oldestMs }: WaitingRows,
  untilMs: number,
): ExpectedShare | null {
  if (!(rows > 0) || curve.reachMs < untilMs) return null;
  const have = Math.min(rows, Math.max(0, labelled));
  const waiting = rows - have;
  if (waiting === 0) return { share: 1, interval: [1, 1] };
  const end = curve.survival.at(-1) ?? 1;
  let now = 0;
  for (let i = 0; i < AGES; i++) {
    const age = youngestMs + ((oldestMs - youngestMs) * (i + 0.5)) / AGES;
    now += unlabelledShare(curve, age) / AGES;
  }
  const q = now > 0 ? Math.min(1, Math.max(0, 1 - end / now)) : 0;
  const worth = observations(curve, q, (youngestMs + oldestMs) / 2);
  const n = worth > 0 ? 1 / (curve.dispersion * (1 / worth + 1 / waiting)) : 0;
  const [low, high] = wilsonInterval(q * n, n);
  const share = (chance: number): number => (have + waiting * chance) / rows;
  return { share: share(q), interval: [share(Math.min(low, q)), share(Math.max(high, q))] };
}

/** How many independent observations would make q as certain as the curve makes it. */
function observations({ survival, atRisk, variance }: DelayCurve, q: number, ageMs: number): number {
  const at = Math.min(delayBin(ageMs), survival.length);
  // With a bin still to come, those who entered it; at the end of the curve, those who came through it.
  const seen = atRisk[at] ?? atRisk.at(-1) ?? 0;
  const before = variance[at - 1] ?? 0;
  const greenwood = (1 - q) ** 2 * ((variance.at(-1) ?? 0) - before);
  return greenwood > 0 && q > 0 && q < 1 ? Math.min(seen, (q * (1 - q)) / greenwood) : seen;
}
