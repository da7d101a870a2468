import { Distribution } from '../../charts/distribution.tsx';
import { MiniHistogram } from '../../charts/histogram.tsx';
import { Ribbon } from '../../charts/ribbon.tsx';
import { Scatter } from '../../charts/scatter.tsx';
import { TimeChart, type TimeChartProps } from '../../charts/time-chart.tsx';
import { Panel } from '../../parts/panel.tsx';
import {
  EVERY_VERDICT,
  HOSTILE_NAME,
  LONG_NAME,
  MANY_SPANS,
  SAMPLE_PERIOD,
  samplePoints,
  sampleWave,
  WITH_HOLES,
} from './sample-data.ts';

const FROM = { url: '/api/v1/fleet', command: 'shiftwatch status', period: SAMPLE_PERIOD };
const ONE = { style: 'current', form: 'line' } as const;

const TIME_CHARTS: readonly Omit<TimeChartProps, keyof typeof FROM>[] = [
  {
    title: 'With holes, an interval, an end that is provisional, a mark and a limit',
    series: [{ ...ONE, name: 'accuracy', points: WITH_HOLES }],
    ribbon: EVERY_VERDICT,
    marks: [{ at: '2026-03-03T12:00:00.000Z', text: 'version 4' }],
    thresholds: [{ value: 0.78, text: 'limit 0.78' }],
  },
  {
    title: 'Three curves, one with a long name',
    series: [
      { ...ONE, name: 'realised', points: samplePoints(168, sampleWave) },
      { ...ONE, style: 'reference', name: 'training', points: samplePoints(168, () => 0.8) },
      {
        ...ONE,
        style: 'overlay',
        name: LONG_NAME,
        points: samplePoints(168, (hour) => sampleWave(hour + 24)),
      },
    ],
  },
  {
    title: 'Bars, the newest provisional',
    series: [
      {
        style: 'current',
        form: 'bars',
        name: 'rows',
        points: samplePoints(168, (hour) => 900 + 400 * Math.sin(hour / 4)).map((point, hour) => ({
          ...point,
          provisional: hour === 167,
        })),
      },
    ],
  },
  { title: 'One value', series: [{ ...ONE, name: 'accuracy', points: samplePoints(1, () => 0.8) }] },
  { title: 'No value', series: [{ ...ONE, name: 'accuracy', points: [] }] },
];

const bin = (label: string, reference: number, current: number) => ({ label, reference, current });
const BINS = [bin('up to 25', 0.2, 0.05), bin('25 to 40', 0.5, 0.35), bin('over 40', 0.3, 0.6)];
const MANY_BINS = Array.from({ length: 40 }, (_, at) => bin(`level ${at}`, 1 / 40, (at + 1) / 820));
const HISTOGRAMS = [
  ['three bins', BINS],
  ['many levels', MANY_BINS],
  ['one value', [bin('all', 1, 1)]],
  ['no value', []],
] as const;

/** Every chart: whole, with holes, of one value, of none. */
export function ChartsShown() {
  return (
    <>
      <Panel title="Ribbons">
        <Ribbon spans={EVERY_VERDICT} period={SAMPLE_PERIOD} of="every verdict, with a gap" />
        <Ribbon spans={MANY_SPANS} period={SAMPLE_PERIOD} of="many windows" />
        <Ribbon spans={EVERY_VERDICT.slice(3, 4)} period={SAMPLE_PERIOD} of="one window" />
        <Ribbon spans={[]} period={SAMPLE_PERIOD} of="no window" />
      </Panel>
      <Panel title="Charts over time">
        {TIME_CHARTS.map((chart) => (
          <TimeChart key={chart.title} {...FROM} {...chart} />
        ))}
      </Panel>
      <Panel title="Distributions">
        <p className="samples">
          {HISTOGRAMS.map(([name, bins]) => (
            <span key={name}>
              <MiniHistogram bins={bins} of={name} /> <span className="small soft">{name}</span>
            </span>
          ))}
        </p>
        <Distribution title="Three bins" url={FROM.url} command={FROM.command} bins={BINS} />
        <Distribution title="Many levels" url={FROM.url} command={FROM.command} bins={MANY_BINS} />
      </Panel>
      <Panel title="Scatter">
        <Scatter
          title="Points by two values"
          {...SCATTER}
          quadrants={{ x: 0.2, y: 0.3 }}
          points={[
            { name: 'age', x: 0.4, y: 0.5, size: 3 },
            { name: 'income', x: 0.1, y: 0.7, size: 1 },
            { name: HOSTILE_NAME, x: 0.05, y: 0.1, isPale: true },
          ]}
        />
        <Scatter
          title="Points of which nothing is known"
          {...SCATTER}
          points={[{ name: 'age', x: null, y: 1 }]}
        />
      </Panel>
    </>
  );
}

const SCATTER = { url: FROM.url, command: FROM.command, xName: 'drift', yName: 'importance' };
