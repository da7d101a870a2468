import { pathName } from '../../../core/ids/path-name.ts';
import type { Period } from '../../../core/windows/period.ts';
import { sizeToText } from '../../../core/windows/window-size.ts';
import { linearScale } from '../../../picture/scale.ts';
import type { AlertRow } from '../../../store/rows/alerts.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import type { ModelRibbon, ModelTrends } from '../../../store/rows/model-screen.ts';
import { markOf } from '../../../words/verdict-mark.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { LEFT_PX, TimeAxis } from '../../charts/axes.tsx';
import { Brush } from '../../charts/brush.tsx';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { Ribbon } from '../../charts/ribbon.tsx';
import { RibbonKey } from '../../charts/ribbon-key.tsx';
import { TimeChart } from '../../charts/time-chart.tsx';
import { useWidth } from '../../charts/use-width.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { usePeriodText } from '../../frame/address-problem.tsx';
import { TimeControl } from '../../frame/time-control.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';

/** Verdicts around the incident, its span marked; where rows are what it is about, how many came. */
export function Around({ data }: { data: Investigation }) {
  const { alert, verdict } = data;
  const parameters = useAround(alert);
  const route = `/models/${pathName(alert.model)}`;
  const ribbon = useApi<ModelRibbon>(apiUrl(`${route}/ribbon`, parameters));
  const isOfRows =
    alert.cause === 'no_data' || verdict?.diagnosis.faults.some(({ fault }) => OF_ROWS.has(fault)) === true;
  const trends = useApi<ModelTrends>(isOfRows ? apiUrl(`${route}/trends`, parameters) : null);
  const period = ribbon.data === undefined ? null : inMs(ribbon.data.period);
  return (
    <Panel title="Around it" aside={<TimeControl period={period} />}>
      <Loaded asked={ribbon}>{(found) => <SpanChart ribbon={found} alert={alert} url={ribbon.url} />}</Loaded>
      {isOfRows ? (
        <Loaded asked={trends}>
          {(found) => (
            <TimeChart
              title="Predictions by window"
              url={trends.url}
              period={inMs(found.period)}
              series={[
                {
                  name: 'predictions',
                  style: 'current',
                  form: 'bars',
                  points: found.points.map(({ start, end, rows, provisional }) => ({
                    start,
                    end,
                    value: rows,
                    provisional,
                  })),
                },
              ]}
            />
          )}
        </Loaded>
      ) : null}
    </Panel>
  );
}

const OF_ROWS: ReadonlySet<string> = new Set(['lost_rows', 'duplicated_rows']);

/** So many windows before and after it. */
const WINDOWS_BESIDE = 12;
const BESIDE_ROWS_MS = 86_400_000;

/** What the panels are asked with: the period of the address, or the incident with some windows before and after it. */
function useAround(alert: AlertRow): Readonly<Record<string, string | null>> {
  const { from, to } = usePeriodText();
  const { version, segment, size_ms: ms, size_rows: rows, since } = alert;
  const until = endOf(alert);
  const size = sizeToText(ms ?? -(rows ?? 0));
  const scope = { version, size, segment };
  if (from !== null || to !== null) return { ...scope, from, to };
  const beside = ms === null ? BESIDE_ROWS_MS : WINDOWS_BESIDE * ms;
  return {
    ...scope,
    from: new Date(Date.parse(since) - beside).toISOString(),
    to: until === null ? null : new Date(Date.parse(until) + beside).toISOString(),
  };
}

function inMs({ from, to }: { readonly from: string; readonly to: string }): Period {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

/** Closed by hand, it has an end though windows go on to show it. */
function endOf({ until, closed }: AlertRow): string | null {
  return until ?? closed?.until ?? null;
}

function goesOn({ state, until, closed }: AlertRow): string {
  if (state !== 'resolved') return ', which goes on';
  return until === null && closed !== null ? ', up to where it was closed' : '';
}

const SPAN_PX = 44;

function SpanChart({ ribbon, alert, url }: { ribbon: ModelRibbon; alert: AlertRow; url: string }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const period = inMs(ribbon.period);
  const end = endOf(alert);
  const x = linearScale([period.fromMs, period.toMs], [LEFT_PX, width]);
  const within = (ms: number): number => Math.min(width, Math.max(LEFT_PX, x.at(ms)));
  const [left, right] = [
    within(Date.parse(alert.since)),
    within(end === null ? period.toMs : Date.parse(end)),
  ];
  const said = `incident ${alert.id}`;
  const isRight = left > (LEFT_PX + width) / 2;
  return (
    <ChartFrame
      title="Verdicts"
      note={`The line marks ${said}${goesOn(alert)}.`}
      legend={<RibbonKey />}
      url={url}
      table={{
        columns: ['From', 'To', 'Verdict', 'Windows'],
        rows: ribbon.spans.map(({ start, end, verdict, windows }) => [
          minuteText(start, timeZone),
          minuteText(end, timeZone),
          verdict === 'no_data' ? 'no data' : verdict === 'open' ? 'open' : markOf(verdict).name,
          windows,
        ]),
      }}
    >
      <div className="inset">
        <Ribbon spans={ribbon.spans} period={period} heightPx={26} of={alert.model} />
      </div>
      <div ref={frame}>
        <svg
          width={width}
          height={SPAN_PX}
          role="img"
          aria-label={`${said}: from ${minuteText(alert.since, timeZone)} ${end === null ? 'on' : `to ${minuteText(end, timeZone)}`}`}
        >
          {right > left ? (
            <g className="incident-span">
              <path d={`M${left} 2V10H${right}${end === null ? '' : 'V2'}`} />
              <text x={isRight ? right : left} y={22} textAnchor={isRight ? 'end' : 'start'}>
                {said}
              </text>
            </g>
          ) : null}
          <TimeAxis x={x} timeZone={timeZone} bottomPx={SPAN_PX - 20} />
          <Brush x={x} topPx={0} heightPx={SPAN_PX - 16} />
        </svg>
      </div>
    </ChartFrame>
  );
}
