import { valueDomain } from '../../picture/domain.ts';
import { linearScale, niceTicks } from '../../picture/scale.ts';
import { formatNumber } from '../../words/format.ts';
import { ChartFrame } from './chart-frame.tsx';
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
  readonly command: string;
  readonly xName: string;
  readonly yName: string;
  readonly sizeName?: string;
  readonly points: readonly ScatterPoint[];
  /** Lines that part the picture into four. */
  readonly quadrants?: { readonly x: number; readonly y: number };
}

const LEFT_PX = 56;
const BOTTOM_PX = 34;
const TOP_PX = 10;
const HEIGHT_PX = 260;
const LEAST_RADIUS_PX = 5;
const GREATEST_RADIUS_PX = 16;

/** Points by two values, with their names beside them; the area of a point is a third. */
export function Scatter(props: ScatterProps) {
  const { title, note, url, command, xName, yName, sizeName, points, quadrants } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const known = points.filter(
    (point): point is ScatterPoint & { x: number; y: number } => point.x !== null && point.y !== null,
  );
  const x = linearScale(valueDomain([...known.map((point) => point.x), quadrants?.x]), [LEFT_PX, width - 90]);
  const y = linearScale(valueDomain([...known.map((point) => point.y), quadrants?.y]), [
    HEIGHT_PX - BOTTOM_PX,
    TOP_PX,
  ]);
  const largest = Math.max(0, ...known.map(({ size }) => size ?? 0));
  const radius = (size: number | null | undefined): number =>
    largest === 0 || size === null || size === undefined
      ? LEAST_RADIUS_PX + 1
      : LEAST_RADIUS_PX + Math.sqrt(size / largest) * (GREATEST_RADIUS_PX - LEAST_RADIUS_PX);
  const columns = ['Name', xName, yName, ...(sizeName === undefined ? [] : [sizeName])];
  const rows = points.map((point) => [
    point.name,
    point.x,
    point.y,
    ...(sizeName === undefined ? [] : [point.size ?? null]),
  ]);
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={{ columns, rows }}
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
            aria-label={`${title}. ${known.map((point) => `${point.name}: ${xName} ${formatNumber(point.x)}, ${yName} ${formatNumber(point.y)}`).join('; ')}.`}
          >
            {niceTicks(y.domain, 4).map((value) => (
              <g key={value} aria-hidden>
                <line className="axis" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
                <text x={LEFT_PX - 6} y={y.at(value) + 4} textAnchor="end">
                  {formatNumber(value)}
                </text>
              </g>
            ))}
            {niceTicks(x.domain, Math.max(2, width / 160)).map((value) => (
              <text
                key={value}
                x={x.at(value)}
                y={HEIGHT_PX - BOTTOM_PX + 15}
                textAnchor="middle"
                aria-hidden
              >
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
                <line
                  className="threshold"
                  x1={LEFT_PX}
                  x2={width}
                  y1={y.at(quadrants.y)}
                  y2={y.at(quadrants.y)}
                />
              </>
            )}
            {known.map((point) => (
              <g key={point.name} className={point.isPale === true ? 'reference' : 'current'}>
                <title>{`${point.name}: ${xName} ${formatNumber(point.x)}, ${yName} ${formatNumber(point.y)}`}</title>
                <circle
                  cx={x.at(point.x)}
                  cy={y.at(point.y)}
                  r={radius(point.size)}
                  fill="currentColor"
                  fillOpacity={0.35}
                  strokeDasharray={point.isPale === true ? '3 2' : undefined}
                />
                <text x={x.at(point.x) + radius(point.size) + 3} y={y.at(point.y) + 4}>
                  {point.name}
                </text>
              </g>
            ))}
          </svg>
        )}
      </div>
    </ChartFrame>
  );
}
