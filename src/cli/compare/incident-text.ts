/** The changes of a file's windows for people: what, since when, how sure, what to do. */
import type { FileIncident } from '../../core/windowed-comparison.ts';
import { incidentSpan } from '../../words/incident/incident-span.ts';
import { words } from '../../words/page-format.ts';
import { formatShare } from '../../words/format.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine } from '../terminal/text-table.ts';

export function incidentText(incidents: readonly FileIncident[], paint: Paint): string {
  return incidents.map((incident) => `\n${lines(incident, paint).join('\n')}\n`).join('');
}

function lines(incident: FileIncident, paint: Paint): string[] {
  const { title, sure, span, summary, advice } = incidentWords(incident);
  return [`${paint('bold', title)}${sure}, ${span}`, oneLine(summary), advice];
}

export function incidentWords(incident: FileIncident) {
  const { verdict, confidence, summary, advice } = incident.diagnosis;
  return {
    title: `Incident: ${words(verdict)}`,
    sure: verdict === 'undetermined' ? '' : `, confidence ${formatShare(confidence)}`,
    span: incidentSpan(incident),
    summary,
    advice: `Advice: ${words(advice)}`,
  };
}
