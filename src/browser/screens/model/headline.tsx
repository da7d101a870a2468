import type { ReactNode } from 'react';
import type { ModelOverview } from '../../../store/rows/model-screen.ts';
import { capital, displayText } from '../../../words/display-text.ts';
import { formatShare } from '../../../words/format.ts';
import { incidentName, subjectsInWords } from '../../../words/incident-name.ts';
import { plural } from '../../../words/page-format.ts';
import { ADVICE_WORDS } from '../../../words/words.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { Go } from '../../parts/link.tsx';
import { IncidentState } from '../../parts/incident-state.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { Empty } from '../../parts/state-notes.tsx';
import { gravestFirst } from './gravest-first.ts';

/** What stands, since when, how sure, and what to do: of the gravest open incident, else of the newest judged window. */
export function Headline({ overview }: { overview: ModelOverview }) {
  const [incident] = [...overview.incidents].sort(gravestFirst);
  if (incident !== undefined) return <OfIncident incident={incident} />;
  if (overview.standing !== null) return <OfWindow standing={overview.standing} />;
  if (overview.newest_window === null) {
    return (
      <Empty title="No event of this model has come yet." command="shiftwatch doctor">
        <p>Log predictions, or look whether they arrive:</p>
      </Empty>
    );
  }
  return <p className="lead">No window has been judged yet; the first one is still open.</p>;
}

function OfIncident({ incident }: { incident: ModelOverview['incidents'][number] }) {
  const { alert, confidence, advice } = incident;
  const { timeZone, name: zone } = useTimeZone();
  return (
    <>
      <p className="lead standing">
        <VerdictMark verdict={alert.verdict} short />{' '}
        <Go to={`/incidents/${alert.id}`}>
          {displayText(`${capital(incidentName(alert))}${subjectsInWords(alert)}`, 200)}
        </Go>{' '}
        <IncidentState state={alert.state} />
      </p>
      {alert.summary === null ? null : <p>{displayText(alert.summary, 1_000)}</p>}
      <Facts
        since={`${minuteText(alert.since, timeZone)} ${zone}, ${plural(alert.windows_in_a_row, 'window')} in a row`}
        confidence={confidence}
        advice={advice}
      />
    </>
  );
}

function OfWindow({ standing }: { standing: NonNullable<ModelOverview['standing']> }) {
  const { timeZone, name: zone } = useTimeZone();
  const span = `${minuteText(standing.start, timeZone)} to ${minuteText(standing.end, timeZone)} ${zone}`;
  return (
    <>
      <p className="lead standing">
        <VerdictMark verdict={standing.verdict} /> <span>no incident is open</span>
      </p>
      <p>
        {displayText(standing.summary, 1_000)}{' '}
        <Go to={`/windows/${standing.window_id}`}>{`Window ${span}`}</Go>
      </p>
      <Facts
        since={`${minuteText(standing.since, timeZone)} ${zone}, ${plural(standing.windows, 'window')}`}
        confidence={standing.confidence}
        advice={standing.advice}
      />
    </>
  );
}

type Advice = ModelOverview['incidents'][number]['advice'];

function Facts(props: { since: string; confidence: number | null; advice: Advice }) {
  const words = props.advice === null ? null : ADVICE_WORDS[props.advice];
  return (
    <dl className="what-stands">
      <Fact name="Since">{props.since}</Fact>
      <Fact name="How sure">{props.confidence === null ? 'not said' : formatShare(props.confidence)}</Fact>
      <Fact name="What to do">
        {words === null ? (
          'Nothing.'
        ) : (
          <>
            <strong>{words.title}.</strong> {words.text}
          </>
        )}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
