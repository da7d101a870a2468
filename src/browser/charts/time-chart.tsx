import type { Period } from '../../core/windows/period.ts';
import { valueDomain } from '../../picture/domain.ts';
import { bandPath, dotsPath, firmAndOpen, linePath, withHoles } from '../../picture/paths.ts';
import { linearScale, type Scale } from '../../picture/scale.ts';
import type { RibbonSpan } from '../../picture/ribbon.ts';
import { displayText } from '../../words/display-text.ts';
import { formatNumber } from '../../words/format.ts';
import { minuteText } from '../address/clock-text.ts';
import { useTimeZone } from '../address/time-zone.ts';
import { BOTTOM_PX, LEFT_PX, RIGHT_PX, TimeAxis, TOP_PX, ValueAxis } from './axes.tsx';
import { Brush } from './brush.tsx';
import { Empty } from '../parts/state-notes.tsx';
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

/** Something that happened: a version, a retraining, an annotation, a date that is known of. */
export interface TimeMark {
  readonly at: string;
  /** Where it lasted. */
  readonly until?: string | null;
  readonly text: string;
}

export interface TimeChartProps {
  readonly title: string;
  readonly note?: string;
  readonly url: string;
  readonly command?: string | undefined;
  readonly period: Period;
  readonly series: readonly TimeSeries[];
  /** Verdicts over the same time, above the chart. */
  readonly ribbon?: readonly RibbonSpan[];
  readonly marks?: readonly TimeMark[];
  readonly thresholds?: readonly { readonly value: number; readonly text: string }[];
  readonly heightPx?: number;
  readonly numberText?: (value: number) => string;
  /** What is said, and what there is to do, where there is no value to draw. */
  readonly empty?: { readonly says: string; readonly command: string };
}

const NOTHING = { says: 'No window of this period has a value of it.', command: 'shiftwatch status' };

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
    empty = NOTHING,
  } = props;
  const { timeZone } = useTimeZone();
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={numbersOf(series, timeZone)}
      legend={<Key series={series} />}
    >
      {ribbon === undefined ? null : (
        <div className="inset">
          <Ribbon spans={ribbon} period={period} heightPx={14} of={title} />
        </div>
      )}
      {series.every(({ points }) => points.every(({ value }) => value === null)) ? (
        <Empty title={empty.says} command={empty.command} />
      ) : (
        <Drawing {...props} numberText={numberText} heightPx={heightPx} />
      )}
    </ChartFrame>
  );
}

type DrawingProps = TimeChartProps & Required<Pick<TimeChartProps, 'numberText' | 'heightPx'>>;

function Drawing({ title, period, series, thresholds = [], marks = [], numberText, heightPx }: DrawingProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const x = linearScale([period.fromMs, period.toMs], [LEFT_PX, width - RIGHT_PX]);
  const values = series.flatMap(({ points }) => points.flatMap(({ value, low, high }) => [value, low, high]));
  const fromZero = series.some(({ form }) => form === 'bars') ? [0] : [];
  const bounds = valueDomain([...fromZero, ...values, ...thresholds.map(({ value }) => value)]);
  const y = linearScale(bounds, [heightPx - BOTTOM_PX, TOP_PX]);
  return (
    <div ref={frame}>
      <svg width={width} height={heightPx} role="img" aria-label={summaryOf(title, series, numberText)}>
        <ValueAxis y={y} width={width} numberText={numberText} />
        <TimeAxis x={x} timeZone={timeZone} bottomPx={heightPx - BOTTOM_PX} />
        {series.map((each) => (
          <Curve key={each.name} series={each} x={x} y={y} />
        ))}
        {thresholds.map(({ value, text }) => (
          <g key={text}>
            <line className="threshold" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
            <text x={width} y={y.at(value) - 3} textAnchor="end">
              {text}
            </text>
          </g>
        ))}
        <Marks marks={marks} x={x} heightPx={heightPx - BOTTOM_PX} timeZone={timeZone} />
        <Brush x={x} topPx={TOP_PX} heightPx={heightPx - BOTTOM_PX - TOP_PX} />
      </svg>
    </div>
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
  const { firm, open } = firmAndOpen(
    line,
    all.map(({ provisional }) => provisional === true),
  );
  return (
    <g className={style}>
      <path
        className="area"
        d={bandPath(all.map((point) => [middle(point), place(y, point.low), place(y, point.high)] as const))}
      />
      <path className="curve" d={linePath(firm)} />
      <path className="curve dots" d={dotsPath(firm)} />
      <path className="curve open" d={linePath(open)} />
      {all.map((point, at) => {
        const [left, top] = line[at] ?? [0, null];
        return point.provisional === true && top !== null ? (
          <circle key={point.start} className="hollow" cx={left} cy={top} r={3.5} />
        ) : null;
      })}
    </g>
  );
}

function place(y: Scale, value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : y.at(value);
}

function Marks(props: { marks: readonly TimeMark[]; x: Scale; heightPx: number; timeZone: string }) {
  const { marks, x, heightPx, timeZone } = props;
  const seen = marks.filter(
    ({ at, until }) => Date.parse(until ?? at) >= x.domain[0] && Date.parse(at) <= x.domain[1],
  );
  return (
    <>
      {seen.map(({ at, until = null, text }) => {
        const left = Math.max(x.range[0], x.at(Date.parse(at)));
        const right = until === null ? left : Math.min(x.range[1], x.at(Date.parse(until)));
        return (
          <g key={at + text}>
            <title>{`${text}, ${minuteText(at, timeZone)}${until === null ? '' : ` to ${minuteText(until, timeZone)}`}`}</title>
            <rect
              className="lasted"
              x={left}
              y={TOP_PX}
              width={Math.max(0, right - left)}
              height={heightPx - TOP_PX}
            />
            <line className="mark" x1={left} x2={left} y1={TOP_PX} y2={heightPx} />
            <text className="mark-name" x={left + 3} y={TOP_PX + 9}>
              {text}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Key({ series }: { series: readonly TimeSeries[] }) {
  const isOpen = series.some(({ points }) =>
    points.some(({ value, provisional }) => value !== null && provisional === true),
  );
  if (series.length < 2 && !isOpen) return null;
  return (
    <ul className="key">
      {series.map(({ name, style }) => (
        <li key={name}>
          <svg aria-hidden className={style}>
            <line className="curve" x1={0} x2={18} y1={4} y2={4} />
          </svg>
          {displayText(name, 120)}
        </li>
      ))}
      {isOpen ? (
        <li>
          <svg aria-hidden className="current">
            <line className="curve open" x1={0} x2={9} y1={4} y2={4} />
            <circle className="hollow" cx={13} cy={4} r={3} />
          </svg>
          hollow or pale: provisional, the window is open or labels still come
        </li>
      ) : null}
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
    return `${displayText(name, 120)}: ${numberText(last)} at the end, between ${numberText(low)} and ${numberText(high)}`;
  });
  return `${title}. ${told.join('; ')}.`;
}
