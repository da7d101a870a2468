import { periodOf } from '../../data/period-of.ts';
import type { ModelRibbon, ModelTrendPoint, ModelTrends } from '../../../store/rows/model-screen.ts';
import { compactNumber } from '../../../words/page-format.ts';
import { TimeChart, type TimeMark, type TimePoint, type TimeSeries } from '../../charts/time-chart.tsx';
import { useApi } from '../../data/use-api.ts';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import type { ModelAsked } from './asked.ts';

type Figure = 'prediction' | 'score' | 'label' | 'rows' | 'late_rows';

interface TrendsProps {
  readonly asked: ModelAsked;
  readonly ribbon: ModelRibbon['spans'];
  readonly marks: readonly TimeMark[];
}

const CHARTS: readonly {
  readonly title: string;
  readonly note: string;
  readonly figures: readonly (readonly [figure: Figure, name: string, style: 'current' | 'reference'])[];
}[] = [
  {
    title: 'Prediction drift',
    note: 'Jensen–Shannon distance to training, 0 to 1.',
    figures: [
      ['prediction', 'predictions', 'current'],
      ['score', 'scores', 'reference'],
    ],
  },
  {
    title: 'Label drift',
    note: 'Jensen–Shannon distance to training, 0 to 1; of the labels that are in.',
    figures: [['label', 'labels', 'current']],
  },
  {
    title: 'Volume',
    note: 'Rows of the windows; late ones came after their window had closed, and revised it.',
    figures: [
      ['rows', 'rows', 'current'],
      ['late_rows', 'late rows', 'reference'],
    ],
  },
];

/** Predictions and labels against training, and how much came, on the screen's axis of time. */
export function Trends({ asked, ribbon, marks }: TrendsProps) {
  const url = asked.url('trends', { against: asked.against });
  const found = useApi<ModelTrends>(url);
  return (
    <Panel title="Predictions, labels and volume">
      <Loaded asked={found}>
        {(trends) => (
          <>
            {CHARTS.map((chart) => (
              <Trend
                key={chart.title}
                {...chart}
                trends={trends}
                url={url}
                asked={asked}
                ribbon={ribbon}
                marks={marks}
              />
            ))}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Trend(props: TrendsProps & (typeof CHARTS)[number] & { trends: ModelTrends; url: string }) {
  const { title, note, figures, trends, url, ribbon, marks } = props;
  const form = figures[0]?.[0] === 'rows' ? 'bars' : 'line';
  const shown = figures.filter(([figure]) => trends.points.some((point) => point[figure] !== null));
  if (shown.length === 0) return <p>{`${title}: nothing of it was measured in this period.`}</p>;
  const under = trends.against;
  const series = shown.flatMap(([figure, name, style]): TimeSeries[] => [
    { name, style, form, points: pointsOf(trends.points, figure, 0) },
    ...(under === null || figure === 'late_rows' || figure === 'score'
      ? []
      : [
          {
            name: `${name}, ${under.name === 'before' ? 'the period before' : under.name.replace(':', ' ')}`,
            style: 'overlay' as const,
            form: 'line' as const,
            points: pointsOf(under.points, figure, under.shift_ms),
          },
        ]),
  ]);
  const period = periodOf(trends);
  return (
    <TimeChart
      title={title}
      note={note}
      url={url}
      period={period}
      series={series}
      ribbon={ribbon}
      marks={marks}
      {...(form === 'bars' && { numberText: compactNumber })}
    />
  );
}

function pointsOf(points: readonly ModelTrendPoint[], figure: Figure, shiftMs: number): TimePoint[] {
  const shifted = (moment: string): string => new Date(Date.parse(moment) + shiftMs).toISOString();
  return points.map(({ start, end, provisional, [figure]: value }) => ({
    start: shifted(start),
    end: shifted(end),
    value,
    provisional,
  }));
}
