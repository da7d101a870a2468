import { judgedPsi } from '../../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import { html } from '../../../words/html.ts';
import type { Html } from '../../../words/html.ts';
import { coordinate, figure } from './figures.ts';

const WIDTH = 600;
const HEIGHT = 60;
const MARGIN = 6;
/** From here on a change is a drift; the scale always reaches a little beyond. */
const FLOOR = 0.02;
const SMALLEST_SCALE = 0.1;
/** More points than this run into each other; only flagged ones are drawn then. */
const MOST_POINTS = 120;

/** One feature's PSI, window by window. */
export function timeline(line: readonly FeatureComparison[], starts: readonly string[]): Html {
  const largest = Math.max(SMALLEST_SCALE, ...line.map((each) => judgedPsi(each) ?? 0));
  // By the root, so that a window that is far off does not flatten the others.
  const y = (psi: number): number => HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * Math.sqrt(psi / largest);
  const x = (at: number): number =>
    line.length > 1 ? MARGIN + ((WIDTH - 2 * MARGIN) * at) / (line.length - 1) : WIDTH / 2;
  const points = line.flatMap((feature, at) =>
    judgedPsi(feature) === null
      ? []
      : [{ feature, at, x: x(at), y: y(judgedPsi(feature) ?? 0), psi: judgedPsi(feature) ?? 0 }],
  );
  const path = points.map((point) => `${coordinate(point.x)},${coordinate(point.y)}`).join(' ');
  const name = line[0]?.name ?? '';
  const drawn = points.filter(
    ({ feature }) => points.length <= MOST_POINTS || feature.status === 'drift' || feature.status === 'fault',
  );
  return html`<figure class="line">
    <figcaption>
      <b>${name}</b
      ><span class="soft"
        >largest PSI ${figure(points.length === 0 ? null : Math.max(...points.map(({ psi }) => psi)))}</span
      >
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`PSI of ${name} over time`}">
      <line class="floor" x1="0" x2="${WIDTH}" y1="${coordinate(y(FLOOR))}" y2="${coordinate(y(FLOOR))}" />
      <polyline points="${path}" />
      ${drawn.map((point) => {
        const title = html`<title>
          ${starts[point.at] ?? ''}: PSI ${figure(point.psi)}, ${point.feature.status}
        </title>`;
        if (point.feature.status !== 'fault')
          return html`<circle
            class="${point.feature.status}"
            cx="${coordinate(point.x)}"
            cy="${coordinate(point.y)}"
            r="${point.feature.status === 'drift' ? '4' : '2'}"
            >${title}</circle
          >`;
        const [left, top] = [point.x - 4, point.y - 4];
        return html`<path class="fault" d="M${coordinate(left)} ${coordinate(top)}l8 8m0 -8l-8 8"
          >${title}</path
        >`;
      })}
    </svg>
  </figure>`;
}
