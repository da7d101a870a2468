import { judgedPsi } from '../../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import { coordinate, linePath, withHoles } from '../../../picture/paths.ts';
import { linearScale } from '../../../picture/scale.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { utcMinute } from '../../../words/page-format.ts';
import { figure } from './figures.ts';

const WIDTH = 600;
const HEIGHT = 60;
const MARGIN = 6;
/** From here on a change is a drift; the scale always reaches a little beyond. */
const FLOOR = 0.02;
const SMALLEST_SCALE = 0.1;
/** More points than this run into each other; only flagged ones are drawn then. */
const MOST_POINTS = 120;

/** A feature in one window; null: it is not in it, or its window is a hole between others. */
export interface WindowOfFeature {
  readonly start: string;
  readonly end: string;
  readonly feature: FeatureComparison | null;
}

/** One feature's PSI on a true axis of time: where nothing was logged, or nothing measured, is a gap. */
export function timeline(name: string, windows: readonly WindowOfFeature[]): Html {
  const psiOf = ({ feature }: WindowOfFeature): number | null =>
    feature === null ? null : judgedPsi(feature);
  const largest = Math.max(0, ...windows.map((window) => psiOf(window) ?? 0));
  // By the root, so that a window that is far off does not flatten the others.
  const root = linearScale([0, Math.sqrt(Math.max(SMALLEST_SCALE, largest))], [HEIGHT - MARGIN, MARGIN]);
  const y = (psi: number): number => root.at(Math.sqrt(psi));
  const [first, last] = [windows[0]?.start ?? '', windows.at(-1)?.end ?? ''];
  const time = linearScale([Date.parse(first), Date.parse(last)], [MARGIN, WIDTH - MARGIN]);
  const x = ({ start, end }: WindowOfFeature): number => time.at((Date.parse(start) + Date.parse(end)) / 2);
  const all = withHoles<WindowOfFeature>(windows, (start, end) => ({ start, end, feature: null }));
  const path = linePath(
    all.map((window) => {
      const psi = psiOf(window);
      return [x(window), psi === null ? null : y(psi)] as const;
    }),
  );
  const drawn = windows.filter(
    ({ feature }) =>
      windows.length <= MOST_POINTS || feature?.status === 'drift' || feature?.status === 'fault',
  );
  return html`<figure class="line">
    <figcaption><b>${name}</b><span class="soft">largest PSI ${figure(largest)}</span></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`PSI of ${name} over time`}">
      <line class="floor" x1="0" x2="${WIDTH}" y1="${coordinate(y(FLOOR))}" y2="${coordinate(y(FLOOR))}" />
      <path class="course" d="${path}" />
      ${drawn.map((window) => point(window, psiOf(window), [x(window), y(psiOf(window) ?? 0)]))}
    </svg>
  </figure>`;
}

/** A cross where it is a fault, a dot else, larger where it moved. */
function point(
  { start, feature }: WindowOfFeature,
  psi: number | null,
  [x, y]: [number, number],
): Html | null {
  if (feature === null || psi === null) return null;
  const title = html`<title>${utcMinute(start)}: PSI ${figure(psi)}, ${feature.status}</title>`;
  if (feature.status === 'fault')
    return html`<path class="broken" d="M${coordinate(x - 4)} ${coordinate(y - 4)}l8 8m0 -8l-8 8"
      >${title}</path
    >`;
  const [style, radius] = feature.status === 'drift' ? ['moved', 4] : ['', 2];
  return html`<circle class="${style}" cx="${coordinate(x)}" cy="${coordinate(y)}" r="${radius}"
    >${title}</circle
  >`;
}
