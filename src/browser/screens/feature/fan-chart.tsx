import type { Period } from '../../../core/windows/period.ts';
import { fanPaths, type FanPoint } from '../../../picture/fan.ts';
import { linePath } from '../../../picture/paths.ts';
import { linearScale, type Scale } from '../../../picture/scale.ts';
import type { RibbonSpan } from '../../../picture/ribbon.ts';
import type { FeatureProfiles } from '../../../store/rows/feature-screen.ts';
import { formatNumber } from '../../../words/format.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { BOTTOM_PX, LEFT_PX, RIGHT_PX, TimeAxis, TOP_PX, ValueAxis } from '../../charts/axes.tsx';
import { Brush } from '../../charts/brush.tsx';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { Ribbon } from '../../charts/ribbon.tsx';
import { useWidth } from '../../charts/use-width.ts';
import { CurveKey } from './cdf-chart.tsx';
import { spreadAxis } from './spread-axis.ts';

const HEIGHT_PX = 220;

type Column = FeatureProfiles['columns'][number];
type Quantiles = NonNullable<Column['quantiles']>;

interface FanChartProps {
  readonly data: FeatureProfiles;
  /** The same of another stretch or version, moved by so much onto this one. */
  readonly overlay: {
    readonly name: string;
    readonly columns: readonly Column[];
    readonly byMs: number;
  } | null;
  readonly period: Period;
  readonly ribbon: readonly RibbonSpan[] | undefined;
  readonly note: string;
  readonly url: string;
}

/** Quantiles over time: the middle, half of the rows around it, and nine tenths; those of training are the grey band. */
export function FanChart({ data, overlay, period, ribbon, note, url }: FanChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const x = linearScale([period.fromMs, period.toMs], [LEFT_PX, width - RIGHT_PX]);
  const all = [...data.columns, ...(overlay?.columns ?? [])].flatMap(({ quantiles }) => quantiles ?? []);
  const trained = data.reference.quantiles;
  const ends = [...all, ...(trained === null ? [] : [trained])];
  if (ends.length === 0) return <p className="soft">There are no values over this time.</p>;
  const [low, high] = [Math.min(...ends.map(({ p5 }) => p5)), Math.max(...ends.map(({ p95 }) => p95))];
  const inner = trained === null ? null : ([trained.p5, trained.p95] as const);
  const { scale: y, ticks, isBent } = spreadAxis([low, high], inner, [HEIGHT_PX - BOTTOM_PX, TOP_PX], 5);
  const fan = fanPaths(pointsOf(data.columns, x, 0), y);
  return (
    <ChartFrame
      title="Quantiles over time"
      note={`${note}${isBent ? ' The axis is logarithmic beyond the values of training.' : ''}`}
      url={url}
      table={tableOf(data.columns, timeZone)}
      legend={
        <CurveKey
          curves={[
            ['current', 'middle (50 %), within half (25–75 %) and nine tenths (5–95 %) of the rows'],
            ['reference', 'the same of training'],
            ...(data.columns.some(({ provisional }) => provisional)
              ? [['current', 'hollow: provisional, the window is open'] as const]
              : []),
            ...(overlay === null ? [] : [['overlay', `middle, ${overlay.name}`] as const]),
          ]}
        />
      }
    >
      {ribbon === undefined ? null : (
        <div className="inset">
          <Ribbon spans={ribbon} period={period} heightPx={14} of="quantiles over time" />
        </div>
      )}
      <div ref={frame}>
        <svg width={width} height={HEIGHT_PX} role="img" aria-label={summaryOf(data)}>
          <ValueAxis y={y} width={width} numberText={formatNumber} ticks={ticks} />
          <TimeAxis x={x} timeZone={timeZone} bottomPx={HEIGHT_PX - BOTTOM_PX} />
          {trained === null ? null : <Trained trained={trained} y={y} width={width} />}
          <g className="current">
            <path className="area" d={fan.outer} />
            <path className="area" d={fan.inner} />
            <path className="curve" d={fan.middle} />
            <OpenEnds columns={data.columns} x={x} y={y} />
          </g>
          {overlay === null ? null : (
            <g className="overlay">
              <path
                className="curve"
                d={linePath(
                  pointsOf(overlay.columns, x, overlay.byMs).map((point) => [
                    point.x,
                    point.quantiles === null ? null : y.at(point.quantiles[2]),
                  ]),
                )}
              />
            </g>
          )}
          <Brush x={x} topPx={TOP_PX} heightPx={HEIGHT_PX - BOTTOM_PX - TOP_PX} />
        </svg>
      </div>
    </ChartFrame>
  );
}

/** The middle of windows that are still open is hollow. */
function OpenEnds({ columns, x, y }: { columns: readonly Column[]; x: Scale; y: Scale }) {
  return columns.map(({ start, end, quantiles, provisional }) =>
    provisional && quantiles !== null ? (
      <circle
        key={start}
        className="hollow"
        cx={x.at((Date.parse(start) + Date.parse(end)) / 2)}
        cy={y.at(quantiles.p50)}
        r={3.5}
      />
    ) : null,
  );
}

function Trained({ trained, y, width }: { trained: Quantiles; y: Scale; width: number }) {
  const band = (low: number, high: number) => (
    <rect
      className="area"
      x={LEFT_PX}
      width={Math.max(0, width - LEFT_PX)}
      y={y.at(high)}
      height={Math.max(1, y.at(low) - y.at(high))}
    />
  );
  return (
    <g className="reference">
      {band(trained.p5, trained.p95)}
      {band(trained.p25, trained.p75)}
      <line className="curve thin" x1={LEFT_PX} x2={width} y1={y.at(trained.p50)} y2={y.at(trained.p50)} />
    </g>
  );
}

/** At the middle of each column; where none lies between two there is a hole. */
function pointsOf(columns: readonly Column[], x: Scale, byMs: number): FanPoint[] {
  let before: number | null = null;
  return columns.flatMap(({ start, end, quantiles }) => {
    const [from, to] = [Date.parse(start) + byMs, Date.parse(end) + byMs];
    const hole: FanPoint[] =
      before !== null && from > before ? [{ x: x.at((before + from) / 2), quantiles: null }] : [];
    before = to;
    const five: FanPoint['quantiles'] =
      quantiles === null ? null : [quantiles.p5, quantiles.p25, quantiles.p50, quantiles.p75, quantiles.p95];
    return [...hole, { x: x.at((from + to) / 2), quantiles: five }];
  });
}

function tableOf(columns: readonly Column[], timeZone: string) {
  return {
    columns: ['From', 'To', 'Rows', '5 %', '25 %', '50 %', '75 %', '95 %'],
    rows: columns.map(({ start, end, rows, quantiles }) => [
      minuteText(start, timeZone),
      minuteText(end, timeZone),
      rows,
      ...(quantiles === null
        ? [null, null, null, null, null]
        : [quantiles.p5, quantiles.p25, quantiles.p50, quantiles.p75, quantiles.p95]),
    ]),
  };
}

function summaryOf({ columns, reference }: FeatureProfiles): string {
  const last = columns.findLast(({ quantiles }) => quantiles !== null)?.quantiles;
  if (last == null) return 'Quantiles over time: no values.';
  const was =
    reference.quantiles === null ? '' : ` In training it was ${formatNumber(reference.quantiles.p50)}.`;
  return `Quantiles over time. At the end the middle is ${formatNumber(last.p50)}, and nine tenths of the rows lie between ${formatNumber(last.p5)} and ${formatNumber(last.p95)}.${was}`;
}
