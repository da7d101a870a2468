import type { AlertRow } from '../../../store/rows/alerts.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount, formatDuration, formatShare } from '../../../words/format.ts';
import { INCIDENT_STATES } from '../../../words/incident-state.ts';
import { plural } from '../../../words/page-format.ts';
import { SERIES_WORDS } from '../../../words/words.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { modelPath } from '../../address/use-address.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { Actions } from './actions.tsx';
import { WhoLooksAfterIt } from './attention.tsx';
import { mergedInto } from './story-entries.ts';

/** What happened, since when, how sure, what to do, and the buttons for it. */
export function StandingPanel({ data }: { data: Investigation }) {
  const { alert, headline, verdict } = data;
  const into = mergedInto(data);
  const [style, name] = into === null ? INCIDENT_STATES[alert.state] : (['none', 'merged'] as const);
  return (
    <section className="panel incident-standing" aria-label="What stands">
      <div className="incident-line">
        <span className={`pill ${style}`}>{name}</span>
        {alert.cause === 'shift' ? <VerdictMark verdict={alert.verdict} /> : null}
        <Go to={modelPath(alert.model)}>{displayText(alert.model, 80)}</Go>
        <span className="soft">
          version {displayText(alert.version, 40)}
          {alert.segment === '' ? '' : `, only rows with ${displayText(alert.segment, 80)}`}
        </span>
      </div>
      <p className="lead incident-headline">
        {into === null ? displayText(headline.says, 400) : `It goes on as part of incident ${into}.`}
      </p>
      <dl className="incident-answers">
        <div>
          <dt>Since</dt>
          <dd>
            <SinceWhen alert={alert} />
          </dd>
        </div>
        <div>
          <dt>How sure</dt>
          <dd>
            <HowSure data={data} />
          </dd>
        </div>
        <Facts data={data} />
        <div className="wide">
          <dt>What to do</dt>
          <dd>
            <WhatToDo data={data} />
          </dd>
        </div>
      </dl>
      <WhoLooksAfterIt data={data} />
      <Actions data={data} />
      {verdict === null || alert.cause !== 'shift' ? null : (
        <p className="small soft">
          {alert.state === 'resolved' ? 'As it was judged then: ' : ''}
          {displayText(verdict.diagnosis.summary, 700)}
        </p>
      )}
    </section>
  );
}

function SinceWhen({ alert }: { alert: AlertRow }) {
  const { name } = useTimeZone();
  const { since, until, state, closed, windows_in_a_row: windows } = alert;
  const isOver = until !== null;
  return (
    <>
      <Moment at={since} />{' '}
      {isOver ? (
        <>
          to <Moment at={until} /> {name}
          <span className="soft">, {formatDuration(Date.parse(until) - Date.parse(since))}</span>
        </>
      ) : (
        <>
          {name}
          {state === 'resolved' && closed !== null ? (
            <span className="soft">
              , {closed.replaced_by === null ? 'closed by hand' : 'closed with its version'}
            </span>
          ) : null}
          {windows > 0 && state !== 'resolved' ? (
            <span className="soft">, in {plural(windows, 'window')} in a row</span>
          ) : null}
        </>
      )}
      <span className="soft">
        {isOver
          ? '; from the start of the first window that shows it to that of the first that does not'
          : '; the start of the first window that shows it'}
      </span>
    </>
  );
}

function HowSure({ data: { alert, headline, verdict } }: { data: Investigation }) {
  if (alert.cause === 'no_data') return <>Certain: it is a count of rows.</>;
  if (verdict === null)
    return (
      <span className="soft">
        Not known: what was judged is kept no longer, or the model is configured no more.
      </span>
    );
  const { judged_windows: windows, rows, diagnosis, operational } = verdict;
  const inARow = alert.windows_in_a_row;
  const some =
    windows < inARow
      ? `${formatCount(windows)} of the ${formatCount(inARow)} windows`
      : `${formatCount(windows)} windows`;
  const of = `${formatCount(rows)} rows of ${windows === 1 ? 'one window' : `${some} together`}`;
  if (alert.cause === 'operational')
    return (
      <>
        {plural((operational?.breaches ?? []).length, 'figure')} beyond chance
        <span className="soft">, from {of}</span>
      </>
    );
  const sure = headline.sure ?? (diagnosis.types.length > 0 ? diagnosis.confidence : null);
  return (
    <>
      {sure === null ? 'The rows do not tell what it is' : `${formatShare(sure)} sure`}
      <span className="soft">
        , from {of}, {SERIES_WORDS[alert.series]}
      </span>
    </>
  );
}

function WhatToDo({ data }: { data: Investigation }) {
  const { alert, headline } = data;
  if (headline.todo !== null) {
    return (
      <>
        <strong>{headline.todo.title}.</strong> <span className="plain">{headline.todo.text}</span>
      </>
    );
  }
  if (alert.state === 'resolved') {
    return (
      <>
        <strong>Nothing now.</strong> <span className="plain">{overBecause(data)}</span>
      </>
    );
  }
  return data.verdict === null ? (
    <>
      Look at the newest windows of <Go to={modelPath(alert.model)}>{displayText(alert.model, 80)}</Go>.
    </>
  ) : (
    <>Look at the evidence below.</>
  );
}

function overBecause(data: Investigation): string {
  const { closed, fired_at: firedAt } = data.alert;
  if (mergedInto(data) !== null) return 'It is looked after as part of another incident.';
  if (closed !== null) return 'Somebody has closed it: see below.';
  return firedAt === null
    ? 'It was over before it was confirmed, and nobody was told.'
    : 'It is over by itself: enough windows in a row show nothing of it.';
}

/** Of what its messages list: what is not said here anyway, while it lasts. */
const TOLD = new Set(['Began', 'Silent', 'After that', 'Not tested', 'Muted']);

/** Beside `Since`, which is of the incident. */
const LABELS: Readonly<Record<string, string>> = { Began: 'The change itself began, as its rows tell' };

function Facts({ data: { alert, facts } }: { data: Investigation }) {
  if (alert.state === 'resolved') return null;
  return facts
    .filter(({ label }) => TOLD.has(label))
    .map(({ label, value }) => (
      <div key={label}>
        <dt>{LABELS[label] ?? label}</dt>
        <dd>
          <span className="plain">{displayText(value, 300)}</span>
        </dd>
      </div>
    ));
}
