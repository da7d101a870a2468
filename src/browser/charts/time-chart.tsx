import type { Period } from '../../core/windows/period.ts';
import { valueDomain } from '../../picture/domain.ts';
import { bandPath, dotsPath, linePath, withHoles } from '../../picture/paths.ts';
import { linearScale, type Scale } from '../../picture/scale.ts';
import type { RibbonSpan } from '../../picture/ribbon.ts';
import { formatNumber } from '../../words/format.ts';
import { minuteText, useTimeZone } from '../address/time-zone.ts';
import { BOTTOM_PX, LEFT_PX, RIGHT_PX, TimeAxis, TOP_PX, ValueAxis } from './axes.tsx';
import { Brush } from './brush.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { Ribbon } from './ribbon.tsx';
import type { NumberTable } from './save-table.ts';
import { useWidth } from './use-width.ts';

/** A value of a stretch of time, drawn at its middle. Null: nothing is known of it, and the curve has a hole. */
export interface TimePoint {
  readonly start: string;
  readonly end: string;
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  /** Its window is still open, or its labels are still coming. */
  readonly provisional?: boolean;
}

export interface TimeSeries {
  readonly name: string;
  readonly style: 'current' | 'reference' | 'overlay';
  readonly form: 'line' | 'bars';
  readonly points: readonly TimePoint[];
}

/** Something that happened: a version, a retraining, an annotation. */
export interface TimeMark {
  readonly at: string;
  readonly text: string;
}

export interface TimeChartProps {
  readonly title: string;
  readonly note?: string;
  readonly url: string;
  readonly command: string;
  readonly period: Period;
  readonly series: readonly TimeSeries[];
  /** Verdicts over the same time, above the chart. */
  readonly ribbon?: readonly RibbonSpan[];
  readonly marks?: readonly TimeMark[];
  readonly thresholds?: readonly { readonly value: number; readonly text: string }[];
  readonly heightPx?: number;
  readonly numberText?: (value: number) => string;
}

/** Curves, bands and bars on the screen's axis of time; drawing a stretch with the pointer zooms all charts into it. */
export function TimeChart(props: TimeChartProps) {
  const {
    title,
    note,
    url,
    command,
    period,
    series,
    ribbon,
    heightPx = 150,
    numberText = formatNumber,
  } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const x = linearScale([period.fromMs, period.toMs], [LEFT_PX, width - RIGHT_PX]);
  const values = series.flatMap(({ points }) => points.flatMap(({ value, low, high }) => [value, low, high]));
  const fromZero = series.some(({ form }) => form === 'bars') ? [0] : [];
  const bounds = valueDomain([...fromZero, ...values, ...(props.thresholds ?? []).map(({ value }) => value)]);
  const y = linearScale(bounds, [heightPx - BOTTOM_PX, TOP_PX]);
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={numbersOf(series, timeZone)}
      legend={series.length > 1 ? <Key series={series} /> : null}
    >
      {ribbon === undefined ? null : (
        <div className="inset">
          <Ribbon spans={ribbon} period={period} heightPx={14} of={title} />
        </div>
      )}
      <div ref={frame}>
        <svg width={width} height={heightPx} role="img" aria-label={summaryOf(title, series, numberText)}>
          <ValueAxis y={y} width={width} numberText={numberText} />
          <TimeAxis x={x} timeZone={timeZone} bottomPx={heightPx - BOTTOM_PX} />
          {series.map((each) => (
            <Curve key={each.name} series={each} x={x} y={y} />
          ))}
          {(props.thresholds ?? []).map(({ value, text }) => (
            <g key={text}>
              <line className="threshold" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
              <text x={width} y={y.at(value) - 3} textAnchor="end">
                {text}
              </text>
            </g>
          ))}
          <Marks marks={props.marks ?? []} x={x} heightPx={heightPx - BOTTOM_PX} timeZone={timeZone} />
          <Brush x={x} topPx={TOP_PX} heightPx={heightPx - BOTTOM_PX - TOP_PX} />
        </svg>
      </div>
    </ChartFrame>
  );
}

