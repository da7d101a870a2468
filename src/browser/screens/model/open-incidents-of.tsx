import type { ModelOverview } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { incidentName, subjectsInWords } from '../../../words/incident-name.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { Go } from '../../parts/link.tsx';
import { IncidentState } from '../../parts/incident-state.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { gravestFirst } from './gravest-first.ts';

/** A row an incident, the gravest first. */
export function OpenIncidentsOf({ overview }: { overview: ModelOverview }) {
  const { timeZone, name: zone } = useTimeZone();
  const { incidents, model } = overview;
  if (incidents.length === 0) {
    return (
      <p>
        None.{' '}
        <Go to="/incidents" with={{ model, state: 'all' }}>
          Earlier ones
        </Go>
      </p>
    );
  }
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of open incidents">
      <table>
        <thead>
          <tr>
            <th scope="col">Incident</th>
            <th scope="col">State</th>
            <th scope="col">{`Since (${zone})`}</th>
            <th scope="col">Of</th>
          </tr>
        </thead>
        <tbody>
          {[...incidents].sort(gravestFirst).map(({ alert }) => (
            <tr key={alert.id}>
              <td>
                <VerdictMark verdict={alert.verdict} short />{' '}
                <Go to={`/incidents/${alert.id}`}>
                  {displayText(`${incidentName(alert)}${subjectsInWords(alert)}`, 200)}
                </Go>
              </td>
              <td>
                <IncidentState state={alert.state} />
              </td>
              <td>{minuteText(alert.since, timeZone)}</td>
              <td>
                {displayText(
                  `version ${alert.version}${alert.segment === '' ? '' : `, ${alert.segment}`}`,
                  300,
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {overview.more_incidents ? <p className="small">More are open than are listed.</p> : null}
    </div>
  );
}
