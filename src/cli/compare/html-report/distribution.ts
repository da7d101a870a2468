import { judgedCounts } from '../../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import type { BinnedCounts } from '../../../core/columns/figures.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { coordinate } from '../../../picture/paths.ts';
import { linearScale } from '../../../picture/scale.ts';
import { binName } from '../../../words/bin-name.ts';
import { figure, percent } from './figures.ts';

const WIDTH = 220;
const HEIGHT = 56;
/** More levels than this are too narrow to read; the rest is in the JSON. */
const MOST_BARS = 20;

interface Bar {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
}

/** Shares of the baseline (grey) and of the current rows (colour) in the baseline's own bins; null without values. */
export function distribution({ kind, counts, name }: FeatureComparison): Html | null {
  if (counts === undefined) return null;
  const bars = barsOf(judgedCounts(counts), kind === 'numeric');
  if (bars.length === 0) return null;
  const largest = Math.max(...bars.flatMap(({ reference, current }) => [reference, current]));
  const step = WIDTH / bars.length;
  const y = linearScale([0, largest], [HEIGHT, 2]);
  // One path for each side: a rectangle of its own for each bar would be most of the page.
  const path = (shares: readonly number[], from: number, width: number): string =>
    shares
      .map((share, at) => {
        const left = coordinate((at + from) * step);
        return share > 0
          ? `M${left} ${HEIGHT}V${coordinate(y.at(share))}h${coordinate(width * step)}V${HEIGHT}z`
          : '';
      })
      .join('');
  const before = path(
    bars.map(({ reference }) => reference),
    0.08,
    0.84,
  );
  const now = path(
    bars.map(({ current }) => current),
    0.3,
    0.4,
  );
  const all = bars
    .map((bar) => `${bar.name}: ${percent(bar.reference)} → ${percent(bar.current)}`)
    .join('\n');
  return html`<figure>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`shares of ${name} before and now`}">
      <title>${all}</title>
      <path class="b" d="${before}" />
      <path class="c" d="${now}" /></svg
    >${scale(counts, kind === 'numeric', bars)}
  </figure>`;
}

function barsOf({ bins, reference, current }: BinnedCounts, ordered: boolean): Bar[] {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [n, m] = [total(reference), total(current)];
  const bars = bins.map((_, at) => ({
    name: binName(bins, at),
    reference: n > 0 ? (reference[at] ?? 0) / n : 0,
    current: m > 0 ? (current[at] ?? 0) / m : 0,
  }));
  const used = bars.filter((bar) => bar.reference + bar.current > 0);
  return ordered ? used : used.slice(0, MOST_BARS);
}

function scale({ bins }: BinnedCounts, ordered: boolean, bars: readonly Bar[]): Html {
  const edges = bins.filter((bin) => typeof bin === 'number');
  const [first, last] = ordered
    ? [edges.length > 0 ? `≤ ${figure(edges[0])}` : '', edges.length > 0 ? `> ${figure(edges.at(-1))}` : '']
    : [bars[0]?.name ?? '', bars.length > 1 ? (bars.at(-1)?.name ?? '') : ''];
  return html`<figcaption><span>${first}</span><span>${last}</span></figcaption>`;
}
