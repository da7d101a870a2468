import type { AlertRow } from '../../store/rows/alerts.ts';
import { INCIDENT_STATES } from '../../words/incident-state.ts';

/** How an incident stands, by the same word on every screen. */
export function IncidentState({ state }: Pick<AlertRow, 'state'>) {
  const [style, name] = INCIDENT_STATES[state];
  return <span className={`pill ${style}`}>{name}</span>;
}
