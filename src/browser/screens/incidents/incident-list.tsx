import { useState } from 'react';
import type { ListedAlert } from '../../../store/rows/alerts.ts';
import { displayText } from '../../../words/display-text.ts';
import { deliveriesLine } from '../../../words/incident/listed-headline.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { modelPath } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { IncidentState } from '../../parts/incident-state.tsx';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { IncidentMark } from './incident-mark.tsx';

interface Page {
  readonly items: readonly ListedAlert[];
  readonly next_cursor: string | null;
}

interface ListProps {
  readonly title: string;
  readonly parameters: Readonly<Record<string, string | boolean | null>>;
  readonly nothing: string;
}

const PAGE = 50;

/** Incidents of one state, those that began last first, a page after the other. */
export function IncidentList({ title, parameters, nothing }: ListProps) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const { name } = useTimeZone();
  return (
    <Panel
      title={title}
      aside={<span className="small soft">{`those that began last come first; times ${name}`}</span>}
    >
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
              <table className="incidents cards">
                <thead>
                  <tr>
                    {['Incident', 'Model', 'State', 'Since', 'Until', 'Messages', 'Looked after by'].map(
                      (heading) => (
                        <th key={heading} scope="col">
                          {heading}
                        </th>
                      ),
                    )}
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

function IncidentRow({ incident }: { incident: ListedAlert }) {
  const { timeZone } = useTimeZone();
  const { id, model, version, segment, state, since, until, headline, deliveries } = incident;
  return (
    <tr>
      <td>
        <span className="verdict-mark">
          <IncidentMark incident={incident} />
          <Go to={`/incidents/${id}`}>{displayText(headline, 500)}</Go>
        </span>
      </td>
      <td data-label="Model">
        <Go to={modelPath(model)}>{displayText(model, 300)}</Go>
        <p className="small soft">
          {displayText(`version ${version}${segment === '' ? '' : `, ${segment}`}`, 300)}
        </p>
      </td>
      <td data-label="State">
        <IncidentState state={state} />
      </td>
      <td className="moment" data-label="Since">
        {minuteText(since, timeZone)}
      </td>
      <td className="moment" data-label="Until">
        {until === null ? '' : minuteText(until, timeZone)}
      </td>
      <td data-label="Messages" className={deliveries.failed > 0 ? 'failed-messages' : undefined}>
        {deliveriesLine(deliveries)}
      </td>
      <td data-label="Looked after by">{lookedAfter(incident)}</td>
    </tr>
  );
}

function lookedAfter({ acknowledged, snoozed }: ListedAlert): string {
  return [acknowledged?.by ?? null, snoozed === null ? null : `${snoozed.by} (snoozed)`]
    .filter((each) => each !== null)
    .join(', ');
}
