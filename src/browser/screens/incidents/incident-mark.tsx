import type { AlertRow } from '../../../store/rows/alerts.ts';
import { incidentMark } from '../../../words/verdict-mark.ts';
import { MarkShown } from '../../parts/verdict-mark.tsx';

/** The mark of what an incident is about; one about operation has none. */
export function IncidentMark({ incident }: { incident: Pick<AlertRow, 'cause' | 'verdict'> }) {
  const mark = incidentMark(incident);
  return mark === null ? null : <MarkShown mark={mark} short />;
}
