import type { Period } from '../../../core/windows/period.ts';
import { linearScale } from '../../../picture/scale.ts';
import type { RibbonSpan } from '../../../picture/ribbon.ts';
import type { FeatureProfiles } from '../../../store/rows/feature-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatShare } from '../../../words/format.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { BOTTOM_PX, TimeAxis } from '../../charts/axes.tsx';
import { Brush } from '../../charts/brush.tsx';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { Ribbon } from '../../charts/ribbon.tsx';
import { useWidth } from '../../charts/use-width.ts';

const ROW_PX = 44;
const LABEL_PX = 110;

interface LevelStripsProps {
  readonly data: FeatureProfiles;
  readonly period: Period;
  readonly ribbon: readonly RibbonSpan[] | undefined;
  readonly note: string;
  readonly url: string;
}

/** Each level's share over time, a strip of bars below the other; the dashed line is its share in training. */
export function LevelStrips({ data, period, ribbon, note, url }: LevelStripsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const labelPx = Math.min(LABEL_PX, width * 0.28);
  const x = linearScale([period.fromMs, period.toMs], [labelPx, width]);
  const heightPx = data.levels.length * ROW_PX;
  return (
    <ChartFrame
      title="Levels over time"
      note={note}
      url={url}
      table={tableOf(data, timeZone)}
      legend={
        <p className="small soft">
          Bars: share of the rows. Dashed: share in training. Each level has its own height.
        </p>
      }
    >
      {ribbon === undefined ? null : (
        <div style={{ paddingLeft: labelPx }}>
          <Ribbon spans={ribbon} period={period} heightPx={14} of="levels over time" />
        </div>
      )}
      <div ref={frame}>
        <svg width={width} height={heightPx + BOTTOM_PX} role="img" aria-label={summaryOf(data)}>
          <TimeAxis x={x} timeZone={timeZone} bottomPx={heightPx} />
          {data.levels.map((level, row) => (
            <Strip key={level} data={data} row={row} level={level} x={x} labelPx={labelPx} />
          ))}
          <Brush x={x} topPx={0} heightPx={heightPx} />
        </svg>
      </div>
    </ChartFrame>
  );
}

function Strip(props: {
  data: FeatureProfiles;
  row: number;
  level: string;
  x: ReturnType<typeof linearScale>;
  labelPx: number;
}) {
  const { data, row, level, x, labelPx } = props;
  const { timeZone } = useTimeZone();
  const trained = data.reference.shares[row] ?? 0;
  const shares = data.columns.map((column) => column.shares[row] ?? 0);
  const highest = Math.max(trained, 1e-9, ...shares);
  const base = (row + 1) * ROW_PX - 2;
  const y = linearScale([0, highest], [base, row * ROW_PX + 6]);
  return (
    <g>
      <text x={labelPx - 6} y={base - ROW_PX / 2 + 2} textAnchor="end">
        {displayText(level, Math.floor(labelPx / 6.5))}
      </text>
      <text x={labelPx - 6} y={base - ROW_PX / 2 + 16} textAnchor="end">
        {formatShare(shares.at(-1) ?? trained)}
      </text>
      <line className="axis" x1={labelPx} x2={x.range[1]} y1={base} y2={base} />
      <g className="current">
        {data.columns.map((column, at) => {
          const from = Math.max(x.range[0], x.at(Date.parse(column.start)));
          const to = Math.min(x.range[1], x.at(Date.parse(column.end)));
          const share = shares[at] ?? 0;
          return to <= from ? null : (
            <rect
              key={column.start + column.of}
              className={column.provisional ? 'bars provisional' : 'bars'}
              x={from}
              width={Math.max(1, to - from - (to - from > 4 ? 1 : 0))}
              y={y.at(share)}
              height={Math.max(0, base - y.at(share))}
            >
              <title>{`${displayText(level, 120)}, ${minuteText(column.start, timeZone)}: ${formatShare(share)}`}</title>
            </rect>
          );
        })}
      </g>
      <line className="mark" x1={labelPx} x2={x.range[1]} y1={y.at(trained)} y2={y.at(trained)} />
    </g>
  );
}

function tableOf({ columns, levels, reference }: FeatureProfiles, timeZone: string) {
  return {
    columns: ['From', 'To', 'Rows', ...levels],
    rows: [
      ['training', null, null, ...reference.shares],
      ...columns.map(({ start, end, rows, shares }) => [
        minuteText(start, timeZone),
        minuteText(end, timeZone),
        rows,
        ...shares,
      ]),
    ],
  };
}

function summaryOf({ levels, columns, reference }: FeatureProfiles): string {
  const last = columns.at(-1);
  if (last === undefined) return 'Levels over time: nothing is counted.';
  const told = levels.map(
    (level, at) =>
      `${displayText(level, 120)} ${formatShare(reference.shares[at] ?? 0)} in training, ${formatShare(last.shares[at] ?? 0)} at the end`,
  );
  return `Levels over time. ${told.join('; ')}.`;
}
