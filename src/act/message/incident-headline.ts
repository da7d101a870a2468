import type { ShiftKind } from '../../core/findings.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import { capital, displayText } from '../../words/display-text.ts';
import { formatShare, formatShortTime } from '../../words/format.ts';
import { shiftIncident } from '../../words/incident-name.ts';
import { rankedFeatures } from './moved-features.ts';
import { ADVICE_WORDS, FAULT_WORDS, SHIFT_WORDS, TOLD_WORDS, VERDICT_WORDS } from '../../words/words.ts';

/** Of a sentence that is read in bed. */
const MOST_WORDS = 25;
const MOST_NAMES = 3;
/** What to do of a change that windows since do not show. */
export const UNLESS_OVER = 'Retrain, unless it is over';
const MOST_NAME_WORDS = 4;
const MOST_NAME_LETTERS = 40;

/**
 * What, since when, how sure, what to do, in at most 25 words. Its moment is the incident's, as in the subject; with its
 * year where that is not the one of `besideMs`, by default of the newest window.
 *
 * `Covariate shift of age and income since 1 Mar 10:00, 99 % sure: watch.`
 */
export function incidentHeadline(news: IncidentNews, timeZone: string, besideMs = news.windowEndMs): string {
  const { kind, diagnosis, sinceMs, overByMs, correction } = news;
  const at = (ms: number): string => formatShortTime(ms, timeZone, besideMs);
  if (correction !== undefined) {
    const incident = CORRECTED[correction.incident];
    return `Correction: the ${shiftIncident(correction.told)} of ${at(news.windowStartMs)} is ${VERDICT_WORDS[diagnosis.verdict]} by what has come since; the incident is ${incident}.`;
  }
  const since = `since ${at(sinceMs)}`;
  if (kind === 'resolved') {
    const span = overByMs === undefined ? since : `from ${at(sinceMs)} to ${at(overByMs)}`;
    return withNames(news, (names) => `Over: ${toldKinds(news)}${names}, ${span}.`);
  }
  if (news.overTypes !== undefined) return partOver(news, news.overTypes, at);
  if (kind === 'firing' && diagnosis.types.length === 0) return worse(news, at);
  // A reminder stands by its newest window, which may show nothing of it.
  if (diagnosis.types.length === 0) {
    const newest = diagnosis.verdict === 'none' ? 'shows none of it' : 'does not tell';
    return withNames(
      news,
      (names) => `${capital(incidentKind(news))}${names} ${since}; the newest window ${newest}.`,
    );
  }
  const sure = `${formatShare(diagnosis.confidence)} sure`;
  const mayBeOver = kind === 'reminder' && news.after !== undefined && diagnosis.advice === 'retrain';
  const title = mayBeOver ? UNLESS_OVER : ADVICE_WORDS[diagnosis.advice]?.title;
  const todo = title?.toLowerCase() ?? 'nothing to do';
  const [fault] = diagnosis.faults;
  if (fault !== undefined) {
    const alike = diagnosis.faults.filter((each) => each.fault === fault.fault);
    const more = alike.length < diagnosis.faults.length ? ' and more' : '';
    return withNames(
      { ...news, subjects: [...new Set(alike.map(({ feature }) => feature))] },
      (names) =>
        `The pipeline broke${names.replace(' of ', ' ')} (${FAULT_WORDS[fault.fault]})${more} ${since}, ${sure}: ${todo}.`,
    );
  }
  const later = kindsBegunLater(news);
  if (later.length > 0) {
    const first = diagnosis.types.filter((type) => !later.includes(type));
    const from = at(news.later?.sinceMs ?? sinceMs);
    return withNames(
      news,
      (names) =>
        `${capital(inWords(first))}${names} ${since}, and ${inWords(later)} since ${from}, ${sure}: ${todo}.`,
    );
  }
  const besides = kind === 'reminder' ? notKnownToBeOver(news, at) : '';
  return withNames(
    news,
    (names) => `${capital(inWords(diagnosis.types))}${names} ${since}, ${sure}: ${todo}.${besides}`,
  );
}

/** What people were told, and the verdict at hand does not name: its own windows have not shown yet that it is over. */
function notKnownToBeOver(news: IncidentNews, at: (ms: number) => string): string {
  const words = kindsNotShown(news);
  if (words.length === 0) return '';
  const { toldTypes = [], later, diagnosis } = news;
  const left = toldTypes.filter((kind) => !isOne(diagnosis.types, kind));
  const since =
    later !== undefined && left.every((kind) => later.types.includes(kind))
      ? ` since ${at(later.sinceMs)}`
      : '';
  return ` ${capital(words.join(' and '))}${since}: not known to be over.`;
}

