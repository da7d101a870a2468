import type { WindowInspection } from '../../../store/rows/inspection.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount } from '../../../words/format.ts';
import { INCIDENT_STATES } from '../../../words/incident-state.ts';
import { judgeAtOnce } from '../../../words/command/judge-at-once.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { modelPath } from '../../address/use-address.ts';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { sizeToText } from '../../../core/windows/window-size.ts';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { NotFound } from '../not-found.tsx';
import { WindowFeatures } from './feature-table.tsx';
import { SampledRows } from './sampled-rows.tsx';
import { SegmentTable } from './segment-table.tsx';
import { VerdictPanel } from './verdict-panel.tsx';
import '../../style/window.css';

/** One window: what is said of it, what of it moved, and where it belongs. */
export function WindowScreen({ params }: { params: Readonly<Record<string, string>> }) {
  const { id = '' } = params;
  const asked = useApi<WindowInspection>(apiUrl(`/windows/${encodeURIComponent(id)}/inspection`));
  if (asked.data === undefined && asked.error instanceof ApiError && [400, 404].includes(asked.error.status))
    return <NotFound what={`There is no window ${id}.`} />;
  return (
    <Loaded asked={asked}>
      {(data) => (
        <>
          <Heading data={data} />
          <div className="columns">
            <VerdictPanel
              title="When it closed: inputs and faults"
              verdict={data.verdicts.closed}
              waits={
                data.provisional
                  ? 'It is judged once the window has closed.'
                  : 'It is being judged, or had no rows.'
              }
            />
            <VerdictPanel
              title="When labels were in: performance and concept"
              verdict={data.verdicts.matured}
              waits="Its labels are not mature yet."
            />
          </div>
          <Panel title="Features, the gravest first">
            {data.counts_kept ? null : (
              <p className="soft">
                Counts of this window went into those of its day: what was measured stays.
              </p>
            )}
            <WindowFeatures model={data.window.model} windowId={data.window.id} features={data.features} />
          </Panel>
          {data.segments.length === 0 ? null : (
            <Panel title="Segments">
              <SegmentTable data={data} />
            </Panel>
          )}
          <Panel title="Rows">
            <SampledRows windowId={data.window.id} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}

function Heading({ data }: { data: WindowInspection }) {
  const { window, earlier, later, incidents, provisional } = data;
  const { timeZone, name } = useTimeZone();
  const size = sizeToText(window.size_ms ?? -(window.size_rows ?? 0));
  return (
    <>
      <ScreenTitle
        title={`${minuteText(window.start, timeZone)} to ${minuteText(window.end, timeZone)} ${name}`}
      >
        <span className="soft">
          window of <Go to={modelPath(window.model)}>{displayText(window.model)}</Go>
        </span>
      </ScreenTitle>
      <div className="window-facts">
        <Beside id={earlier} text="« Earlier" />
        <span>{formatCount(window.rows)} rows</span>
        <span>version {displayText(window.version)}</span>
        <span>{size} windows</span>
        <span>{STATES[window.state]}</span>
        {provisional ? <span className="pill waiting">provisional</span> : null}
        {window.late_rows > 0 ? <span>{formatCount(window.late_rows)} rows came late</span> : null}
        {incidents.map((incident) => (
          <Go key={incident.id} to={`/incidents/${incident.id}`}>
            Incident {incident.id} ({INCIDENT_STATES[incident.state][1]}
            {incident.segment === '' ? '' : `, ${displayText(incident.segment)}`})
          </Go>
        ))}
        <Beside id={later} text="Later »" />
      </div>
      {provisional ? (
        <p>
          This window is still open. What is shown is what was counted so far; it is judged when the window
          closes.
        </p>
      ) : null}
      {window.dirty && !provisional ? (
        <p>
          Rows or labels came after it was judged: it is judged again, at most once an hour. At once, without
          telling anybody: <code>{judgeAtOnce(window)}</code>
        </p>
      ) : null}
    </>
  );
}

const STATES = {
  open: 'open',
  closed: 'closed, waiting for labels',
  matured: 'matured: its labels are in',
} as const;

function Beside({ id, text }: { id: string | null; text: string }) {
  return id === null ? <span className="soft">{text}</span> : <Go to={`/windows/${id}`}>{text}</Go>;
}
