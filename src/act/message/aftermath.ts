import type { AlertKind } from '../../core/alerts/alert.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { AdviceWords } from '../../words/words.ts';
import { formatTime } from '../../words/format.ts';

/** A re-weighting outlives what it was made for, and is as wrong after it as none was before. */
export const UNDO_WEIGHTS = 'take back a re-weighting or a threshold made for it';

/** Those that were answered by another model. */
const KINDS = ['label_shift', 'concept_drift'] as const;

/** What is to be done of kinds that are over; empty where nothing was to be done but to wait. */
export function aftermath(kinds: readonly AlertKind[], news: IncidentNews, timeZone: string): string {
  const { overByMs, overSinceMs } = news;
  // Of several kinds each had its own time, and the incident's is none of them.
  const isAlone = news.kind === 'resolved' && kinds.length === 1;
  const since = overSinceMs ?? (isAlone ? news.sinceMs : undefined);
  const rows =
    since === undefined || overByMs === undefined
      ? 'its rows'
      : `rows from ${formatTime(since, timeZone)} to ${formatTime(overByMs, timeZone)}`;
  const said = [
    kinds.includes('concept_drift')
      ? `Of the concept drift nothing is left to learn: do not train on ${rows}, and look again at a model that was trained on them.`
      : '',
    kinds.includes('label_shift') ? `The label shift is over: ${UNDO_WEIGHTS}.` : '',
  ];
  return said.filter((each) => each !== '').join(' ');
}

/** Of an incident that is over as a whole. */
export function resolvedAdvice(news: IncidentNews, timeZone: string): AdviceWords | null {
  if (news.cause !== 'shift') return null;
  const { toldTypes, firedVerdict } = news;
  const first = KINDS.filter((kind) => kind === firedVerdict);
  const text = aftermath(toldTypes ?? first, news, timeZone);
  return text === '' ? null : { title: 'Undo what was made for it', text };
}
