import { CYCLE_WORDS, judgedCounts, judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { Diagnosis, FeatureComparison } from '../../core/findings.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import { type PooledFigures, type PooledTest, showsTogether } from '../../core/columns/pooled-figures.ts';
import type { FaultFinding } from '../../core/faults.ts';
import { displayText } from '../../words/display-text.ts';
import type { VerdictStyle } from '../../words/tokens.ts';
import { FAULT_WORDS, SEVERITY_WORDS } from '../../words/words.ts';
import { formatCount, formatNumber, formatShare } from '../../words/format.ts';

/** One feature that moved, in words. */
export interface MovedFeature {
  readonly name: string;
  /** `critical`, `warning`, `info`, or the fault. */
  readonly mark: string;
  readonly style: VerdictStyle;
  readonly lines: readonly string[];
}

const MAX_FEATURES = 6;
/** Shares that moved by less are not worth a line. */
const LEAST_SHARE_CHANGE = 0.005;

/** The features that matter most: faulty ones first, then by the size of the effect. */
export function movedFeatures(
  features: readonly FeatureComparison[],
  { faults, summary }: Pick<Diagnosis, 'faults' | 'summary'>,
): { readonly shown: readonly MovedFeature[]; readonly total: number } {
  const moved = rankedFeatures(features);
  // What the summary says of one is not said again.
  const details = faults.filter(({ detail }) => !summary.includes(detail));
  return {
    shown: moved.slice(0, MAX_FEATURES).map((feature) => inWords(feature, faults, details)),
    total: moved.length,
  };
}

/** Those that moved, in the order in which they are told. */
export function rankedFeatures(features: readonly FeatureComparison[]): FeatureComparison[] {
  return features
    .filter((feature) => rank(feature) > 0)
    .sort((a, b) => rank(b) - rank(a) || (judgedPsi(b) ?? 0) - (judgedPsi(a) ?? 0));
}

/** Faults come first, what only several windows show last; 0: it did not move. */
function rank({ faults, status, drifted, pooled }: FeatureComparison): number {
  if (faults.length > 0 || status === 'fault') return 3;
  if (drifted) return 2;
  return showsTogether(pooled) ? 1 : 0;
}

function inWords(
  feature: FeatureComparison,
  faults: readonly FaultFinding[],
  details: readonly FaultFinding[],
): MovedFeature {
  const { name, pooled } = feature;
  // Its own figures are those of one window, which does not show it.
  if (rank(feature) === 1 && pooled !== undefined)
    return {
      name: displayText(name),
      mark: POOLED_MARKS[pooled.test],
      style: 'covariate',
      lines: [ofWindows(pooled)],
    };
  const own = faults.filter((finding) => finding.feature === feature.name);
  const named = own.length > 0 ? own.map(({ fault }) => fault) : feature.faults;
  const faulty = named.map((fault) => FAULT_WORDS[fault]).join(', ');
  return {
    name: displayText(feature.name),
    mark: faulty === '' ? SEVERITY_WORDS[feature.severity] : faulty,
    style: faulty === '' ? 'covariate' : 'fault',
    lines: [
      ...details.filter((each) => own.includes(each)).map(({ detail }) => displayText(detail, 200)),
      ...changedBins(feature.counts),
      ...changedShares(feature, named.includes('missing_spike')),
      effect(feature),
    ].filter((line) => line !== ''),
  };
}

const POOLED_MARKS: Readonly<Record<PooledTest, string>> = {
  shift: 'moved a little',
  spread: 'spread changed a little',
  cells: 'shares changed a little',
};

function ofWindows({ windows, rows, size }: PooledFigures): string {
  // To the digit that the summary has beside it.
  const away = `${size.estimate.toFixed(2)} σ away, at most ${size.upper.toFixed(2)}`;
  return `the last ${formatCount(windows)} windows together (${formatCount(rows)} rows) are ${away}`;
}

/** The bins that gained and lost most: `above 61: 10 % → 34 %`. */
function changedBins(counts: BinnedCounts | undefined): string[] {
  if (counts === undefined) return [];
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const { reference: before } = judgedCounts(counts);
  const [n, m] = [total(before), total(counts.current)];
  if (n === 0 || m === 0) return [];
  const changes = counts.bins.map((_, index) => {
    const reference = (before[index] ?? 0) / n;
    const current = (counts.current[index] ?? 0) / m;
    return { index, reference, current, change: current - reference };
  });
  const gained = changes.reduce((best, each) => (each.change > best.change ? each : best));
  const lost = changes.reduce((best, each) => (each.change < best.change ? each : best));
  return [gained, lost]
    .filter(({ change }) => Math.abs(change) >= LEAST_SHARE_CHANGE)
    .map(({ index, reference, current }) => arrow(binName(counts.bins, index), reference, current));
}

function binName(bins: BinnedCounts['bins'], index: number): string {
  const bin = bins[index];
  if (typeof bin === 'string') return `“${displayText(bin, 40)}”`;
  const below = bins[index - 1];
  if (typeof bin === 'number') {
    return typeof below === 'number'
      ? `${formatNumber(below)} to ${formatNumber(bin)}`
      : `up to ${formatNumber(bin)}`;
  }
  return typeof below === 'number' ? `above ${formatNumber(below)}` : 'all values';
}

function changedShares(
  { missing, invalid, new_levels: fresh }: FeatureComparison,
  missingIsSaid: boolean,
): string[] {
  const shares = [
    ['missing', missingIsSaid ? undefined : missing],
    ['invalid', invalid],
    ['new categories', fresh],
  ] as const;
  return shares.flatMap(([name, share]) =>
    share !== undefined && Math.abs(share.current - share.reference) >= LEAST_SHARE_CHANGE
      ? [arrow(name, share.reference, share.current)]
      : [],
  );
}

function arrow(name: string, reference: number, current: number): string {
  return `${name}: ${formatShare(reference)} → ${formatShare(current)}`;
}

function effect(feature: FeatureComparison): string {
  const { metrics, cycle } = feature;
  const psi = judgedPsi(feature);
  const parts: string[] = [];
  if (psi !== null) parts.push(`PSI ${formatNumber(psi)}`);
  if (cycle !== undefined) parts.push(`beside ${CYCLE_WORDS[cycle.by]}`);
  // Of the reference as a whole, which is not what it is judged by.
  else if (metrics.wasserstein_normalized !== undefined) {
    parts.push(`moved by ${formatNumber(metrics.wasserstein_normalized)} σ`);
  }
  return parts.join(' · ');
}

/** A moved feature on one line, after its name. */
export function movedLine({ mark, lines }: MovedFeature): string {
  return [mark, ...lines].filter((text) => text !== '').join(' · ');
}
