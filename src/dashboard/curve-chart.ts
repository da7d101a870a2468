import { reachedTarget } from '../core/retrain/training-curve.ts';
import type { OverviewRetrain } from '../store/read-models/overview.ts';
import type { RetrainPoint } from '../store/rows/retrains.ts';
import { type Html, html } from '../words/html.ts';
import { amount, elapsedText } from '../words/quantities.ts';

const WIDTH = 260;
const HEIGHT = 96;
const LEFT = 44;
const BOTTOM = 18;
const TOP = 8;
const RIGHT = 8;
/** More corners than pixels are of no use. */
const MAX_DRAWN = 120;

/** A run's metric against time, and against energy where the pipeline says what it uses. Null without a curve. */
export function curveCharts(run: OverviewRetrain): Html | null {
  const metric = run.target_metric ?? run.points[0]?.metric ?? null;
  if (metric === null) return null;
  const points = run.points.filter((point) => point.metric === metric);
  if (points.length < 2) return null;
  const target = run.target_metric === metric ? run.target_value : null;
  const powered = points.filter(({ energy_j: energy }) => energy !== null);
  const overTime = chart(metric, 'time', points, (point) => point.elapsed_s, elapsedText, target);
  const overEnergy =
    powered.length < 2
      ? null
      : chart(metric, 'energy', powered, (point) => point.energy_j ?? 0, joules, target);
  return html`<div class="curves">
    ${overTime} ${overEnergy} ${target === null ? null : reachedLine(run, metric, target)}
  </div>`;
}

const joules = (energy: number): string => `${amount(energy)} J`;

function reachedLine(run: OverviewRetrain, metric: string, value: number): Html {
  const reached = reachedTarget(
    run.points.map((point) => ({ ...point, elapsedS: point.elapsed_s, energyJ: point.energy_j })),
    { metric, value, lowerIsBetter: run.target_lower_is_better === true, source: 'config' },
  );
  const aim = `${metric} ${amount(value)}`;
  if (reached === null) return html`<span class="small soft">${aim} is not reached</span>`;
  const energy = reached.energyJ === null ? '' : `, with ${joules(reached.energyJ)}`;
  return html`<span class="small soft"
    >${aim} was reached after ${elapsedText(reached.elapsedS)}${energy}</span
  >`;
}

function chart(
  metric: string,
  against: string,
  points: readonly RetrainPoint[],
  placeOf: (point: RetrainPoint) => number,
  shown: (place: number) => string,
  target: number | null,
): Html {
  const step = Math.ceil(points.length / MAX_DRAWN);
  const drawn = points
    .filter((_, at) => at % step === 0 || at === points.length - 1)
    .map((point) => ({ place: placeOf(point), value: point.value }))
    .sort((a, b) => a.place - b.place);
  const values = [...drawn.map(({ value }) => value), ...(target === null ? [] : [target])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = drawn.at(-1);
  const end = Math.max(last?.place ?? 0, Number.MIN_VALUE);
  const x = (place: number): number => LEFT + (place / end) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number =>
    high === low ? HEIGHT / 2 : TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const line = drawn.map(({ place, value }) => `${px(x(place))},${px(y(value))}`).join(' ');
  const aim =
    target === null
      ? null
      : html`<line
          class="aim"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${px(y(target))}"
          y2="${px(y(target))}"
        />`;
  const says = `${metric} against ${against}: ${amount(last?.value ?? 0)} after ${shown(end)}${target === null ? '' : `, target ${amount(target)}`}`;
  return html`<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${says}">
    <title>${says}</title>
    <line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" />
    ${aim}
    <polyline points="${line}" />
    <text x="${LEFT - 4}" y="${px(y(high) + 4)}" text-anchor="end">${amount(high)}</text>
    ${high === low ? null : html`<text x="${LEFT - 4}" y="${px(y(low) + 2)}" text-anchor="end">${amount(low)}</text>`}
    <text x="${LEFT}" y="${HEIGHT - 4}">${metric} against ${against}</text>
    <text x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${shown(end)}</text>
  </svg>`;
}

function px(value: number): string {
  return value.toFixed(1);
}
