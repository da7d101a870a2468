import { linearScale, niceTicks } from '../../picture/scale.ts';
import { type Html, html } from '../../words/html.ts';
import { LIGHT_COLOURS } from '../../words/tokens.ts';
import type { Bar, DistributionChart } from './chart.ts';
import { CHART_WIDTH_PX, lettering, widthOf } from './lettering.ts';

const { soft: SOFT, line: GRID, reference: REFERENCE, current: CURRENT } = LIGHT_COLOURS;

const UPRIGHT_HEIGHT_PX = 190;
const ROW_HEIGHT_PX = 34;
const EDGE_PX = 8;
/** For the legend above, and the names of an axis below. */
const TOP_PX = 34;
const AXIS_PX = 26;
/** Of a bar's place, what its two columns take. */
const FILLED = 0.76;

/** Shares in training beside those now: upright in the order of the values, or lying, one name a row. */
export function drawBars(chart: DistributionChart): { readonly marks: Html; readonly heightPx: number } {
  const legend = [
    key(EDGE_PX, 'training', REFERENCE),
    key(EDGE_PX + 34 + widthOf('training'), chart.rows, CURRENT),
  ];
  if (!chart.ordered) return lying(chart.bars, legend);
  return upright(chart.bars, legend);
}

function key(x: number, name: string, colour: string): Html {
  return html`<rect
      x="${x}"
      y="7"
      width="14"
      height="10"
      rx="2"
      fill="${colour}"
    />${lettering(x + 19, 12, name)}`;
}

function upright(bars: readonly Bar[], legend: readonly Html[]): { marks: Html; heightPx: number } {
  const { top, ticks } = shareAxis(bars);
  const left = EDGE_PX + Math.max(...ticks.map((tick) => widthOf(percent(tick)))) + 6;
  const [right, bottom] = [CHART_WIDTH_PX - 12, UPRIGHT_HEIGHT_PX - AXIS_PX];
  const y = linearScale([0, top], [bottom, TOP_PX]);
  const grid = ticks.map(
    (tick) =>
      html`<path
          d="M${left} ${px(y.at(tick))}H${right}"
          stroke="${GRID}"
        />${lettering(left - 6, y.at(tick), percent(tick), { anchor: 'end', colour: SOFT })}`,
  );
  const place = (right - left) / bars.length;
  const half = (place * FILLED) / 2;
  const columns = bars.flatMap(({ reference, current }, at) => {
    const middle = left + place * (at + 0.5);
    const column = (x: number, share: number, colour: string): Html =>
      html`<rect
        x="${px(x)}"
        y="${px(y.at(share))}"
        width="${px(half)}"
        height="${px(bottom - y.at(share))}"
        fill="${colour}"
      />`;
    return [column(middle - half, reference, REFERENCE), column(middle, current, CURRENT)];
  });
  // As many names as there is room for, from the first on.
  const widest = Math.max(...bars.map(({ name }) => widthOf(name))) + 8;
  const every = Math.max(1, Math.ceil(widest / place));
  const names = bars.flatMap(({ name }, at) => {
    if (at % every !== 0) return [];
    const room = widthOf(name) / 2;
    const middle = Math.min(Math.max(left + place * (at + 0.5), left + room), CHART_WIDTH_PX - 2 - room);
    return [lettering(middle, bottom + 14, name, { anchor: 'middle' })];
  });
  return { marks: html`${legend}${grid}${columns}${names}`, heightPx: UPRIGHT_HEIGHT_PX };
}

function lying(bars: readonly Bar[], legend: readonly Html[]): { marks: Html; heightPx: number } {
  const { top, ticks } = shareAxis(bars);
  const bottom = TOP_PX + ROW_HEIGHT_PX * bars.length;
  const left = EDGE_PX + Math.min(Math.max(...bars.map(({ name }) => widthOf(name))), CHART_WIDTH_PX / 2) + 6;
  const right = CHART_WIDTH_PX - 24;
  const x = linearScale([0, top], [left, right]);
  const grid = ticks.map(
    (tick) =>
      html`<path
          d="M${px(x.at(tick))} ${TOP_PX}V${bottom}"
          stroke="${GRID}"
        />${lettering(x.at(tick), bottom + 14, percent(tick), { anchor: 'middle', colour: SOFT })}`,
  );
  const half = (ROW_HEIGHT_PX * FILLED) / 2;
  const rows = bars.map(({ name, reference, current }, at) => {
    const middle = TOP_PX + ROW_HEIGHT_PX * (at + 0.5);
    const row = (y: number, share: number, colour: string): Html =>
      html`<rect
        x="${px(left)}"
        y="${px(y)}"
        width="${px(x.at(share) - left)}"
        height="${px(half)}"
        fill="${colour}"
      />`;
    return html`${lettering(left - 6, middle, name, { anchor: 'end' })}${row(middle - half, reference, REFERENCE)}${row(middle, current, CURRENT)}`;
  });
  return { marks: html`${legend}${grid}${rows}`, heightPx: bottom + AXIS_PX };
}

/** From zero to a round share that holds the largest bar. */
function shareAxis(bars: readonly Bar[]): { readonly top: number; readonly ticks: readonly number[] } {
  const largest = Math.max(...bars.flatMap(({ reference, current }) => [reference, current]));
  if (largest > 0.8) return { top: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
  const [, step = largest] = niceTicks([0, largest], 3);
  const steps = Math.ceil(largest / step - 1e-9);
  return { top: steps * step, ticks: Array.from({ length: steps + 1 }, (_, n) => n * step) };
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
const px = (value: number): number => Math.round(value * 10) / 10;
