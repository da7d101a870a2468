import { html } from '../../words/html.ts';
import { LIGHT_COLOURS } from '../../words/tokens.ts';
import type { Chart } from './chart.ts';
import { drawBars } from './draw-bars.ts';
import { drawTimeline } from './draw-timeline.ts';
import { CHART_FONT, CHART_WIDTH_PX, LETTERS_PX } from './lettering.ts';

export interface Drawing {
  readonly svg: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A chart as SVG, with the places and the colours that the dashboard's and the report's charts have. */
export function drawChart(chart: Chart): Drawing {
  const { marks, heightPx } = chart.kind === 'timeline' ? drawTimeline(chart) : drawBars(chart);
  const { html: svg } = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${CHART_WIDTH_PX}"
    height="${heightPx}"
    viewBox="0 0 ${CHART_WIDTH_PX} ${heightPx}"
    font-family="${CHART_FONT}"
    font-size="${LETTERS_PX}"
  >
    <rect width="100%" height="100%" fill="${LIGHT_COLOURS.card}" />
    ${marks}
  </svg>`;
  return { svg, widthPx: CHART_WIDTH_PX, heightPx };
}
