import { dotsPath, linePath } from '../../picture/paths.ts';
import { linearScale, type Scale } from '../../picture/scale.ts';
import { type Html, html } from '../../words/html.ts';
import { LIGHT_COLOURS } from '../../words/tokens.ts';
import type { TimelineChart } from './chart.ts';
import { CHART_WIDTH_PX, lettering, widthOf } from './lettering.ts';

const { ink: INK, soft: SOFT, line: GRID, current: CURRENT, 'concept-ink': LIMIT } = LIGHT_COLOURS;

const HEIGHT_PX = 190;
const TOP_PX = 30;
const BOTTOM_PX = HEIGHT_PX - 26;
const RIGHT_PX = CHART_WIDTH_PX - 16;
const MOST_STEPS = 4;
/** Above or below its line. */
const BESIDE_LINE_PX = 10;

/** The course of one figure: a curve with a dot a window, what it is held against, and where the incident began. */
export function drawTimeline(chart: TimelineChart): { readonly marks: Html; readonly heightPx: number } {
  const { points, lines, beganAt } = chart;
  const { min, max, step } = roundAxis([
    ...points.flatMap(({ value }) => value ?? []),
    ...lines.map(({ value }) => value),
  ]);
  const ticks = Array.from({ length: Math.round((max - min) / step) + 1 }, (_, n) => min + n * step);
  const written = (value: number): string =>
    chart.percent ? `${Math.round(value * 100)} %` : String(Number(value.toPrecision(3)));
  const left = 8 + Math.max(...ticks.map((tick) => widthOf(written(tick)))) + 6;
  const y = linearScale([min, max], [BOTTOM_PX, TOP_PX]);
  const x = linearScale([0, Math.max(1, points.length - 1)], [left, RIGHT_PX]);
  const grid = ticks.map(
    (tick) =>
      html`<path
          d="M${px(left)} ${px(y.at(tick))}H${RIGHT_PX}"
          stroke="${GRID}"
        />${lettering(left - 6, y.at(tick), written(tick), { anchor: 'end', colour: SOFT })}`,
  );
  return {
    marks: html`${grid}${firstAndLast(points, left)}${curve(points, x, y)}${levels(lines, left, y)}${beginning(beganAt, x)}`,
    heightPx: HEIGHT_PX,
  };
}

function firstAndLast(points: TimelineChart['points'], left: number): Html[] {
  const at = BOTTOM_PX + 15;
  return [
    lettering(left, at, points[0]?.label ?? '', { colour: SOFT }),
    lettering(RIGHT_PX, at, points.at(-1)?.label ?? '', { anchor: 'end', colour: SOFT }),
  ];
}

function curve(points: TimelineChart['points'], x: Scale, y: Scale): Html {
  const places = points.map(({ value }, at) => [x.at(at), value === null ? null : y.at(value)] as const);
  const known = places.flatMap(([at, height]) => (height === null ? [] : [[at, height] as const]));
  const dotPx = points.length > 24 ? 4 : 6;
  // Each dot alone: a hole between all of them.
  const dots = dotsPath(known.flatMap((place) => [place, [place[0], null] as const]));
  return html`<g fill="none" stroke="${CURRENT}" stroke-linecap="round" stroke-linejoin="round"
    ><path d="${linePath(places)}" stroke-width="2" /><path d="${dots}" stroke-width="${dotPx}"
  /></g>`;
}

/** The upper one is named above, the lower one below: they may lie close to each other. */
function levels(lines: TimelineChart['lines'], left: number, y: Scale): Html[] {
  const highest = Math.max(...lines.map(({ value }) => value));
  return lines.map(({ name, value, style }) => {
    const isLimit = style === 'limit';
    const colour = isLimit ? LIMIT : SOFT;
    const dashes = isLimit ? html` stroke-dasharray="5 4"` : null;
    const beside = value === highest ? -BESIDE_LINE_PX : BESIDE_LINE_PX;
    return html`<path
        d="M${px(left)} ${px(y.at(value))}H${RIGHT_PX}"
        stroke="${colour}"
        stroke-width="1.5"
        ${dashes}
      />${lettering(left + 6, y.at(value) + beside, name, { colour, halo: true })}`;
  });
}

function beginning(at: number | null, x: Scale): Html | null {
  if (at === null) return null;
  const said = 'began';
  const middle = Math.min(x.at(at), CHART_WIDTH_PX - 4 - widthOf(said) / 2);
  return html`<path
      d="M${px(x.at(at))} ${TOP_PX - 8}V${BOTTOM_PX}"
      stroke="${INK}"
      stroke-width="1.5"
      stroke-dasharray="2 3"
    />${lettering(middle, TOP_PX - 16, said, { anchor: 'middle' })}`;
}

/** An axis with a little air above and below, on round numbers. */
function roundAxis(values: readonly number[]): { min: number; max: number; step: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low) * 0.1;
  const unit = 10 ** Math.floor(Math.log10(Math.max(high - low, Math.abs(high) * 0.01, 1e-9)));
  const steps = Math.ceil((high - low + 2 * air) / unit);
  const step = unit * Math.max(1, Math.ceil(steps / MOST_STEPS));
  // Shares and distances end at zero.
  const min = Math.floor((low >= 0 ? Math.max(0, low - air) : low - air) / step) * step;
  return { min, max: Math.max(Math.ceil((high + air) / step) * step, min + step), step };
}

const px = (value: number): number => Math.round(value * 10) / 10;
