import type { Diagnosis, FeatureComparison, Performance } from '../core/findings.ts';
import { normalQuantile } from '../stats/distributions.ts';
import { MOST_EARLIER } from './windows-before.ts';

/** Figures that get worse where a relation changes, and which way that is. */
const WORSE: Readonly<Record<string, 1 | -1>> = { accuracy: -1, log_loss: 1, brier: 1, mae: 1, rmse: 1 };
export const FIGURES_OF_LOSS = Object.keys(WORSE);
/** Standard errors from which it is worth the while to look at all rows of these windows. */
const WORTH_A_LOOK = 2.5;
const ONE_SIDED_95 = 1.644_853_626_951_472_6;
/** Further out a p-value is not told from zero. */
const MOST_STANDARD_ERRORS = 8;
/** The mean of what no window is below is then hardly above that of none. */
const LEAST_OF_RELATION = -1;

/**
 * What of a window's success is asked. `relation`: the p-value of "the same features lead to other labels", where it was asked; `labels`: that of labels which come as
 * often as ever.
 */
export type Success =
  | (Pick<Performance, 'metrics'> & { readonly relation?: number | null; readonly labels?: number | null })
  | null;

/** As what labels said is seen by: the model's success, the relation, and how often each label came. */
export function successOf(
  { evidence, types = [] }: Pick<Diagnosis, 'evidence'> & Partial<Pick<Diagnosis, 'types'>>,
  performance: Pick<Performance, 'metrics'> | null,
  label: Pick<FeatureComparison, 'p_value'> | null = null,
): Success {
  if (performance === null) return null;
  const relation = evidence.find(({ statistic }) => statistic === 'score_test')?.p_value ?? null;
  // Where inputs moved labels come otherwise, too, and that is no news of them.
  const labels = types.includes('covariate_shift') ? null : (label?.p_value ?? null);
  return { metrics: performance.metrics, relation, labels };
}

/**
 * Over how many of the last windows the model is a little worse than it was, its relation a little another, or its labels come a little more or less often, most clearly: two to 32; null where
 * it is not, or where one of them has no labels. It claims nothing, but says where the relation of all these rows together is worth a look: one
 * change in a fifth of the rows costs each of ten windows too little to be told.
 *
 * Formula: Z = Σ zᵢ/√L over L windows (Stouffer), zᵢ the standard errors of a figure's p-value with the sign of worse, or of the relation's or the labels' Φ⁻¹(1 − p), the
 * clearest of all, from 2.5 on, where no last few windows bound it below half of what it was in those before (one-sided, 95 %). O(windows³),
 * 32 at most.
 *
 * @param windows in order of time, the last among them
 * @example windowsOfLoss([0.04, 0.03, 0.05, 0.02].map((p_value) => ({ metrics: { accuracy: { reference: 0.9, current: 0.87, interval: null, p_value } } }))) // 4
 */
export function windowsOfLoss(windows: readonly Success[]): number | null {
  const from = windows.findLastIndex((window) => window === null) + 1;
  const last = windows.slice(Math.max(from, windows.length - MOST_EARLIER - 1));
  const labels = last.map((window) => relationErrors(window?.labels ?? null));
  // What costs the model something says since when; labels that come as often as another mix brings need not.
  const best = clearestOf(seriesOf(last)) ?? clearestOf([labels]);
  return best !== null && goesOn(best.each) ? lengthOf(best.each) : null;
}

interface Clearest {
  readonly each: readonly number[];
  readonly z: number;
}

function clearestOf(series: readonly (readonly number[])[]): Clearest | null {
  let best: Clearest | null = null;
  for (const all of series) {
    for (let length = 2; length <= all.length; length++) {
      const each = all.slice(-length);
      const z = together(each);
      if (z >= WORTH_A_LOOK && z > (best?.z ?? 0)) best = { each, z };
    }
  }
  return best;
}

/** Without first windows that are not half as far away as those after them: it began later. Of the last alone it says what it is itself. */
function lengthOf(each: readonly number[]): number | null {
  const from = each.findIndex((z, i) => {
    const after = each.slice(i + 1);
    return after.length === 0 || z >= together(after) / Math.sqrt(after.length) / 2;
  });
  return each.length - from < 2 ? null : each.length - from;
}

/** No last few of the windows bound it below half of what it was in those before them. */
function goesOn(each: readonly number[]): boolean {
  return each.every((_, from) => {
    const [before, since] = [each.slice(0, from), each.slice(from)];
    return before.length === 0 || !isBelowHalf(before, since);
  });
}

/**
 * Whether the windows after the last that showed it bound the loss below half of what it was, by the figure that had it most clearly: where
 * only several windows can say it, it takes several to say that it is over. True where no figure was worth a look.
 *
 * @example isLossBack([{ metrics: { accuracy: { reference: 0.9, current: 0.86, interval: null, p_value: 0.005 } } }], [{ metrics: { accuracy: { reference: 0.9, current: 0.88, interval: null, p_value: 0.2 } } }]) // false
 */
export function isLossBack(away: readonly Success[], clean: readonly Success[]): boolean {
  let clearest: { readonly z: number; readonly isBack: boolean } = { z: WORTH_A_LOOK, isBack: true };
  const cleanSeries = seriesOf(clean);
  for (const [which, all] of seriesOf(away).entries()) {
    const [before, since] = [all, cleanSeries[which]!].map((each) => each.filter(Number.isFinite)) as [
      number[],
      number[],
    ];
    const z = together(before);
    if (z >= clearest.z) clearest = { z, isBack: isBelowHalf(before, since) };
  }
  return clearest.isBack;
}

/** One-sided, 95 %. */
function isBelowHalf(before: readonly number[], since: readonly number[]): boolean {
  if (since.length === 0) return false;
  const most = (together(since) + ONE_SIDED_95) / Math.sqrt(since.length);
  return most < together(before) / Math.sqrt(before.length) / 2;
}

const together = (each: readonly number[]): number =>
  each.reduce((sum, z) => sum + z, 0) / Math.sqrt(each.length);

/** By window, how far each figure is on the side of worse, and at last the relation. */
function seriesOf(windows: readonly Success[]): number[][] {
  const figures = Object.entries(WORSE).map(([metric, sign]) =>
    windows.map((window) => sign * standardErrors(window?.metrics[metric])),
  );
  return [...figures, windows.map((window) => relationErrors(window?.relation ?? null))];
}

/** A p-value that was corrected for all that was looked at is often 1, which says no more than that nothing was seen. */
function relationErrors(p: number | null): number {
  if (p === null) return Number.NaN;
  const z = p >= 1 ? LEAST_OF_RELATION : -normalQuantile(Math.max(p, Number.MIN_VALUE));
  return Math.min(MOST_STANDARD_ERRORS, Math.max(LEAST_OF_RELATION, z));
}

/** With the sign of the difference; NaN where there is no figure. */
function standardErrors(figure: Performance['metrics'][string] | undefined): number {
  if (figure === undefined || figure.p_value === null) return Number.NaN;
  const { reference, current, p_value: p } = figure;
  if (reference === null || current === null) return Number.NaN;
  if (p >= 1) return 0;
  const z = Math.min(MOST_STANDARD_ERRORS, -normalQuantile(Math.max(p / 2, Number.MIN_VALUE)));
  return z * Math.sign(current - reference);
}
