import type { Consequence } from '../../core/alerts/consequence.ts';
import type { Digest, DigestLine } from '../../core/alerts/digest.ts';
import type { DigestNews } from '../../core/jobs.ts';
import { capital, displayText, shortSentence } from '../../words/display-text.ts';
import { formatCount, formatDay, formatSpan, formatTime } from '../../words/format.ts';
import { ADVICE_WORDS, SHIFT_WORDS, TOLD_WORDS } from '../../words/words.ts';
import { UNDO_WEIGHTS } from './aftermath.ts';
import { CAUSE_NAMES } from './cause-content.ts';
import { wordsOfKinds } from './incident-headline.ts';
import { shiftIncident } from '../../words/incident-name.ts';
import { incidentUrl } from './news-link.ts';
import { incidentMark } from '../../words/verdict-mark.ts';
import { silentLine } from '../../words/silent-line.ts';
import { type ContentOptions, type DigestRow, type MessageContent, plainContent } from './content.ts';

const CONSEQUENCE_WORDS: Readonly<Record<Consequence, string>> = {
  ...TOLD_WORDS,
  no_data: 'no data',
  operational_limit: 'beyond an operational limit',
  expected_loss: 'loss of performance expected',
  operational_drift: 'operation worse than before',
};

/** Why nobody was told at once, of what is still open. */
const WAITS_SINCE: Readonly<Partial<Record<Consequence, string>>> = {
  expected_loss: 'loss of performance expected, not measured yet',
  operational_drift: 'can wait: within its limits',
  label_shift: 'can wait: no loss is confirmed',
  covariate_shift: 'can wait: no loss is confirmed',
};

/** Nearly every summary is shorter. */
const MOST_LETTERS = 600;

const STANDING_WORDS: Readonly<Record<DigestLine['standing'], string>> = {
  new: 'new',
  open: 'still open',
  resolved: 'resolved',
  corrected: 'corrected',
};

/** What is said of many incidents at once. */
export function digestContent(news: DigestNews, options: ContentOptions): MessageContent {
  const { timeZone } = options;
  const { fromMs, dueAtMs, groups, incidents, moreIncidents } = news.digest;
  const day = formatDay(dueAtMs, timeZone);
  const more =
    moreIncidents === 0 ? [] : [`And ${formatCount(moreIncidents)} more; the page shows them all.`];
  return {
    ...plainContent(news, { name: '' }, options),
    subject: `[shiftwatch] Digest of ${day}: ${counted(incidents, 'incident')}`,
    tone: groups.every(({ lines }) => lines.every(({ untilMs }) => untilMs !== null)) ? 'good' : 'notice',
    subjectOf: day,
    headline: headline(news.digest),
    facts: [['Covers', formatSpan(fromMs, dueAtMs, timeZone)]],
    digest: groups.map(({ model, modelVersion, lines }) => ({
      title: `${displayText(model, 60)} ${displayText(modelVersion, 40)}`,
      rows: lines.map((line) => ({
        ...digestRow(line, timeZone),
        link: incidentUrl(options.publicUrl, line.incidentId),
      })),
    })),
    footer: [
      ...more,
      'Sent at the time set for it (alerts.digest). What is worth waking somebody for (alerts.page) is told at once.',
    ],
  };
}

function headline({ groups, incidents, moreIncidents }: Digest): string {
  const over = groups.flatMap(({ lines }) => lines).filter(({ untilMs }) => untilMs !== null).length;
  const open = incidents - over;
  const ended = `${counted(over, 'incident')} ${over === 1 ? 'has' : 'have'} ended`;
  if (open === 0) return `${ended}.`;
  const waiting = `${counted(open, 'incident')} that could wait`;
  // Those that are over come last, so they may be among the ones that are left out.
  return over === 0 || moreIncidents > 0 ? `${waiting}.` : `${waiting}; ${ended}.`;
}

function digestRow(line: DigestLine, timeZone: string): DigestRow {
  const {
    segment,
    standing,
    consequence,
    pagedFor,
    sinceMs,
    untilMs,
    advice,
    summary,
    silent = [],
    over,
    later,
  } = line;
  const where = segment === '' ? '' : ` in ${displayText(segment, 60)}`;
  const span =
    untilMs === null
      ? `since ${formatTime(sinceMs, timeZone)}`
      : `from ${formatTime(sinceMs, timeZone)} to ${formatTime(untilMs, timeZone)}`;
  const adviceWords = ADVICE_WORDS[advice];
  const waits =
    pagedFor !== null || untilMs !== null || consequence === null ? undefined : WAITS_SINCE[consequence];
  const notes = [
    span,
    ...(later === undefined
      ? []
      : [`${wordsOfKinds(later.types).join(' and ')} since ${formatTime(later.sinceMs, timeZone)}`]),
    ...(waits === undefined ? [] : [waits]),
    ...(adviceWords === null ? [] : [adviceWords.title.toLowerCase()]),
    ...(pagedFor === null ? [] : [`told at once since: ${CONSEQUENCE_WORDS[pagedFor]}`]),
    ...(untilMs === null ? judgedRows(line, timeZone) : []),
    ...(over === undefined ? [] : [partOver(over, timeZone)]),
    ...(untilMs !== null && isOfLabels(line) ? [UNDO_WEIGHTS] : []),
    ...(silent.length === 0 ? [] : [`no predictions came ${silentLine(silent, timeZone)}`]),
    `incident ${displayText(line.incidentId)}`,
  ];
  return {
    name: `${capital(incidentWords(line))}${where}`,
    mark: STANDING_WORDS[standing],
    style: untilMs === null ? (incidentMark(line)?.style ?? 'fault') : 'ok',
    lines: [...(summary === '' ? [] : [shortSentence(summary, MOST_LETTERS)]), notes.join(' · ')],
  };
}

/** What joined an incident and has ended goes from its name: that it has is said once. */
function partOver({ types, byMs }: NonNullable<DigestLine['over']>, timeZone: string): string {
  const by = byMs === undefined ? '' : ` by ${formatTime(byMs, timeZone)}`;
  const undo = types.includes('label_shift') ? `: ${UNDO_WEIGHTS}` : '';
  return `${wordsOfKinds(types).join(' and ')} over${by}${undo}`;
}

function isOfLabels({ verdict, types }: DigestLine): boolean {
  return verdict === 'label_shift' || types.includes('label_shift');
}

/** Figures of days are none of others. */
function judgedRows({ judgedSinceMs, judgedUntilMs }: DigestLine, timeZone: string): string[] {
  if (judgedUntilMs === undefined) return [];
  return judgedSinceMs === undefined
    ? [`judged up to ${formatTime(judgedUntilMs, timeZone)}`]
    : [`judged ${formatSpan(judgedSinceMs, judgedUntilMs, timeZone)}`];
}

function incidentWords({ cause, consequence, verdict, types, subjects }: DigestLine): string {
  if (cause === 'no_data') return CAUSE_NAMES.no_data;
  if (cause === 'operational') {
    const metrics = subjects.slice(0, 3).map((metric) => displayText(metric.replaceAll('_', ' '), 40));
    const name =
      consequence === 'operational_drift' ? CONSEQUENCE_WORDS.operational_drift : CAUSE_NAMES.operational;
    return [name, ...metrics].join(', ');
  }
  return types.length === 0 ? shiftIncident(verdict) : types.map((type) => SHIFT_WORDS[type]).join(' and ');
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
