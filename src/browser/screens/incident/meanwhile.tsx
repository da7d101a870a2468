import type { ReactNode } from 'react';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { INCIDENT_STATES } from '../../../words/incident-state.ts';
import { displayText } from '../../../words/display-text.ts';
import { incidentName } from '../../../words/incident-name.ts';
import { plural, words } from '../../../words/page-format.ts';
import { modelPath } from '../../address/use-address.ts';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';

interface Happened {
  readonly at: string;
  readonly key: string;
  readonly what: ReactNode;
}

/** What else happened within its span: it may be why. */
export function Meanwhile({ data: { meanwhile, alert } }: { data: Investigation }) {
  const all = happened(meanwhile, alert.id).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <Panel title="What else happened then">
      {all.length === 0 ? (
        <p className="soft">
          Nothing else is known of that time: no other incident, no new version, no retraining, nothing
          missing from the log.
        </p>
      ) : (
        <ol className="story">
          {all.map(({ at, key, what }) => (
            <li key={key}>
              <Moment at={at} />
              <div>{what}</div>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function happened(
  { incidents, versions, retrains, log, annotations }: Investigation['meanwhile'],
  own: string,
): Happened[] {
  return [
    ...incidents.map(({ id, model, since, state, ...incident }) => ({
      at: since,
      key: `incident ${id}`,
      what: (
        <>
          <Go to={`/incidents/${id}`}>Incident {id}</Go>: {nameOf(incident)} of {displayText(model, 80)} (
          {INCIDENT_STATES[state][1]})
        </>
      ),
    })),
    ...versions.map(({ model, version, first_seen_at: at }) => ({
      at,
      key: `version ${model} ${version}`,
      what: (
        <>
          Version {displayText(version, 60)} of <Go to={modelPath(model)}>{displayText(model, 80)}</Go> first
          seen
        </>
      ),
    })),
    ...retrains.map(({ id, model, state, trigger, requested_at: at }) => ({
      at,
      key: `retrain ${id}`,
      what: (
        <>
          <Go to={`/retrains/${id}`}>Retraining</Go> of {displayText(model, 80)}: {words(state)},{' '}
          {words(trigger)}
        </>
      ),
    })),
    ...log.map(({ source, kind, records, found_at: at }, n) => ({
      at,
      key: `log ${n}`,
      what: (
        <>
          <Go to="/pipeline">The log</Go>: {words(kind)}, {plural(records, 'record')} of{' '}
          {displayText(source, 100)}
        </>
      ),
    })),
    ...annotations
      .filter(({ alert_id: of }) => of !== own)
      .map(({ id, author, comment, created_at: at }) => ({
        at,
        key: `annotation ${id}`,
        what: (
          <>
            {displayText(author, 100)} expected something: {displayText(comment, 300)}
          </>
        ),
      })),
  ];
}

/** Of other incidents the subjects are not at hand. */
function nameOf(
  incident: Pick<Investigation['meanwhile']['incidents'][number], 'cause' | 'verdict'>,
): string {
  return incident.cause === 'operational'
    ? 'operational breach'
    : incidentName({ ...incident, subjects: [] });
}
