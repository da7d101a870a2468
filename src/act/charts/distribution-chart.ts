import { CYCLE_WORDS, judgedCounts } from '../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../core/findings.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import { displayText } from '../../words/display-text.ts';
import { formatNumber, formatShare } from '../../words/format.ts';
import type { Bar, DistributionChart } from './chart.ts';

/** More than this is too narrow to be seen on a phone. */
const MOST_BINS = 16;
const MOST_LEVELS = 8;
const LONGEST_LEVEL = 20;
/** Where no bar changed by more, what moved is not among the values, as when half of them are missing. */
const LEAST_CHANGE = 0.02;
/** Bars that the words beside the picture name. */
const BARS_IN_WORDS = 3;

/**
 * Shares of a feature's values in training and now; null where nothing was counted, or nothing shows.
 *
 * @param rows what they are now of: `this window`
 */
export function distributionChart(
  { name, kind, counts, cycle }: FeatureComparison,
  rows: string,
): DistributionChart | null {
  if (counts === undefined) return null;
  const isOrdered = kind === 'numeric';
  const judged = judgedCounts(counts);
  const bars = isOrdered ? binBars(judged) : levelBars(judged);
  const largest = Math.max(0, ...bars.map((bar) => Math.abs(bar.current - bar.reference)));
  if (bars.length < 2 || largest < LEAST_CHANGE) return null;
  const feature = displayText(name);
  const alt = inWords(feature, bars, { cycle, rows });
  return { kind: 'distribution', feature, ordered: isOrdered, bars, rows, alt };
}

/** Bins in their order; neighbours together where there are many. */
function binBars({ bins, reference, current }: BinnedCounts): Bar[] {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return [];
  const together = Math.ceil(bins.length / MOST_BINS);
  const bars: Bar[] = [];
  for (let from = 0; from < bins.length; from += together) {
    const to = Math.min(from + together, bins.length);
    bars.push({
      name: rangeName(bins[from - 1], bins[to - 1]),
      reference: total(reference.slice(from, to)) / n,
      current: total(current.slice(from, to)) / m,
    });
  }
  return bars.filter((bar) => bar.reference + bar.current > 0);
}

function rangeName(
  low: string | number | null | undefined,
  high: string | number | null | undefined,
): string {
  if (typeof high !== 'number') return typeof low === 'number' ? `> ${formatNumber(low)}` : 'all';
  return typeof low === 'number' ? `${formatNumber(low)}–${formatNumber(high)}` : `≤ ${formatNumber(high)}`;
}

/** The levels with the largest shares; what is left is one bar. */
function levelBars({ bins, reference, current }: BinnedCounts): Bar[] {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return [];
  const bars = bins
    .map((bin, index) => ({
      name: displayText(String(bin), LONGEST_LEVEL),
      reference: (reference[index] ?? 0) / n,
      current: (current[index] ?? 0) / m,
    }))
    .filter((bar) => bar.reference + bar.current > 0)
    .sort((a, b) => Math.max(b.reference, b.current) - Math.max(a.reference, a.current));
  if (bars.length <= MOST_LEVELS) return bars;
  const rest = bars.slice(MOST_LEVELS - 1);
  return [
    ...bars.slice(0, MOST_LEVELS - 1),
    {
      name: `${rest.length} others`,
      reference: total(rest.map((bar) => bar.reference)),
      current: total(rest.map((bar) => bar.current)),
    },
  ];
}

/** The bars that changed most, in numbers. */
function inWords(
  feature: string,
  bars: readonly Bar[],
  { cycle, rows }: { readonly cycle: FeatureComparison['cycle']; readonly rows: string },
): string {
  const changes = [...bars]
    .sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))
    .slice(0, BARS_IN_WORDS)
    .map(({ name, reference, current }) => `${name}: ${formatShare(reference)} → ${formatShare(current)}`);
  const training = cycle === undefined ? 'training' : `training at ${CYCLE_WORDS[cycle.by]}`;
  return `Shares of ${feature}, ${training} → ${rows}. ${changes.join('; ')}.`;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