/** In words, the kinds that people were told of and the verdict at hand does not name. */
export function kindsNotShown({ toldTypes = [], diagnosis: { types } }: IncidentNews): string[] {
  return wordsOfKinds(toldTypes.filter((kind) => !isOne(types, kind)));
}

export const wordsOfKinds = (kinds: readonly string[]): string[] =>
  Object.entries(TOLD_WORDS).flatMap(([kind, said]) => (isOne(kinds, kind) ? [said] : []));

/** Kinds of the verdict that the incident did not begin with; none where the verdict is of nothing else. */
export function kindsBegunLater({ later, diagnosis: { types } }: IncidentNews): ShiftKind[] {
  const begun = types.filter((type) => later?.types.includes(type));
  return begun.length < types.length ? begun : [];
}

/** Nobody knows why, so it is of no feature. What moved before it is said first. */
function worse({ sinceMs, firedVerdict, later }: IncidentNews, at: (ms: number) => string): string {
  const untold = 'and the rows do not tell why: watch.';
  if (firedVerdict === undefined || firedVerdict === null || firedVerdict === 'undetermined')
    return `The model got worse since ${at(sinceMs)}, ${untold}`;
  const from = later === undefined ? '' : ` since ${at(later.sinceMs)}`;
  return `${capital(VERDICT_WORDS[firedVerdict])} since ${at(sinceMs)}; the model got worse${from}, ${untold}`;
}

function partOver(
  news: IncidentNews,
  over: NonNullable<IncidentNews['overTypes']>,
  at: (ms: number) => string,
): string {
  const { overByMs, sinceMs, firedVerdict, diagnosis } = news;
  const kinds = wordsOfKinds(over);
  const by = overByMs === undefined ? '' : ` by ${at(overByMs)}`;
  const left = diagnosis.types.filter((type) => !over.includes(type));
  const goesOn = left.length === 0 ? shiftIncident(firedVerdict ?? diagnosis.verdict) : inWords(left);
  return withNames(
    news,
    (names) =>
      `${capital(kinds.join(' and '))} over${by}; the ${goesOn}${names} since ${at(sinceMs)} goes on.`,
  );
}

const isOne = (kinds: readonly string[], kind: string): boolean => kinds.includes(kind);

export const inWords = (types: readonly ShiftKind[]): string =>
  types.map((type) => SHIFT_WORDS[type]).join(' and ');

const CORRECTED = { withdrawn: 'withdrawn', open: 'still open', over: 'over' } as const;

/** By everything people were told of it. */
function toldKinds(news: IncidentNews): string {
  const kinds = wordsOfKinds(news.toldTypes ?? []);
  const last = kinds.pop();
  if (last === undefined || kinds.length === 0) return incidentKind(news);
  return `${kinds.join(', ')} and ${last}`;
}

/** By what people were told first. */
function incidentKind({ firedVerdict, diagnosis }: IncidentNews): string {
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'none' ? 'shift' : shiftIncident(verdict);
}

/** As many names as there is room for. */
function withNames(news: IncidentNews, sentence: (names: string) => string): string {
  const subjects = news.subjects ?? rankedFeatures(news.features).map(({ name }) => name);
  const names = subjects.slice(0, MOST_NAMES).map(shortName);
  for (let shown = names.length; shown > 0; shown -= 1) {
    const more = subjects.length - shown;
    const listed = names.slice(0, shown);
    const all = more > 0 ? [...listed, `${more} more`] : listed;
    const last = all.pop() ?? '';
    const said = sentence(` of ${all.length === 0 ? last : `${all.join(', ')} and ${last}`}`);
    if (wordsOf(said) <= MOST_WORDS) return said;
  }
  return sentence(subjects.length === 0 ? '' : ` of ${subjects.length} columns`);
}

/** Names come from logs, and may be sentences. */
function shortName(name: string): string {
  const words = displayText(name, MOST_NAME_LETTERS).split(/\s+/);
  return words.length <= MOST_NAME_WORDS ? words.join(' ') : `${words.slice(0, MOST_NAME_WORDS).join(' ')}…`;
}

function wordsOf(sentence: string): number {
  return sentence.split(/\s+/).length;
}
