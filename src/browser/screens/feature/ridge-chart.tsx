import { ridgesOf } from '../../../picture/ridges.ts';
import { linearScale, niceTicks } from '../../../picture/scale.ts';
import type { FeatureRidges } from '../../../store/rows/feature-screen.ts';
import { formatNumber } from '../../../words/format.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { BottomAxis, BOTTOM_PX } from '../../charts/axes.tsx';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { useWidth } from '../../charts/use-width.ts';

const ROW_PX = 20;
const OVERLAP = 1.9;
const LABEL_PX = 78;
const TICKS_EVERY_PX = 80;

/** One distribution below the other, training first, then from the oldest to the newest. */
export function RidgeChart(props: { data: FeatureRidges; note: string; url: string }) {
  const { data, note, url } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const { low, high, ridges, reference } = data;
  if (low === null || high === null) return <p className="soft">There are no values over this time.</p>;
  const rows = [reference, ...ridges.map(({ shares }) => shares)];
  const heightPx = Math.round((rows.length - 1 + OVERLAP) * ROW_PX) + 6;
  const drawn = ridgesOf(rows, { left: LABEL_PX, right: width - 8, height: heightPx - 6, overlap: OVERLAP });
  const x = linearScale([low, high], [LABEL_PX, width - 8]);
  const label = (at: number): string =>
    at === 0 ? 'training' : minuteText(ridges[at - 1]?.start ?? '', timeZone).slice(0, 10);
  return (
    <ChartFrame
      title="Ridges over time"
      note={`${note} Values beyond the axis stand at its ends.`}
      url={url}
      table={tableOf(data, timeZone)}
    >
      <div ref={frame}>
        <svg width={width} height={heightPx + BOTTOM_PX} role="img" aria-label={summaryOf(data, timeZone)}>
          <BottomAxis
            x={x}
            ticks={niceTicks([low, high], width / TICKS_EVERY_PX)}
            bottomPx={heightPx}
            numberText={formatNumber}
          />
          {drawn.map(({ d, base }, at) => (
            <g key={at} className={at === 0 ? 'ridge reference' : 'ridge current'}>
              <path d={d} />
              <text x={LABEL_PX - 8} y={base} textAnchor="end">
                {label(at)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}

function tableOf({ ridges, reference, low, high }: FeatureRidges, timeZone: string) {
  const width =
    ((high ?? 0) - (low ?? 0)) / Math.max(1, reference.length || (ridges[0]?.shares?.length ?? 1));
  const widths = reference.length || (ridges[0]?.shares?.length ?? 0);
  return {
    columns: [
      'From value',
      'To value',
      'Training',
      ...ridges.map(({ start }) => minuteText(start, timeZone)),
    ],
    rows: Array.from({ length: widths }, (_, at) => [
      at === 0 ? null : (low ?? 0) + at * width,
      at === widths - 1 ? null : (low ?? 0) + (at + 1) * width,
      reference[at] ?? null,
      ...ridges.map(({ shares }) => shares?.[at] ?? null),
    ]),
  };
}

function summaryOf({ ridges }: FeatureRidges, timeZone: string): string {
  const [first, last] = [ridges[0], ridges.at(-1)];
  if (first === undefined || last === undefined) return 'Ridges over time: training alone.';
  return `Ridges over time: the distribution of training, then ${ridges.length} stretches from ${minuteText(first.start, timeZone)} to ${minuteText(last.end, timeZone)}.`;
}
