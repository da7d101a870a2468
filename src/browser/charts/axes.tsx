import { niceTicks, type Scale, timeTicks } from '../../picture/scale.ts';

/** Where every chart begins and ends, so that those one above the other share their axis of time. */
export const LEFT_PX = 52;
/** Half of the last moment's text. */
export const RIGHT_PX = 14;
export const BOTTOM_PX = 20;
export const TOP_PX = 6;
const TICKS_EVERY_PX = 90;

/** Round values with a line each; `ticks` where the scale has its own. */
export function ValueAxis({
  y,
  width,
  numberText,
  ticks = niceTicks(y.domain, 4),
}: {
  y: Scale;
  width: number;
  numberText: (value: number) => string;
  ticks?: readonly number[];
}) {
  return (
    <g aria-hidden>
      {ticks.map((value) => (
        <g key={value}>
          <line className="axis" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
          <text x={LEFT_PX - 6} y={y.at(value) + 4} textAnchor="end">
            {numberText(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Round moments of the zone's clock. */
export function TimeAxis({ x, timeZone, bottomPx }: { x: Scale; timeZone: string; bottomPx: number }) {
  const wanted = (x.range[1] - x.range[0]) / TICKS_EVERY_PX;
  return (
    <g aria-hidden>
      {timeTicks([x.domain[0], x.domain[1]], wanted, timeZone).map(({ ms, text }) => (
        <g key={ms}>
          <line className="axis" x1={x.at(ms)} x2={x.at(ms)} y1={bottomPx} y2={bottomPx + 4} />
          <text x={x.at(ms)} y={bottomPx + 15} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Values along the bottom. */
export function BottomAxis(props: {
  x: Scale;
  ticks: readonly number[];
  bottomPx: number;
  numberText: (value: number) => string;
}) {
  const { x, ticks, bottomPx, numberText } = props;
  return (
    <g aria-hidden>
      <line className="axis" x1={x.range[0]} x2={x.range[1]} y1={bottomPx} y2={bottomPx} />
      {ticks.map((value) => (
        <g key={value}>
          <line className="axis" x1={x.at(value)} x2={x.at(value)} y1={bottomPx} y2={bottomPx + 4} />
          <text x={x.at(value)} y={bottomPx + 15} textAnchor="middle">
            {numberText(value)}
          </text>
        </g>
      ))}
    </g>
  );
}