function Curve({ series, x, y }: { series: TimeSeries; x: Scale; y: Scale }) {
  const { points, form, style } = series;
  const middle = (point: TimePoint): number => x.at((Date.parse(point.start) + Date.parse(point.end)) / 2);
  const inside = points.filter(
    (point) => Date.parse(point.end) > x.domain[0] && Date.parse(point.start) < x.domain[1],
  );
  if (form === 'bars') {
    return (
      <g className={style}>
        {inside.map((point) => {
          if (point.value === null) return null;
          const from = Math.max(x.range[0], x.at(Date.parse(point.start)));
          const to = Math.min(x.range[1], x.at(Date.parse(point.end)));
          const top = y.at(point.value);
          return (
            <rect
              key={point.start}
              className={point.provisional === true ? 'bars provisional' : 'bars'}
              x={from}
              y={top}
              width={Math.max(1, to - from - (to - from > 4 ? 1 : 0))}
              height={Math.max(0, y.at(Math.max(0, y.domain[0])) - top)}
            />
          );
        })}
      </g>
    );
  }
  const all = withHoles<TimePoint>(inside, (start, end) => ({ start, end, value: null }));
  const line = all.map((point) => [middle(point), place(y, point.value)] as const);
  return (
    <g className={style}>
      <path
        className="area"
        d={bandPath(all.map((point) => [middle(point), place(y, point.low), place(y, point.high)] as const))}
      />
      <path className="curve" d={linePath(line)} />
      <path className="curve dots" d={dotsPath(line)} />
    </g>
  );
}

function place(y: Scale, value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : y.at(value);
}

function Marks(props: { marks: readonly TimeMark[]; x: Scale; heightPx: number; timeZone: string }) {
  const { marks, x, heightPx, timeZone } = props;
  const seen = marks.filter(({ at }) => Date.parse(at) >= x.domain[0] && Date.parse(at) <= x.domain[1]);
  return (
    <>
      {seen.map(({ at, text }) => (
        <g key={at + text}>
          <title>{`${text}, ${minuteText(at, timeZone)}`}</title>
          <line
            className="mark"
            x1={x.at(Date.parse(at))}
            x2={x.at(Date.parse(at))}
            y1={TOP_PX}
            y2={heightPx}
          />
          <text x={x.at(Date.parse(at)) + 3} y={TOP_PX + 9}>
            {text}
          </text>
        </g>
      ))}
    </>
  );
}

function Key({ series }: { series: readonly TimeSeries[] }) {
  return (
    <ul className="key">
      {series.map(({ name, style }) => (
        <li key={name}>
          <svg aria-hidden className={style}>
            <line className="curve" x1={0} x2={18} y1={4} y2={4} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function numbersOf(series: readonly TimeSeries[], timeZone: string): NumberTable {
  const starts = new Map<string, string>();
  for (const { points } of series) for (const { start, end } of points) starts.set(start, end);
  const byStart = series.map(({ points }) => new Map(points.map((point) => [point.start, point])));
  const hasBand = series.map(({ points }) => points.some(({ low }) => low !== undefined && low !== null));
  const columns = series.flatMap(({ name }, n) =>
    hasBand[n] === true ? [name, `${name}: low`, `${name}: high`] : [name],
  );
  const rows = [...starts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, end]) => {
      const cells = byStart.flatMap((points, n) => {
        const point = points.get(start);
        const value = point?.value ?? null;
        return hasBand[n] === true ? [value, point?.low ?? null, point?.high ?? null] : [value];
      });
      return [minuteText(start, timeZone), minuteText(end, timeZone), ...cells];
    });
  return { columns: ['From', 'To', ...columns], rows };
}

function summaryOf(
  title: string,
  series: readonly TimeSeries[],
  numberText: (value: number) => string,
): string {
  const told = series.map(({ name, points }) => {
    const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
    const last = values.at(-1);
    if (last === undefined) return `${name}: no values`;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${name}: ${numberText(last)} at the end, between ${numberText(low)} and ${numberText(high)}`;
  });
  return `${title}. ${told.join('; ')}.`;
}
