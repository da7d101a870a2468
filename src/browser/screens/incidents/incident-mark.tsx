import type { AlertRow } from '../../../store/rows/alerts.ts';
import { markOf, windowMark } from '../../../words/verdict-mark.ts';
import { MarkShown } from '../../parts/verdict-mark.tsx';

/** The mark of what an incident is about; one about operation has none. */
export function IncidentMark({
  incident: { cause, verdict },
}: {
  incident: Pick<AlertRow, 'cause' | 'verdict'>;
}) {
  if (cause === 'operational') return null;
  const silent = { state: 'closed', verdict: { verdict, reason: 'no_rows' } };
  return <MarkShown mark={cause === 'no_data' ? windowMark(silent) : markOf(verdict)} short />;
}
