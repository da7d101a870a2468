import type { AlertKind } from '../../core/alerts/alert.ts';
import type { Advice } from '../../core/findings.ts';
import { capital, displayText } from '../display-text.ts';
import { formatShare, formatTime } from '../format.ts';
import { incidentName, type NamedIncident, subjectsInWords } from '../incident-name.ts';
import { ADVICE_WORDS, TOLD_WORDS } from '../words.ts';

interface ListedIncident extends NamedIncident {
  readonly state: 'pending' | 'firing' | 'recovering' | 'resolved';
  readonly types: readonly AlertKind[];
  readonly since: string;
  readonly until: string | null;
  readonly clean_in_a_row: number;
  readonly confidence: number | null;
  readonly advice: Advice | null;
  readonly closed?: { readonly replaced_by: string | null } | null;
}

/**
 * What, since when, how sure and what to do, of what a list knows of an incident. How sure and what to do are of its newest window,
 * and left out where that shows nothing of it.
 *
 * For example: 'Covariate shift of age and income since 1 Mar 2026 10:00 UTC, 99 % sure: watch.'
 */
export function listedHeadline(incident: ListedIncident): string {
  const { cause, state, since, until, clean_in_a_row: clean, confidence, advice } = incident;
  const at = (moment: string): string => formatTime(Date.parse(moment), 'UTC');
  const what = `${cause === 'no_data' ? 'no predictions' : kindsOf(incident)}${subjectsInWords(incident)}`;
  if (state === 'resolved') {
    const by = incident.closed?.replaced_by ?? null;
    const why = by === null ? '' : `; version ${displayText(by, 40)} has replaced its version`;
    return `Over: ${what}, ${until === null ? `since ${at(since)}` : `from ${at(since)} to ${at(until)}`}${why}.`;
  }
  const began = `${capital(what)} since ${at(since)}`;
  if (clean > 0)
    return `${began}; the newest ${clean === 1 ? 'window shows' : `${clean} windows show`} none of it.`;
  if (cause !== 'shift' || confidence === null || advice === null) return `${began}.`;
  const sure = incident.verdict === 'undetermined' ? '' : `, ${formatShare(confidence)} sure`;
  return `${began}${sure}: ${ADVICE_WORDS[advice]?.title.toLowerCase() ?? 'nothing to do'}.`;
}

/** By all that people were told of it. */
function kindsOf(incident: ListedIncident): string {
  const kinds = Object.entries(TOLD_WORDS).flatMap(([kind, said]) =>
    incident.types.some((type) => type === kind) ? [said] : [],
  );
  if (incident.cause !== 'shift') return `${incidentName(incident)} beyond the usual`;
  return kinds.length === 0 ? incidentName(incident) : kinds.join(' and ');
}

interface DeliveryCounts {
  readonly delivered: number;
  readonly failed: number;
  readonly waiting: number;
}

/** `2 delivered, 1 failed`; what there is none of is left out. */
export function deliveriesLine({ delivered, failed, waiting }: DeliveryCounts): string {
  const said = [
    [delivered, 'delivered'],
    [failed, 'failed'],
    [waiting, 'waiting'],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return said.join(', ') || 'none';
}
