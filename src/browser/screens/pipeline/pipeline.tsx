import type { PipelineState } from '../../../store/rows/pipeline.ts';
import { formatCount, formatDuration } from '../../../words/format.ts';
import { plural, words } from '../../../words/page-format.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { troublesOf } from './troubles.ts';

/** The line itself: is everything read, stored, judged and sent? */
export function PipelineScreen() {
  const asked = useApi<PipelineState>(apiUrl('/pipeline'));
  return (
    <>
      <ScreenTitle title="Pipeline" />
      <Loaded asked={asked}>
        {(state) => (
          <>
            <Troubles state={state} />
            <div className="columns">
              <Sources state={state} />
              <Events state={state} />
            </div>
            <Panel title="Dead letters">
              <DeadLetters counts={state.dead_letters} />
            </Panel>
            <div className="columns">
              <Queues state={state} />
              <Channels state={state} />
            </div>
            <Duties state={state} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Troubles({ state }: { state: PipelineState }) {
  const troubles = troublesOf(state, Date.now());
  if (troubles.length === 0)
    return (
      <p className="lead">
        Everything that came is read, stored, judged and sent. This is shiftwatch’s own line: what broke in
        yours stands under Incidents.
      </p>
    );
  return (
    <div className="failed">
      <p className="lead">{plural(troubles.length, 'thing')} to look at.</p>
      <ul>
        {troubles.map(({ what, command }) => (
          <li key={what}>
            {what} <code>{command}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sources({ state: { sources, watermarks, log_incidents: incidents } }: { state: PipelineState }) {
  return (
    <Panel title="Logs">
      <DataTable
        of="Partitions of logs"
        columns={[
          { name: 'Source', cell: ({ source }) => source },
          { name: 'Partition', cell: ({ partition }) => partition, isNumber: true },
          { name: 'Lag', cell: ({ lag }) => formatCount(lag), isNumber: true },
          { name: 'Last read', cell: (row) => <Moment at={row.progressed_at} /> },
        ]}
        rows={sources}
        keyOf={({ source, partition }) => `${source}/${partition}`}
        none="No log has been read yet."
      />
      <DataTable
        of="Watermarks"
        columns={[
          { name: 'Model', cell: ({ model }) => model },
          { name: 'Complete until', cell: (row) => <Moment at={row.complete_until} /> },
          { name: 'Newest event', cell: (row) => <Moment at={row.newest_event_at} /> },
        ]}
        rows={watermarks}
        keyOf={({ model }) => model}
        none="No event has come yet."
      />
      {incidents.length === 0 ? null : (
        <DataTable
          of="What logs have lost"
          columns={[
            { name: 'Source', cell: ({ source, partition }) => `${source}/${partition}` },
            { name: 'What', cell: ({ kind }) => words(kind) },
            { name: 'Records', cell: ({ records }) => formatCount(records), isNumber: true },
            { name: 'Found', cell: (row) => <Moment at={row.found_at} /> },
          ]}
          rows={incidents}
          keyOf={({ source, partition, found_at: at }) => `${source}/${partition}/${at}`}
          none=""
        />
      )}
    </Panel>
  );
}

const ENDS = [
  'windowed',
  'late',
  'duplicate',
  'ignored',
  'joined',
  'waiting',
  'superseded',
  'expired',
  'dead_letter',
  'unknown_model',
  'unaccounted',
] as const;

/** Each event ends in exactly one of these. */
function Events({ state: { conservation, windows } }: { state: PipelineState }) {
  const seen = ENDS.filter((end) => conservation.some((row) => row[end] !== 0));
  const lateRows = windows.reduce((sum, row) => sum + row.late_rows, 0);
  return (
    <Panel title="Events">
      <DataTable
        of="What became of events"
        columns={[
          { name: 'Type', cell: (row) => row.event_type },
          { name: 'Read', cell: ({ read }) => formatCount(read), isNumber: true },
          ...seen.map((end) => ({
            name: words(end),
            cell: (row: PipelineState['conservation'][number]) => formatCount(row[end]),
            isNumber: true,
          })),
        ]}
        rows={conservation}
        keyOf={(row) => row.event_type}
        none="No event has come yet."
      />
      {lateRows === 0 ? null : (
        <p className="small">{plural(lateRows, 'row')} came after the window had closed, and revised it.</p>
      )}
    </Panel>
  );
}

function Queues({ state: { outbox, postponed } }: { state: PipelineState }) {
  return (
    <Panel title="Queues">
      <DataTable
        of="What is to be done"
        columns={[
          { name: 'What', cell: ({ kind }) => words(kind) },
          { name: 'Waiting', cell: ({ waiting }) => formatCount(waiting), isNumber: true },
          { name: 'Oldest', cell: (row) => <Moment at={row.oldest_at} /> },
        ]}
        rows={outbox}
        keyOf={({ kind }) => kind}
        none="Nothing waits."
      />
      {postponed.length === 0 ? null : (
        <DataTable
          of="Evaluations that were put off"
          columns={[
            { name: 'Put off because', cell: ({ reason }) => words(reason) },
            { name: 'Evaluations', cell: ({ count }) => formatCount(count), isNumber: true },
            { name: 'Since', cell: (row) => <Moment at={row.since} /> },
          ]}
          rows={postponed}
          keyOf={({ reason }) => reason}
          none=""
        />
      )}
    </Panel>
  );
}

function Channels({
  state: { deliveries, mail_servers: servers, disabled_endpoints: disabled },
}: {
  state: PipelineState;
}) {
  return (
    <Panel title="Messages">
      <DataTable
        of="Messages by what became of them"
        columns={[
          { name: 'Channel', cell: ({ kind }) => kind },
          { name: 'State', cell: ({ state }) => words(state) },
          { name: 'Messages', cell: ({ count }) => formatCount(count), isNumber: true },
        ]}
        rows={deliveries}
        keyOf={({ kind, state }) => `${kind} ${state}`}
        none="Nothing has been sent yet."
      />
      {servers.map(({ host, failures, opened_at: openedAt, last_error: error }) => (
        <p key={host} className="small">
          The mail server {host} has failed {plural(failures, 'time')} in a row
          {openedAt === null ? '' : ', and mails wait for it'}: {error}
        </p>
      ))}
      {disabled.map(({ section, name }) => (
        <p key={`${section} ${name}`} className="small">
          {name} is disabled, because it answered "gone". <code>shiftwatch endpoint enable {name}</code>
        </p>
      ))}
    </Panel>
  );
}

function Duties({ state: { duties } }: { state: PipelineState }) {
  return (
    <Panel title="Duties">
      <DataTable
        of="What processes do again and again"
        columns={[
          { name: 'Duty', cell: ({ name }) => words(name) },
          { name: 'Role', cell: ({ role }) => role },
          { name: 'Every', cell: (row) => formatDuration(row.every_ms), isNumber: true },
          { name: 'Processes', cell: ({ processes }) => processes, isNumber: true },
          { name: 'Last success', cell: (row) => <Moment at={row.last_success_at} /> },
          { name: 'Failures in a row', cell: ({ failures }) => failures, isNumber: true },
          { name: 'Last error', cell: (row) => row.last_error ?? '' },
        ]}
        rows={duties}
        keyOf={({ name }) => name}
        none="No process runs that has any: start one with shiftwatch serve."
      />
    </Panel>
  );
}
