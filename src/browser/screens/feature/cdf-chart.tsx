import { type CdfPoint, furthestApart, stepPath } from '../../../picture/cdf.ts';
import { linearScale } from '../../../picture/scale.ts';
import type { FeatureCdf, FeatureTransformation } from '../../../store/rows/feature-screen.ts';
import { formatNumber, formatShare } from '../../../words/format.ts';
import { BottomAxis, BOTTOM_PX, LEFT_PX, TOP_PX, ValueAxis } from '../../charts/axes.tsx';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { useWidth } from '../../charts/use-width.ts';
import { spreadAxis, type SpreadAxis } from './spread-axis.ts';

const HEIGHT_PX = 240;
const TICKS_EVERY_PX = 80;

interface Taken {
  readonly url: string;
}

/** Both distribution functions, and the distance where they are furthest apart. */
export function CdfChart({ data, url }: Taken & { data: FeatureCdf }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { points, ks } = data;
  const inner = centre(points.map(({ x, reference }) => [x, reference] as const));
  const now = centre(points.map(({ x, current }) => [x, current] as const));
  const axis = spreadAxis(hull(inner, now), inner, [LEFT_PX, width - 8], width / TICKS_EVERY_PX);
  const y = linearScale([0, 1], [HEIGHT_PX - BOTTOM_PX, TOP_PX]);
  const apart = ks ?? furthestApart(points);
  const distance = ks === null ? '' : `KS ${formatNumber(ks.statistic)}`;
  const said = ks === null ? '' : `; ${distance} is the largest distance of the two`;
  return (
    <ChartFrame
      title="Distribution function (CDF)"
      note={noteOf([`Share of the rows at or below a value${said}`, data.reason ?? ''], axis)}
      url={url}
      table={tableOf(points)}
      legend={
        <CurveKey
          curves={[
            ['reference', 'training'],
            ['current', 'now'],
          ]}
        />
      }
    >
      <div ref={frame}>
        <svg width={width} height={HEIGHT_PX} role="img" aria-label={summaryOf(data, apart)}>
          <Axes axis={axis} y={y} width={width} />
          <g className="reference">
            <path
              className="curve"
              d={stepPath(
                points.map(({ x, reference }) => [x, reference]),
                axis.scale,
                y,
              )}
            />
          </g>
          <g className="current">
            <path
              className="curve"
              d={stepPath(
                points.map(({ x, current }) => [x, current]),
                axis.scale,
                y,
              )}
            />
          </g>
          {apart === null ? null : <Distance apart={apart} said={distance} axis={axis} y={y} />}
        </svg>
      </div>
    </ChartFrame>
  );
}

function Distance(props: {
  apart: CdfPoint;
  said: string;
  axis: SpreadAxis;
  y: ReturnType<typeof linearScale>;
}) {
  const { apart, said, axis, y } = props;
  const [left, right] = axis.scale.range;
  const x = Math.min(right, Math.max(left, axis.scale.at(apart.x)));
  const isRight = x > (left + right) / 2;
  const [from, to] = [y.at(apart.reference), y.at(apart.current)];
  return (
    <g>
      <line className="threshold" x1={x} x2={x} y1={from} y2={to} />
      <circle cx={x} cy={from} r={3} fill="var(--reference)" />
      <circle cx={x} cy={to} r={3} fill="var(--current)" />
      <text x={x + (isRight ? -6 : 6)} y={(from + to) / 2 + 4} textAnchor={isRight ? 'end' : 'start'}>
        {said}
      </text>
    </g>
  );
}

