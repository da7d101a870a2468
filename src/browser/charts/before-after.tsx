import { valueDomain } from '../../picture/domain.ts';
import { linearScale, niceTicks, type Scale } from '../../picture/scale.ts';
import { BOTTOM_PX, BottomAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

interface BeforeAfterProps {
  readonly title: string;
  readonly note?: string;
  readonly url: string;
  readonly command?: string | undefined;
  /** Null: there is none to compare with. */
  readonly reference: number | null;
  /** What `reference` is called. */
  readonly referenceName?: string;
  readonly current: number;
  /** Within which the true figure of now lies, at 95 %. */
  readonly interval: readonly [number, number] | null;
  readonly limit?: { readonly value: number; readonly text: string };
  readonly numberText: (value: number) => string;
  /** The axis is at least this long, so that next to nothing does not look like much. */
  readonly leastSpan?: number;
}

const HEIGHT_PX = 100;
/** So that the outermost figures of the axis are not cut. */
const SIDE_PX = 24;
const REFERENCE_Y = 16;
const CURRENT_Y = 60;

/** One figure before and now, with the interval that it lies in and the limit that it is held to. */
export function BeforeAfter(props: BeforeAfterProps) {
  const { title, note, url, command, reference, referenceName = 'training', current, interval } = props;
  const { limit, numberText, leastSpan = 0 } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const values = [reference, current, ...(interval ?? []), limit?.value];
  const x = linearScale(atLeast(leastSpan, valueDomain(values)), [SIDE_PX, width - SIDE_PX]);
  const range = interval === null ? '' : ` (${numberText(interval[0])} to ${numberText(interval[1])})`;
  const now = `now ${numberText(current)}${range}`;
  const before = reference === null ? null : `${referenceName} ${numberText(reference)}`;
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={{
        columns: ['', 'Value', 'Low', 'High'],
        rows: [
          ...(reference === null ? [] : [[referenceName, reference, null, null]]),
          ['now', current, interval?.[0] ?? null, interval?.[1] ?? null],
          ...(limit === undefined ? [] : [[limit.text, limit.value, null, null]]),
        ],
      }}
    >
      <div ref={frame}>
        <svg
          width={width}
          height={HEIGHT_PX}
          role="img"
          aria-label={`${title}: ${[before, now, limit?.text].filter((each) => each != null).join(', ')}`}
        >
          <BottomAxis
            x={x}
            ticks={niceTicks(x.domain, Math.max(2, width / 100))}
            bottomPx={HEIGHT_PX - BOTTOM_PX}
            numberText={numberText}
          />
          {limit === undefined ? null : <Limit {...limit} x={x} width={width} />}
          {before === null || reference === null ? null : (
            <g className="reference">
              <circle cx={x.at(reference)} cy={REFERENCE_Y} r={5} fill="currentColor" stroke="none" />
              <Label x={x.at(reference)} y={REFERENCE_Y + 4} width={width} text={before} />
            </g>
          )}
          <g className="current">
            {interval === null ? null : (
              <line
                x1={x.at(interval[0])}
                x2={x.at(interval[1])}
                y1={CURRENT_Y}
                y2={CURRENT_Y}
                strokeWidth={3}
              />
            )}
            <circle cx={x.at(current)} cy={CURRENT_Y} r={6} fill="currentColor" stroke="none" />
            <Label x={x.at(current)} y={CURRENT_Y - 11} width={width} text={now} isAbove />
          </g>
        </svg>
      </div>
    </ChartFrame>
  );
}

function atLeast(span: number, [low, high]: [number, number]): [number, number] {
  const lacks = Math.max(0, span - (high - low)) / 2;
  return [low - lacks, high + lacks];
}

function Limit({ value, text, x, width }: { value: number; text: string; x: Scale; width: number }) {
  const at = x.at(value);
  return (
    <g>
      <line className="threshold" x1={at} x2={at} y1={10} y2={HEIGHT_PX - BOTTOM_PX} />
      <Label x={at} y={10} width={width} text={text} />
    </g>
  );
}

/** Towards the side where there is room: beside its point, or above it. */
function Label(props: { x: number; y: number; width: number; text: string; isAbove?: boolean }) {
  const { x, y, width, text, isAbove = false } = props;
  const isLeft = x > width / 2;
  const away = isAbove ? -4 : 10;
  return (
    <text x={isLeft ? x - away : x + away} y={y} textAnchor={isLeft ? 'end' : 'start'} stroke="none">
      {text}
    </text>
  );
}
