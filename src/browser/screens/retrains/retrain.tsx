import type { ReactNode } from 'react';
import type { RetrainDetail } from '../../../store/rows/retrains.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatNumber } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { modelPath } from '../../address/use-address.ts';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { harmless } from '../../parts/harmless.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { NotFound } from '../not-found.tsx';
import { Approval } from './approval.tsx';
import { Progress } from './progress.tsx';

/** One run: why, what was asked, how it goes, and whether it has helped. */
export function RetrainScreen({ params: { id = '' } }: { params: Readonly<Record<string, string>> }) {
  const url = apiUrl(`/retrains/${encodeURIComponent(id)}`);
  const asked = useApi<RetrainDetail>(url);
  if (asked.error instanceof ApiError && asked.error.status < 500 && asked.data === undefined) {
    return <NotFound what={`There is no retraining run ${id}.`} />;
  }
  return (
    <Loaded asked={asked}>
      {(run) => (
        <>
          <ScreenTitle title={`Retraining of ${run.model}`}>
            <span className="pill none">{words(run.silent_at === null ? run.state : 'silent')}</span>
          </ScreenTitle>
          <p className="lead">{sentence(run)}</p>
          {run.state === 'awaiting_approval' ? <Approval run={run} done={asked.again} /> : null}
          <Panel title="Progress">
            <Progress run={run} url={url} />
          </Panel>
          <div className="columns">
            <Facts run={run} />
            <Outcome run={run} />
          </div>
          <Panel title="What was asked of the training pipeline">
            <pre>{JSON.stringify(run.request, null, 2)}</pre>
          </Panel>
        </>
      )}
    </Loaded>
  );
}

function sentence({ trigger, reason, outcome_details: details, outcome, detail }: RetrainDetail): string {
  const why = `Asked for by ${trigger}: ${words(reason)}.`;
  if (outcome !== null && details !== null) return `${why} ${details.summary}`;
  return detail === null ? why : `${why} ${detail}`;
}

function Facts({ run }: { run: RetrainDetail }) {
  return (
    <Panel title="Run">
      <dl className="facts">
        <Fact name="Model">
          <Go to={modelPath(run.model)}>{displayText(run.model, 300)}</Go>, version{' '}
          {displayText(run.version, 80)}
        </Fact>
        <Fact name="Asked">
          <Moment at={run.requested_at} />
        </Fact>
        <Fact name="Taken">
          <Moment at={run.sent_at} none="not yet" />
        </Fact>
        <Fact name="Ended">
          <Moment at={run.closed_at} none="not yet" />
        </Fact>
        <Fact name="Webhook">{run.webhook}</Fact>
        <Fact name="New version">{run.new_version ?? 'none yet'}</Fact>
        {run.window_id === null ? null : (
          <Fact name="Because of">
            <Go to={`/windows/${run.window_id}`}>window {run.window_id}</Go>
          </Fact>
        )}
        {run.decided_by === null ? null : (
          <Fact name={run.state === 'rejected' ? 'Rejected by' : 'Approved by'}>{run.decided_by}</Fact>
        )}
      </dl>
      {run.new_baseline?.command === null || run.new_baseline === null ? null : (
        <>
          <p>The new version has no baseline yet, so nothing of it can be called a shift:</p>
          <pre>{run.new_baseline.command}</pre>
        </>
      )}
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{harmless(children)}</dd>
    </div>
  );
}

/** Before and after, where the new version has been seen. */
function Outcome({ run: { outcome, outcome_details: details } }: { run: RetrainDetail }) {
  if (outcome === null || details === null) {
    return (
      <Panel title="Before and after">
        <p className="soft">It is judged once the new version has predictions with labels.</p>
      </Panel>
    );
  }
  const rows = [
    { name: 'new', figure: details.new },
    { name: 'old', figure: details.old },
  ].flatMap(({ name, figure }) =>
    figure === null ? [] : [{ name: `${name}, version ${figure.version}`, ...figure }],
  );
  const { difference } = details;
  return (
    <Panel title="Before and after">
      <p>
        <span className="pill none">{words(outcome)}</span> {details.summary}
      </p>
      <DataTable
        of="Before and after retraining"
        columns={[
          { name: 'Version', cell: ({ name }) => name },
          {
            name: words(details.metric ?? 'metric'),
            cell: ({ value }) => formatNumber(value),
            isNumber: true,
          },
          { name: 'Labelled', cell: ({ labelled }) => labelled, isNumber: true },
          { name: 'Windows', cell: ({ windows }) => windows, isNumber: true },
        ]}
        rows={rows}
        keyOf={({ name }) => name}
        none="Neither has been measured."
      />
      {difference === null ? null : (
        <p className="small">
          New less old: {formatNumber(difference.value)}
          {difference.interval === null
            ? ''
            : ` (${formatNumber(difference.interval[0])} to ${formatNumber(difference.interval[1])})`}
        </p>
      )}
    </Panel>
  );
}
