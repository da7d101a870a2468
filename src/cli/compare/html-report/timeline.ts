import { judgedPsi } from '../../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import { linePath, withHoles } from '../../../picture/paths.ts';
import { linearScale } from '../../../picture/scale.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { plural, utcMinute, wholeNumber } from '../../../words/page-format.ts';
import { figure } from './figures.ts';
import { ribbon } from './ribbon.ts';

const WIDTH = 600;
const HEIGHT = 60;
const MARGIN = 6;
/** From here on a change is a drift; the scale always reaches a little beyond. */
const FLOOR = 0.02;
const SMALLEST_SCALE = 0.1;
/** More points than this run into each other: of neighbours the furthest is drawn. */
const MOST_POINTS = 120;
const MOST_CELLS = 60;

/** A feature in one window; null: it is not in it, or its window is a hole between others. */
export interface WindowOfFeature {
  readonly start: string;
  readonly end: string;
  readonly feature: FeatureComparison | null;
}

const psiOf = ({ feature }: WindowOfFeature): number | null => (feature === null ? null : judgedPsi(feature));
export const isFlagged = ({ feature }: WindowOfFeature): boolean =>
  feature?.status === 'drift' || feature?.status === 'fault';

/** The window in which it is furthest away. */
function furthest(windows: readonly WindowOfFeature[]): WindowOfFeature | undefined {
  return windows.reduce<WindowOfFeature | undefined>(
    (best, window) => (awayOf(window) > (best === undefined ? -1 : awayOf(best)) ? window : best),
    undefined,
  );
}

/** A fault is further than any distance, and nothing is nearer than all. */
function awayOf(window: WindowOfFeature): number {
  if (window.feature === null) return -0.5;
  return window.feature.status === 'fault' ? Infinity : (psiOf(window) ?? 0);
}

export const largestPsi = (windows: readonly WindowOfFeature[]): number =>
  Math.max(0, ...windows.map((window) => psiOf(window) ?? 0));

/** One feature's PSI on a true axis of time: where nothing was logged, or nothing measured, is a gap. */
export function timeline(name: string, windows: readonly WindowOfFeature[]): Html {
  const largest = largestPsi(windows);
  // By the root, so that a window that is far off does not flatten the others.
  const root = linearScale([0, Math.sqrt(Math.max(SMALLEST_SCALE, largest))], [HEIGHT - MARGIN, MARGIN]);
  const y = (psi: number): number => Math.round(root.at(Math.sqrt(psi)));
  const [first, last] = [windows[0]?.start ?? '', windows.at(-1)?.end ?? ''];
  const time = linearScale([Date.parse(first), Date.parse(last)], [MARGIN, WIDTH - MARGIN]);
  const place = (window: WindowOfFeature): readonly [number, number | null] => {
    const psi = psiOf(window);
    const x = time.at((Date.parse(window.start) + Date.parse(window.end)) / 2);
    return [Math.round(x), psi === null ? null : y(psi)];
  };
  const drawn = thinned(withHoles<WindowOfFeature>(windows, (start, end) => ({ start, end, feature: null })));
  const marks = (status: FeatureComparison['status'], mark: (x: number, y: number) => string): string =>
    drawn
      .filter(({ feature }) => feature?.status === status)
      .map((window) => place(window))
      .map(([x, at]) => (at === null ? '' : mark(x, at)))
      .join('');
  const dot = (x: number, at: number): string => `M${x} ${at}h0`;
  return html`<figure class="line">
    <figcaption><b>${name}</b><span class="soft">${inWords(windows)}</span></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`PSI of ${name} over time`}">
      <path class="floor" d="M0 ${y(FLOOR)}h${WIDTH}" />
      <path class="course" d="${linePath(drawn.map(place))}" />
      ${windows.length > MOST_POINTS ? null : path('quiet', marks('ok', dot))}
      ${path('moved', marks('drift', dot))}
      ${path(
        'broken',
        marks('fault', (x, at) => `M${x - 4} ${at - 4}l8 8m0-8l-8 8`),
      )}
    </svg>
  </figure>`;
}

const path = (style: string, d: string): Html | null =>
  d === '' ? null : html`<path class="${style}" d="${d}" />`;

/** The same in a line: how grave it was, from left to right. */
export function timelineInBrief(name: string, windows: readonly WindowOfFeature[]): Html {
  const cells = inGroups(windows, MOST_CELLS).map((group) => {
    const worst = furthest(group)?.feature;
    return worst === undefined || worst === null
      ? null
      : worst.status === 'fault'
        ? 'fault'
        : worst.status === 'drift'
          ? worst.severity
          : 'ok';
  });
  return html`<figure class="brief">
    <figcaption><b>${name}</b><span class="soft">${inWords(windows)}</span></figcaption>
    ${ribbon(cells, null)}
  </figure>`;
}

function inWords(windows: readonly WindowOfFeature[]): string {
  const [flagged, worst] = [windows.filter(isFlagged).length, furthest(windows)];
  const moved = `moved in ${wholeNumber(flagged)} of ${plural(windows.length, 'window')}`;
  const at = worst === undefined ? '' : `, ${utcMinute(worst.start)}`;
  return `${moved}; largest PSI ${figure(largestPsi(windows))}${at}`;
}

/** Of neighbours the one that is furthest away, and a hole where there was one among them. */
function thinned(windows: readonly WindowOfFeature[]): WindowOfFeature[] {
  if (windows.length <= MOST_POINTS) return [...windows];
  return inGroups(windows, MOST_POINTS).flatMap((group) => {
    const [hole, kept] = [group.find(({ feature }) => feature === null), furthest(group)];
    return [...(kept === undefined || kept === hole ? [] : [kept]), ...(hole === undefined ? [] : [hole])];
  });
}

/** In order, at most so many of equal length. */
function inGroups<T>(all: readonly T[], most: number): T[][] {
  const groups = Math.min(all.length, most);
  return Array.from({ length: groups }, (_, at) =>
    all.slice(Math.floor((at * all.length) / groups), Math.floor(((at + 1) * all.length) / groups)),
  );
}
