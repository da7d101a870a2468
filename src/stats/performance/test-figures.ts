import { chiSquareSurvival, normalTwoSided } from '../distributions.ts';
import { twoProportionTest } from '../significance/two-proportion.ts';
import { welchTest } from '../significance/welch.ts';
import type { Measured } from './measured.ts';

/**
 * Two-sided p-value of "both samples have the same value", by the test that suits the figure: two proportions for
 * shares, Welch for means, otherwise z = difference / √(se₁² + se₂²). Calibration error: χ² over the bins of
 * (d₂ − d₁)²/(v₁ + v₂), d being mean score less share of positives: whether the calibration *curve* is the same.
 *
 * Null where neither side varies and the values differ by more than rounding is no test at all; equal values then
 * give 1. Cost O(1).
 */
export function testFigures(reference: Measured, current: Measured): number | null {
  const before = reference.basis;
  const now = current.basis;
  if (before.kind === 'share' && now.kind === 'share') {
    return twoProportionTest(before.x, before.n, now.x, now.n).p_value;
  }
  if (before.kind === 'mean' && now.kind === 'mean') return welchTest(before, now).p_value;
  if (before.kind === 'bins' && now.kind === 'bins') return testBins(before, now);
  const difference = current.value - reference.value;
  const error = Math.hypot(reference.standardError, current.standardError);
  if (error > 0) return normalTwoSided(difference / error);
  return Math.abs(difference) <= 1e-12 * Math.abs(reference.value) ? 1 : null;
}

interface Bins {
  readonly errors: readonly number[];
  readonly variances: readonly number[];
}

function testBins(before: Bins, now: Bins): number | null {
  let statistic = 0;
  let df = 0;
  for (const [bin, error] of now.errors.entries()) {
    const variance = (before.variances[bin] ?? 0) + (now.variances[bin] ?? 0);
    if (!(variance > 0)) continue;
    statistic += (error - (before.errors[bin] ?? 0)) ** 2 / variance;
    df++;
  }
  return df === 0 ? null : chiSquareSurvival(statistic, df);
}

/**
 * 95 % interval of current − reference from the two intervals alone (MOVER): each limit takes the half of either
 * interval that points its way. For two shares with Wilson intervals it is Newcombe's interval. Cost O(1).
 * Source: Zou & Donner, Stat. Med. 27 (2008); Newcombe, Stat. Med. 17 (1998), method 10.
 */
export function differenceInterval(reference: Measured, current: Measured): [number, number] {
  const difference = current.value - reference.value;
  const down = Math.hypot(current.value - current.interval[0], reference.interval[1] - reference.value);
  const up = Math.hypot(current.interval[1] - current.value, reference.value - reference.interval[0]);
  return [difference - down, difference + up];
}
