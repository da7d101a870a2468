import { pathName } from '../../../core/ids/path-name.ts';
import { periodOf } from '../../data/period-of.ts';
import type { ModelPerformance, ModelPerformanceParts } from '../../../store/rows/performance-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount, formatNumber, formatShare } from '../../../words/format.ts';
import { metricsByName, words } from '../../../words/page-format.ts';
import { knownParameter } from '../../address/known-parameter.ts';
import { modelPath, useAddress } from '../../address/use-address.ts';
import { RibbonKey } from '../../charts/ribbon-key.tsx';
import { TimeChart, type TimePoint, type TimeSeries } from '../../charts/time-chart.tsx';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { usePeriodText } from '../../frame/address-problem.tsx';
import { ModelScreens } from '../../frame/model-screens.tsx';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { TimeControl } from '../../frame/time-control.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { Problems } from '../../parts/problems.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { movedOnto, useAgainst } from '../feature/against.ts';
import { useModelFacts } from '../model/asked.ts';
import { AgainstPicker } from '../model/pickers.tsx';
import { useMarks } from '../model/use-marks.ts';
import { NotFound } from '../not-found.tsx';
import '../../style/model.css';
import { Groups } from './groups.tsx';
import { Holdout } from './holdout.tsx';

interface Ribbon {
  readonly spans: readonly { readonly start: string; readonly end: string; readonly verdict: never }[];
}

/** What was expected, what labels said, how far they are in; hold-out, segments and groups of the newest window. */
export function PerformanceScreen({ params: { model = '' } }: { params: Readonly<Record<string, string>> }) {
  const address = useAddress();
  const period = usePeriodText();
  const name = pathName(model);
  const scope = {
    ...period,
    version: address.get('version'),
    size: address.get('size'),
    segment: address.get('segment'),
  };
  const url = apiUrl(`/models/${name}/performance`, { ...scope, metric: address.get('metric') });
  const asked = useApi<ModelPerformance>(url);
  const ribbon = useApi<Ribbon>(apiUrl(`/models/${name}/ribbon`, scope));
  const parts = useApi<ModelPerformanceParts>(apiUrl(`/models/${name}/performance/parts`, scope));
  if (asked.error instanceof ApiError && asked.error.status === 404 && asked.data === undefined) {
    return <NotFound what={asked.error.message} />;
  }
  return (
    <>
      <ScreenTitle title={`Performance of ${model}`}>
        <ModelScreens model={model} />
      </ScreenTitle>
      <Loaded asked={asked}>
        {(data) => (
          <Shown data={data} url={url} ribbon={ribbon.data?.spans ?? []} model={model} scope={scope} />
        )}
      </Loaded>
      <Loaded asked={parts}>{(data) => <Parts data={data} model={model} />}</Loaded>
    </>
  );
}

type ShownProps = Omit<ChartsProps, 'period' | 'isAgainst'>;

/** The metric over time, what is laid under it, and how far labels are in. */
function Shown(props: ShownProps) {
  const { data, model } = props;
  const address = useAddress();
  const facts = useModelFacts(model).data;
  const problems: string[] = [];
  const against = knownParameter(
    address,
    'against',
    (text) =>
      text === 'before' ||
      facts === undefined ||
      facts.versions.some(({ name: each }) => text === `version:${each}`),
    { instead: 'nothing is laid under the curves', problems },
  );
  const period = periodOf(data);
  return (
    <>
      <Problems problems={problems} />
      <TimeControl period={period} />
      {data.metric === null ? (
        <Empty
          title="Nothing is known of its performance in this period: no label has come, and nothing was estimated."
          command="shiftwatch doctor"
        />
      ) : (
        <>
          <div className="pickers">
            <MetricPicker data={data} />
            {facts === undefined ? null : <AgainstPicker facts={facts} against={against} />}
          </div>
          <Panel title="Over time">
            <Charts {...props} period={period} isAgainst={facts !== undefined && against !== null} />
            <RibbonKey />
          </Panel>
        </>
      )}
    </>
  );
}

