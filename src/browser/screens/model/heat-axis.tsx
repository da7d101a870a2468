import { linearScale, timeTicks } from '../../../picture/scale.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import type { TimeMark } from '../../charts/time-chart.tsx';

const AXIS_PX = 18;
const TICKS_EVERY_PX = 90;

interface HeatAxisProps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly widthPx: number;
  readonly marks: readonly TimeMark[];
}

/** Time above the cells, with what happened as small triangles. */
export function HeatAxis({ fromMs, toMs, widthPx, marks }: HeatAxisProps) {
  const { timeZone } = useTimeZone();
  const x = linearScale([fromMs, toMs], [0, widthPx]);
  const within = marks.filter(({ at, until }) => Date.parse(until ?? at) >= fromMs && Date.parse(at) <= toMs);
  return (
    <svg width={widthPx} height={AXIS_PX} aria-hidden className="heat-axis">
      {timeTicks([fromMs, toMs], widthPx / TICKS_EVERY_PX, timeZone).map(({ ms, text }) => (
        <g key={ms}>
          <line className="axis" x1={x.at(ms)} x2={x.at(ms)} y1={AXIS_PX - 4} y2={AXIS_PX} />
          <text x={x.at(ms)} y={AXIS_PX - 6} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
      {within.map(({ at, text }) => (
        <path
          key={at + text}
          className="heat-mark"
          d={`M${x.at(Math.max(fromMs, Date.parse(at)))} ${AXIS_PX}l-4 -7h8Z`}
        >
          <title>{text}</title>
        </path>
      ))}
    </svg>
  );
}