/** Values before, now, and now turned back by what the fault did, as distribution functions on one axis. */
export function TransformationChart({ data, url }: Taken & { data: FeatureTransformation }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { quantiles, name, rows } = data;
  const curve = (of: 'before' | 'now' | 'back') => quantiles.map((each) => [each[of], each.p] as const);
  const [before, now, back] = [curve('before'), curve('now'), curve('back')];
  const inner = centre(before);
  const axis = spreadAxis(
    hull(hull(inner, centre(now)), centre(back)),
    inner,
    [LEFT_PX, width - 8],
    width / TICKS_EVERY_PX,
  );
  const y = linearScale([0, 1], [HEIGHT_PX - BOTTOM_PX, TOP_PX]);
  return (
    <ChartFrame
      title="What the fault did, taken back"
      note={noteOf(
        [
          `Fitted: ${name ?? 'nothing'}. Where that is right, ${rows} rows of the window turned back lie on training`,
        ],
        axis,
      )}
      url={url}
      table={{
        columns: ['Share of rows', 'Before', 'Now', 'Now, turned back'],
        rows: quantiles.map((each) => [each.p, each.before, each.now, each.back]),
      }}
      legend={
        <CurveKey
          curves={[
            ['reference', 'before (training)'],
            ['current', 'now'],
            ['turned', 'now, turned back'],
          ]}
        />
      }
    >
      <div ref={frame}>
        <svg width={width} height={HEIGHT_PX} role="img" aria-label={turnedSummary(data)}>
          <Axes axis={axis} y={y} width={width} />
          {(
            [
              ['reference', before],
              ['current', now],
              ['turned', back],
            ] as const
          ).map(([style, points]) => (
            <g key={style} className={style}>
              <path className="curve" d={stepPath(points, axis.scale, y)} />
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}

function Axes({ axis, y, width }: { axis: SpreadAxis; y: ReturnType<typeof linearScale>; width: number }) {
  return (
    <>
      <ValueAxis y={y} width={width - 8} numberText={formatShare} ticks={[0, 0.25, 0.5, 0.75, 1]} />
      <BottomAxis
        x={axis.scale}
        ticks={axis.ticks}
        bottomPx={HEIGHT_PX - BOTTOM_PX}
        numberText={formatNumber}
      />
    </>
  );
}

/** What curves of three styles stand for. */
export function CurveKey({ curves }: { curves: readonly (readonly [style: string, name: string])[] }) {
  return (
    <ul className="key">
      {curves.map(([style, name]) => (
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

type Curve = readonly (readonly [value: number, share: number])[];

/** Between which values nearly all rows lie: from 0.5 to 99.5 % of them. Null without points. */
function centre(points: Curve): readonly [number, number] | null {
  const low = points.find(([, share]) => share >= 0.005);
  const high = points.find(([, share]) => share >= 0.995) ?? points.at(-1);
  return low === undefined || high === undefined ? null : [low[0], high[0]];
}

type Span = readonly [number, number] | null;

function hull(a: Span, b: Span): readonly [number, number] {
  const [first, second] = [a ?? b ?? [0, 1], b ?? a ?? [0, 1]];
  return [Math.min(first[0], second[0]), Math.max(first[1], second[1])];
}

function noteOf(sentences: readonly string[], { isBent }: SpreadAxis): string {
  return [...sentences, isBent ? 'The axis is logarithmic beyond the values of training' : '']
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence}.`)
    .join(' ');
}

function tableOf(points: readonly CdfPoint[]) {
  return {
    columns: ['Value', 'Training: share at or below', 'Now: share at or below'],
    rows: points.map(({ x, reference, current }) => [x, reference, current]),
  };
}

function summaryOf({ ks }: FeatureCdf, apart: CdfPoint | null): string {
  if (apart === null) return 'Distribution function: nothing to draw.';
  const size = ks === null ? Math.abs(apart.reference - apart.current) : ks.statistic;
  return `Distribution function. The largest distance is ${formatNumber(size)}, at ${formatNumber(apart.x)}: ${formatShare(apart.reference)} of the rows of training lie at or below it, ${formatShare(apart.current)} of those now.`;
}

function turnedSummary({ quantiles, name }: FeatureTransformation): string {
  const middle = quantiles[Math.floor(quantiles.length / 2)];
  if (middle === undefined) return 'What the fault did: nothing to draw.';
  return `Half of the values lie at or below ${formatNumber(middle.before)} before, ${formatNumber(middle.now)} now, and ${formatNumber(middle.back)} once ${name ?? 'it'} is taken back.`;
}
