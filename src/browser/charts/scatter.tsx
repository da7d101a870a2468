import { valueDomain } from '../../picture/domain.ts';
import { linearScale, niceTicks, type Scale } from '../../picture/scale.ts';
import { displayText } from '../../words/display-text.ts';
import { formatNumber } from '../../words/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import type { NumberTable } from './save-table.ts';
import { useWidth } from './use-width.ts';

export interface ScatterPoint {
  readonly name: string;
  /** Null: not known, and the point is in the table only. */
  readonly x: number | null;
  readonly y: number | null;
  readonly size?: number | null;
  readonly isPale?: boolean;
}

interface ScatterProps {
  readonly title: string;
  readonly note?: string;
  readonly url: string;
  readonly command?: string | undefined;
  readonly xName: string;
  readonly yName: string;
  readonly sizeName?: string;
  readonly points: readonly ScatterPoint[];
  /** Lines that part the picture into four. */
  readonly quadrants?: { readonly x: number; readonly y: number };
  /** Names of 0, 1, 2 … on the upward axis, where these are no numbers. */
  readonly yTicks?: readonly string[];
  /** So many of the first points have their names beside them; by default all. */
  readonly mostNames?: number;
}

const LEFT_PX = 56;
const BOTTOM_PX = 34;
const TOP_PX = 10;
const HEIGHT_PX = 260;
const LEAST_RADIUS_PX = 5;
const GREATEST_RADIUS_PX = 16;

/** Points by two values, with their names beside them; the area of a point is a third. */
export function Scatter(props: ScatterProps) {
  const { title, note, url, command, xName, yName, quadrants, yTicks } = props;
  const points = props.points.map((point) => ({ ...point, name: displayText(point.name) }));
  const mostNames = props.mostNames ?? points.length;
  const [frame, width] = useWidth<HTMLDivElement>();
  const known = points.filter(
    (point): point is ScatterPoint & { x: number; y: number } => point.x !== null && point.y !== null,
  );
  const x = linearScale(valueDomain([...known.map((point) => point.x), quadrants?.x]), [LEFT_PX, width - 90]);
  const yDomain: [number, number] =
    yTicks === undefined
      ? valueDomain([...known.map((point) => point.y), quadrants?.y])
      : [-0.5, yTicks.length - 0.5];
  const y = linearScale(yDomain, [HEIGHT_PX - BOTTOM_PX, TOP_PX]);
  const radius = radiusOf(known);
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={tableOf(props)}
    >
      <div ref={frame}>
        {known.length === 0 ? (
          <p className="soft">
            {xName} or {yName} is not known of any of them.
          </p>
        ) : (
          <svg
            width={width}
            height={HEIGHT_PX}
            role="img"
            aria-label={`${title}. ${known
              .slice(0, mostNames)
              .map(
                (point) =>
                  `${point.name}: ${xName} ${formatNumber(point.x)}, ${yName} ${formatNumber(point.y)}`,
              )
              .join('; ')}.`}
          >
            <Axes
              x={x}
              y={y}
              width={width}
              xName={xName}
              yName={yName}
              quadrants={quadrants}
              yTicks={yTicks}
            />
            {known.map((point, at) => (
              <Point
                key={point.name}
                point={point}
                x={x}
                y={y}
                radiusPx={radius(point.size)}
                xName={xName}
                yName={yName}
                isNamed={at < mostNames}
              />
            ))}
          </svg>
        )}
      </div>
    </ChartFrame>
  );
}

function radiusOf(points: readonly ScatterPoint[]): (size: number | null | undefined) => number {
  const largest = Math.max(0, ...points.map(({ size }) => size ?? 0));
  return (size) =>
    largest === 0 || size === null || size === undefined
      ? LEAST_RADIUS_PX + 1
      : LEAST_RADIUS_PX + Math.sqrt(size / largest) * (GREATEST_RADIUS_PX - LEAST_RADIUS_PX);
}

function tableOf({ xName, yName, sizeName, points }: ScatterProps): NumberTable {
  const third = (size: number | null): (number | null)[] => (sizeName === undefined ? [] : [size]);
  return {
    columns: ['Name', xName, yName, ...(sizeName === undefined ? [] : [sizeName])],
    rows: points.map((point) => [point.name, point.x, point.y, ...third(point.size ?? null)]),
  };
}

interface AxesProps extends Pick<ScatterProps, 'xName' | 'yName'> {
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly quadrants: ScatterProps['quadrants'];
  readonly yTicks: ScatterProps['yTicks'];
}

function Axes({ x, y, width, xName, yName, quadrants, yTicks }: AxesProps) {
  return (
    <>
      {(yTicks?.map((_, at) => at) ?? niceTicks(y.domain, 4)).map((value) => (
        <g key={value} aria-hidden>
          <line className="axis" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
          <text x={LEFT_PX - 6} y={y.at(value) + 4} textAnchor="end">
            {yTicks?.[value] ?? formatNumber(value)}
          </text>
        </g>
      ))}
      {niceTicks(x.domain, Math.max(2, width / 160)).map((value) => (
        <text key={value} x={x.at(value)} y={HEIGHT_PX - BOTTOM_PX + 15} textAnchor="middle" aria-hidden>
          {formatNumber(value)}
        </text>
      ))}
      <text x={width} y={HEIGHT_PX - 3} textAnchor="end">
        {xName}
      </text>
      <text x={0} y={TOP_PX}>
        {yName}
      </text>
      {quadrants === undefined ? null : (
        <>
          <line
            className="threshold"
            x1={x.at(quadrants.x)}
            x2={x.at(quadrants.x)}
            y1={TOP_PX}
            y2={HEIGHT_PX - BOTTOM_PX}
          />
          <line className="threshold" x1={LEFT_PX} x2={width} y1={y.at(quadrants.y)} y2={y.at(quadrants.y)} />
        </>
      )}
    </>
  );
}

interface PointProps extends Pick<ScatterProps, 'xName' | 'yName'> {
  readonly point: ScatterPoint & { readonly x: number; readonly y: number };
  readonly x: Scale;
  readonly y: Scale;
  readonly radiusPx: number;
  readonly isNamed: boolean;
}

function Point({ point, x, y, radiusPx, xName, yName, isNamed }: PointProps) {
  const isPale = point.isPale === true;
  return (
    <g className={isPale ? 'reference' : 'current'}>
      <title>{`${point.name}: ${xName} ${formatNumber(point.x)}, ${yName} ${formatNumber(point.y)}`}</title>
      <circle
        cx={x.at(point.x)}
        cy={y.at(point.y)}
        r={radiusPx}
        fill="currentColor"
        fillOpacity={0.35}
        strokeDasharray={isPale ? '3 2' : undefined}
      />
      {isNamed ? (
        <text x={x.at(point.x) + radiusPx + 3} y={y.at(point.y) + 4}>
          {point.name}
        </text>
      ) : null}
    </g>
  );
}
