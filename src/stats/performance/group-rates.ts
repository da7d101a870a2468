import { wilsonInterval } from '../intervals.ts';
import { twoProportionTest } from '../significance/two-proportion.ts';
import { classCounts } from './confusion-table.ts';
import type { ConfusionTable } from './confusion-table.ts';

/** Rows of one group: how many, how many were selected (predicted positive), and by label where labels are known. */
export interface GroupCounts {
  readonly rows: number;
  readonly selected: number;
  readonly positives: number;
  readonly truePositives: number;
  readonly negatives: number;
  readonly falsePositives: number;
}

export const RATES = ['selection_rate', 'true_positive_rate', 'false_positive_rate'] as const;
export type Rate = (typeof RATES)[number];

export interface RateDifference {
  /** The group's share; null when it has no such rows. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** The share of everyone else. */
  readonly others: number | null;
  /** value − others with Newcombe's 95 % interval. */
  readonly difference: number | null;
  readonly differenceInterval: readonly [number, number] | null;
  readonly pValue: number | null;
}

/**
 * Newcombe's 95 % interval of x1/n1 − x2/n2 from the Wilson intervals of both shares: fair for small counts and shares
 * near 0 or 1, where the normal one leaves [−1, 1]. An empty side gives [−1, 1] at the most. Cost O(1).
 * Source: Newcombe, Stat. Med. 17 (1998), method 10.
 *
 * @example newcombeInterval(56, 70, 48, 80) // [0.052431472402365065, 0.3338726540369059]
 */
export function newcombeInterval(x1: number, n1: number, x2: number, n2: number): [number, number] {
  if (!(n1 > 0 && n2 > 0)) return [-1, 1];
  const [l1, u1] = wilsonInterval(x1, n1);
  const [l2, u2] = wilsonInterval(x2, n2);
  const p1 = x1 / n1;
  const p2 = x2 / n2;
  return [p1 - p2 - Math.hypot(p1 - l1, u2 - p2), p1 - p2 + Math.hypot(u1 - p1, p2 - l2)];
}

/**
 * How each group fares beside everyone else: selection rate (share predicted positive; no labels needed), true-positive
 * rate (of the positives, found) and false-positive rate (of the negatives, taken for positive), each with Wilson's
 * interval, the difference from all other rows, Newcombe's interval of it and a two-proportion test. Everyone else, not
 * the largest group: so no group is the measure of the others. p-values are uncorrected: with many groups correct them.
 *
 * One group has no others: differences null. Rates without a row are null. Cost O(groups).
 */
export function groupRates(
  groups: ReadonlyMap<string, GroupCounts>,
): ReadonlyMap<string, ReadonlyMap<Rate, RateDifference>> {
  const all = [...groups.values()];
  const total = (pick: (counts: GroupCounts) => number): number =>
    all.reduce((sum, counts) => sum + pick(counts), 0);
  const totals: GroupCounts = {
    rows: total(({ rows }) => rows),
    selected: total(({ selected }) => selected),
    positives: total(({ positives }) => positives),
    truePositives: total(({ truePositives }) => truePositives),
    negatives: total(({ negatives }) => negatives),
    falsePositives: total(({ falsePositives }) => falsePositives),
  };
  return new Map(
    [...groups].map(([group, counts]) => [
      group,
      new Map(RATES.map((rate) => [rate, differenceOf(shareOf(counts, rate), shareOf(totals, rate))])),
    ]),
  );
}

/** Groups of labelled rows: the counts of one group's confusion table. O(classes²). */
export function groupCountsOf(confusion: ConfusionTable, positiveClass: string): GroupCounts {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = classCounts(
    confusion,
    positiveClass,
  );
  return {
    rows: truePositives + falsePositives + falseNegatives + trueNegatives,
    selected: truePositives + falsePositives,
    positives: truePositives + falseNegatives,
    truePositives,
    negatives: falsePositives + trueNegatives,
    falsePositives,
  };
}

interface CountedShare {
  readonly x: number;
  readonly n: number;
}

function shareOf(counts: GroupCounts, rate: Rate): CountedShare {
  if (rate === 'selection_rate') return { x: counts.selected, n: counts.rows };
  if (rate === 'true_positive_rate') return { x: counts.truePositives, n: counts.positives };
  return { x: counts.falsePositives, n: counts.negatives };
}

function differenceOf(group: CountedShare, all: CountedShare): RateDifference {
  const others: CountedShare = { x: all.x - group.x, n: all.n - group.n };
  const value = group.n > 0 ? group.x / group.n : null;
  const rest = others.n > 0 ? others.x / others.n : null;
  const both = value !== null && rest !== null;
  return {
    value,
    interval: value === null ? null : wilsonInterval(group.x, group.n),
    others: rest,
    difference: both ? value - rest : null,
    differenceInterval: both ? newcombeInterval(group.x, group.n, others.x, others.n) : null,
    pValue: both ? twoProportionTest(others.x, others.n, group.x, group.n).p_value : null,
  };
}
