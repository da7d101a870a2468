import { useState } from 'react';
import type { AlertRow } from '../../../store/rows/alerts.ts';
import { displayText } from '../../../words/display-text.ts';
import { incidentName, subjectsInWords } from '../../../words/incident-name.ts';
import { minuteText, useTimeZone } from '../../address/time-zone.ts';
import { modelPath } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { IncidentMark } from './incident-mark.tsx';

interface Page {
  readonly items: readonly AlertRow[];
  readonly next_cursor: string | null;
}

interface ListProps {
  readonly title: string;
  readonly parameters: Readonly<Record<string, string | boolean | null>>;
  readonly nothing: string;
}

const PAGE = 50;

/** Incidents of one state, newest first, a page after the other. */
export function IncidentList({ title, parameters, nothing }: ListProps) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const { name } = useTimeZone();
  return (
    <Panel title={title} aside={<span className="small soft">{`newest first, times ${name}`}</span>}>
      {cursors.map((cursor, at) => (
        <IncidentPage
          key={cursor ?? ''}
          url={apiUrl('/alerts', { ...parameters, limit: PAGE, cursor })}
          label={`${title} incidents${at === 0 ? '' : `, page ${at + 1}`}`}
          nothing={nothing}
          more={at === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : null}
        />
      ))}
    </Panel>
  );
}

interface PageProps {
  readonly url: string;
  readonly label: string;
  readonly nothing: string;
  /** Null: what comes next is there already. */
  readonly more: ((cursor: string) => void) | null;
}

function IncidentPage({ url, label, nothing, more }: PageProps) {
  const asked = useApi<Page>(url);
  return (
    <Loaded asked={asked}>
      {({ items, next_cursor: next }) =>
        items.length === 0 ? (
          <p className="soft">{nothing}</p>
        ) : (
          <>
            <div className="scroll" tabIndex={0} role="region" aria-label={label}>
              <table className="incidents">
                <thead>
                  <tr>
                    {['Incident', 'Model', 'State', 'Since', 'Until', 'Looked after by'].map((heading) => (
                      <th key={heading} scope="col">
                        {heading}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((incident) => (
                    <IncidentRow key={incident.id} incident={incident} />
                  ))}
                </tbody>
              </table>
            </div>
            {next === null || more === null ? null : (
              <button type="button" onClick={() => more(next)}>
                Show more
              </button>
            )}
          </>
        )
      }
    </Loaded>
  );
}

function IncidentRow({ incident }: { incident: AlertRow }) {
  const { timeZone } = useTimeZone();
  const { id, model, version, segment, state, since, until, summary } = incident;
  return (
    <tr>
      <td>
        <span className="verdict-mark">
          <IncidentMark incident={incident} />
          <Go to={`/incidents/${id}`}>
            {incidentName(incident)}
            {subjectsInWords(incident)}
          </Go>
        </span>
        {/* Of one that is over, its newest window says that nothing moved. */}
        {summary === null || state === 'resolved' ? null : (
          <p className="small soft">{displayText(summary, 1_000)}</p>
        )}
      </td>
      <td>
        <Go to={modelPath(model)}>{displayText(model, 300)}</Go>
        <p className="small soft">
          {displayText(`version ${version}${segment === '' ? '' : `, ${segment}`}`, 300)}
        </p>
      </td>
      <td>{state === 'pending' ? 'pending, nobody was told' : state}</td>
      <td className="moment">{minuteText(since, timeZone)}</td>
      <td className="moment">{until === null ? '' : minuteText(until, timeZone)}</td>
      <td>{lookedAfter(incident)}</td>
    </tr>
  );
}

function lookedAfter({ acknowledged, snoozed }: AlertRow): string {
  return [acknowledged?.by ?? null, snoozed === null ? null : `${snoozed.by} (snoozed)`]
    .filter((each) => each !== null)
    .join(', ');
}