function MetricPicker({ data: { metric, metrics } }: { data: ModelPerformance }) {
  const address = useAddress();
  return (
    <label>
      Metric{' '}
      <select value={metric ?? ''} onChange={(event) => address.set({ metric: event.target.value })}>
        {metrics.map((name) => (
          <option key={name} value={name}>
            {words(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ChartsProps {
  readonly data: ModelPerformance;
  readonly url: string;
  readonly period: { readonly fromMs: number; readonly toMs: number };
  readonly ribbon: Ribbon['spans'];
  readonly model: string;
  /** Something is laid under the curve. */
  readonly isAgainst: boolean;
  readonly scope: Readonly<Record<string, string | null>>;
}

/** The same metric of another stretch or version, moved onto the period. */
function useUnder({ data, period, model, isAgainst, scope }: ChartsProps): TimeSeries[] {
  const against = useAgainst(isAgainst ? period : null);
  const url = apiUrl(`/models/${pathName(model)}/performance`, {
    ...scope,
    metric: data.metric,
    ...against?.over,
  });
  const under = useApi<ModelPerformance>(against === null ? null : url).data;
  if (against === null || under === undefined) return [];
  const points = under.points.map(({ start, end, realised: value, mature }) => ({
    start: movedOnto(start, against.byMs),
    end: movedOnto(end, against.byMs),
    value,
    provisional: !mature,
  }));
  return [{ name: `by labels, ${against.name}`, style: 'reference', form: 'line', points }];
}

function Charts(props: ChartsProps) {
  const { data, url, period, ribbon, model } = props;
  const { metric, points } = data;
  const under = useUnder(props);
  const marks = useMarks({
    model,
    url: (panel, more) => apiUrl(`/models/${pathName(model)}/${panel}`, { ...props.scope, ...more }),
  });
  const name = words(metric ?? '');
  const realised: TimePoint[] = points.map(({ start, end, realised: value, interval, mature }) => ({
    start,
    end,
    value,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
    provisional: !mature,
  }));
  const estimated: TimePoint[] = points.map((point) => ({
    start: point.start,
    end: point.end,
    value: point.estimated,
    low: point.estimated_interval?.[0] ?? null,
    high: point.estimated_interval?.[1] ?? null,
  }));
  const reference = points.find((point) => point.reference !== null)?.reference ?? null;
  const refuted = points.filter((point) => point.estimate_valid === false).length;
  const open = points.filter(({ mature, labelled }) => !mature && labelled > 0).length;
  const notes = [
    ...(points.some(({ labelled }) => labelled > 0) ? [] : ['no labels have come: all of it is estimated']),
    ...(open === 0 ? [] : [`${open} windows still wait for labels and are provisional`]),
    ...(refuted === 0 ? [] : [`in ${refuted} windows the estimate is not to be relied on`]),
  ];
  return (
    <>
      <TimeChart
        title={name}
        note={notes.length === 0 ? 'Bands are 95 %.' : `Bands are 95 %; ${notes.join('; ')}.`}
        url={url}
        period={period}
        ribbon={ribbon}
        series={[
          { name: 'by labels', style: 'current', form: 'line', points: realised },
          { name: 'estimated before labels', style: 'overlay', form: 'line', points: estimated },
          ...under,
        ]}
        thresholds={
          reference === null ? [] : [{ value: reference, text: `training ${formatNumber(reference)}` }]
        }
        marks={marks}
        heightPx={220}
      />
      <Arrival points={points} url={url} period={period} />
    </>
  );
}

interface ArrivalProps extends Pick<ChartsProps, 'url' | 'period'> {
  readonly points: ModelPerformance['points'];
}

/** How far labels are in. */
function Arrival({ points, url, period }: ArrivalProps) {
  const rows = points.reduce((sum, point) => sum + (point.rows ?? 0), 0);
  const labelled = Math.min(
    rows,
    points.reduce((sum, point) => sum + point.labelled, 0),
  );
  return (
    <TimeChart
      title="Labels that are in"
      note={`The share of each window's rows that has a label, and what is expected of it in the end. ${formatCount(labelled)} of ${formatCount(rows)} rows have one.`}
      url={url}
      period={period}
      series={[
        {
          name: 'share with a label',
          style: 'current',
          form: 'bars',
          points: points.map(({ start, end, share, mature }) => ({
            start,
            end,
            value: share,
            provisional: !mature,
          })),
        },
        {
          name: 'expected in the end',
          style: 'overlay',
          form: 'line',
          points: points.map(({ start, end, expected_share: value }) => ({ start, end, value })),
        },
      ]}
      numberText={formatShare}
      heightPx={110}
      empty={{ says: 'No label has come, and none is expected.', command: 'shiftwatch doctor' }}
    />
  );
}

function Parts({
  data: { window, performance, segments },
  model,
}: {
  data: ModelPerformanceParts;
  model: string;
}) {
  if (window === null) return null;
  const metric = Object.keys(performance?.metrics ?? segments[0]?.metrics ?? {}).sort(
    (a, b) => Number(b === 'accuracy' || b === 'rmse') - Number(a === 'accuracy' || a === 'rmse'),
  )[0];
  return (
    <>
      <h2>
        The newest window with labels:{' '}
        <Go to={`/windows/${window.id}`}>{window.start.slice(0, 16).replace('T', ' ')}</Go>
      </h2>
      {performance === null ? null : <Metrics performance={performance} />}
      <div className="columns">
        {performance?.holdout === undefined ? null : <Holdout holdout={performance.holdout} />}
        {performance?.groups === undefined || performance.groups.length === 0 ? null : (
          <Groups groups={performance.groups} />
        )}
      </div>
      {segments.length === 0 || metric === undefined ? null : (
        <Panel title="Segments">
          <DataTable
            of="Performance of segments"
            columns={[
              {
                name: 'Segment',
                cell: ({ segment }) => (
                  <Go to={modelPath(model, '/performance')} with={{ segment }}>
                    {displayText(segment, 300)}
                  </Go>
                ),
              },
              { name: 'Verdict', cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
              { name: 'Rows', cell: ({ rows }) => formatCount(rows), isNumber: true },
              { name: 'Labelled', cell: ({ labelled }) => formatCount(labelled), isNumber: true },
              { name: words(metric), cell: ({ metrics }) => metricText(metrics[metric]), isNumber: true },
              {
                name: 'Training',
                cell: ({ metrics }) => formatted(metrics[metric]?.reference),
                isNumber: true,
              },
            ]}
            rows={segments}
            keyOf={({ segment }) => segment}
            none=""
          />
        </Panel>
      )}
    </>
  );
}

function Metrics({
  performance: { metrics, estimated },
}: {
  performance: NonNullable<ModelPerformanceParts['performance']>;
}) {
  const rows = metricsByName(metrics).map(([name, figures]) => ({
    name,
    figures,
    expected: estimated?.[name],
  }));
  return (
    <Panel title="All metrics">
      <DataTable
        of="Metrics of the newest window with labels"
        columns={[
          { name: 'Metric', cell: ({ name }) => words(name) },
          { name: 'Training', cell: ({ figures }) => formatted(figures.reference), isNumber: true },
          { name: 'Now (95 %)', cell: ({ figures }) => metricText(figures), isNumber: true },
          { name: 'Estimated', cell: ({ expected }) => formatted(expected?.value), isNumber: true },
          { name: 'p', cell: ({ figures }) => formatted(figures.p_value), isNumber: true },
        ]}
        rows={rows}
        keyOf={({ name }) => name}
        none=""
      />
    </Panel>
  );
}

const formatted = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : formatNumber(value);

function metricText(
  figures:
    | { readonly current: number | null; readonly interval: readonly [number, number] | null }
    | undefined,
): string {
  if (figures === undefined || figures.current === null) return '–';
  const { current, interval } = figures;
  return interval === null
    ? formatNumber(current)
    : `${formatNumber(current)} (${formatNumber(interval[0])} to ${formatNumber(interval[1])})`;
}
