import type { IncidentNews } from '../../core/jobs.ts';
import { mayBeWorse } from '../../core/metric-direction.ts';
import { capital, displayText, shortSentence } from '../../words/display-text.ts';
import { formatCount, formatDuration, formatShare, formatSpan, formatTime } from '../../words/format.ts';
import {
  ADVICE_WORDS,
  type AdviceWords,
  decisionReason,
  KIND_WORDS,
  MUTED_WORDS,
  retrainReason,
  SERIES_WORDS,
  SHIFT_WORDS,
  TOLD_WORDS,
  VERDICT_WORDS,
} from '../../words/words.ts';
import { shiftIncident } from '../../words/incident-name.ts';
import { incidentMark } from '../../words/verdict-mark.ts';
import { silentLine } from '../../words/silent-line.ts';
import { aftermath, resolvedAdvice } from './aftermath.ts';
import { beganLine } from './began-line.ts';
import { CAUSE_NAMES, causeContent } from './cause-content.ts';
import { closedContent, personFacts } from './closed-content.ts';
import { type ContentOptions, type Fact, type MessageContent, plainContent, type Tone } from './content.ts';
import { evidenceLines, judgedRows, performanceContent } from './finding-content.ts';
import {
  incidentHeadline,
  inWords,
  kindsBegunLater,
  kindsNotShown,
  UNLESS_OVER,
} from './incident-headline.ts';
import { movedFeatures } from './moved-features.ts';

const MAX_MUTED = 3;

/** What is said about an incident: of what it is about now, or that it is over. */
export function incidentContent(news: IncidentNews, options: ContentOptions): MessageContent {
  const { kind, cause, diagnosis, windowId } = news;
  const { timeZone } = options;
  const { shown, total } = movedFeatures(news.features, diagnosis);
  const resolved = kind === 'resolved';
  const plain = plainContent(news, { name: incidentName(news), windowId }, options);
  const { figures, ...performance } = performanceContent(news);
  return {
    ...plain,
    tone: tone(news),
    mark: tone(news) === 'good' ? null : incidentMark({ cause, verdict: diagnosis.verdict }),
    badge: badge(news),
    headline: incidentHeadline(news, timeZone, options.nowMs),
    summary: shortSentence(diagnosis.summary, 600),
    advice: adviceWords(news, timeZone),
    facts: [...plain.facts, ...facts(news, timeZone)],
    ...performance,
    ...(!resolved && { moved: shown, moreMoved: total - shown.length, figures }),
    movedLegend: `Shares of rows: training → ${judgedRows(news.judged)}.`,
    evidence: resolved || cause !== 'shift' ? [] : evidenceLines(diagnosis.evidence),
    retrain: retrainLine(news),
    footer: [...sentBecause(news, timeZone), ...plain.footer],
    ...(cause !== 'shift' && { summary: null, ...causeContent(news, cause, timeZone) }),
    ...closedContent(news, timeZone),
  };
}

function incidentName({ cause, firedVerdict, diagnosis }: IncidentNews): string {
  if (cause !== 'shift') return CAUSE_NAMES[cause];
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'none' ? 'shift' : shiftIncident(verdict);
}

function badge({ kind, diagnosis, correction, overTypes }: IncidentNews): string {
  if (overTypes !== undefined) return 'Partly over';
  if (correction !== undefined) {
    return `${KIND_WORDS[kind]}: ${VERDICT_WORDS[diagnosis.verdict]}, not ${shiftIncident(correction.told)}`;
  }
  const kinds = diagnosis.types.map((type) => SHIFT_WORDS[type]).join(' and ');
  const says = kind === 'firing' || kind === 'reminder';
  if (kind === 'firing' && kinds === '') return `${KIND_WORDS.firing}: ${TOLD_WORDS.performance_loss}`;
  return says && kinds !== '' ? `${KIND_WORDS[kind]}: ${kinds}` : KIND_WORDS[kind];
}

function tone({ kind, diagnosis }: IncidentNews): Tone {
  if (kind === 'resolved' || (kind === 'corrected' && diagnosis.verdict === 'none')) return 'good';
  return diagnosis.advice === 'fix_pipeline' || diagnosis.advice === 'retrain' ? 'alarm' : 'warn';
}

/** What to do now, and what becomes of what was advised of a part that is over. */
function adviceWords(news: IncidentNews, timeZone: string): AdviceWords | null {
  if (news.kind === 'resolved') return resolvedAdvice(news, timeZone);
  const words = adviceNow(news, timeZone);
  const left = aftermath(news.overTypes ?? [], news, timeZone);
  return words === null || left === '' ? words : { ...words, text: `${words.text} ${left}` };
}

/** What was done for a kind of which it is not known whether it is over. */
function stands(kinds: readonly string[]): string {
  return kinds.every((kind) => kind === 'label shift')
    ? 'a re-weighting or a threshold made for it stands'
    : 'what was advised of it stands';
}

/** What to do depends on what moved, too: a loss under moved inputs does not mean that their relation to the outcome has changed. */
function adviceNow(news: IncidentNews, timeZone: string): AdviceWords | null {
  const { advice, types, verdict } = news.diagnosis;
  if (advice === 'watch' && verdict === 'undetermined') return UNTOLD_ADVICE;
  if (news.kind === 'reminder' && verdict === 'none') return WAIT_ADVICE;
  const left =
    news.kind === 'reminder' && verdict === 'covariate_shift' && advice === 'watch'
      ? kindsNotShown(news)
      : [];
  if (left.length > 0)
    return {
      title: 'Watch',
      text: `The inputs are moved still. Whether the ${left.join(' and ')} is over is not known: ${stands(left)} until labels tell.`,
    };
  const words = advice === 'retrain' && !types.includes('concept_drift') ? LOSS_ADVICE : ADVICE_WORDS[advice];
  if (advice === 'watch' && isSomeFigureWorse(news)) return WORSE_FIGURES_ADVICE;
  if (words === null || advice !== 'retrain') return words;
  const { later, kind, after } = news;
  // Rows of before it would teach the old relation once more.
  const rows =
    later?.types.includes('concept_drift') === true
      ? `data labelled since ${formatTime(later.sinceMs, timeZone)}`
      : 'recent labelled data';
  const text = words.text.replace('recent labelled data', rows);
  return kind === 'reminder' && after !== undefined
    ? { title: UNLESS_OVER, text: `${LOOK_FIRST} ${text}` }
    : { ...words, text };
}

function isSomeFigureWorse({ performance }: IncidentNews): boolean {
  return Object.entries(performance?.metrics ?? {}).some(([name, figure]) => mayBeWorse(name, figure));
}

const WORSE_FIGURES_ADVICE: AdviceWords = {
  title: 'Watch',
  text: 'The inputs have moved, and by some figures the predictions may have become worse, though not certainly. Nothing to repair tonight; look again with the next labels.',
};

const LOSS_ADVICE: AdviceWords = {
  title: 'Retrain',
  text: 'Rows come now on which the model is worse. Train it on recent labelled data that has them; until then treat its predictions with care.',
};

const LOOK_FIRST = 'It may be over: look at the newest labelled windows first.';

const WAIT_ADVICE: AdviceWords = {
  title: 'Wait',
  text: 'The newest window shows none of it. The incident is over when enough windows in a row do not.',
};

const UNTOLD_ADVICE: AdviceWords = {
  title: 'Watch',
  text: 'Something moved, and the rows do not tell what. Look at what is below before anything is repaired or retrained.',
};

const CORRECTED_INCIDENT: Readonly<Record<NonNullable<IncidentNews['correction']>['incident'], string>> = {
  withdrawn: 'withdrawn, none of its windows shows a shift any more',
  open: 'still open, other windows show a shift',
  over: 'ended before',
};

function facts(news: IncidentNews, timeZone: string): Fact[] {
  const { kind, diagnosis, correction, overByMs, sinceMs, windowStartMs, windowEndMs } = news;
  const lines: Fact[] = [];
  if (kind === 'resolved' && overByMs !== undefined) {
    lines.push(['Lasted', `${formatDuration(overByMs - sinceMs)}, until ${formatTime(overByMs, timeZone)}`]);
  }
  lines.push(['Since', sinceWhen(news, timeZone)]);
  if (correction !== undefined) {
    lines.push(['Reported', shiftIncident(correction.told)]);
    lines.push(['Incident', CORRECTED_INCIDENT[correction.incident]]);
  }
  const isShift = news.cause === 'shift';
  const began = kind === 'resolved' || !isShift ? null : beganLine(diagnosis.time_pattern, timeZone);
  // Of the features: what labels showed later has no such course.
  const ofFeatures = kindsBegunLater(news).length > 0 ? ' (the inputs)' : '';
  if (began !== null) lines.push(['Began', `${began}${ofFeatures}`]);
  const { judged } = news;
  const span = formatSpan(judged?.sinceMs ?? windowStartMs, windowEndMs, timeZone);
  const together = judged === undefined ? '' : `, ${formatCount(judged.windows)} together`;
  const rows = `${formatCount(judged?.rows ?? news.rows)} rows`;
  lines.push([judged === undefined ? 'Window' : 'Windows', `${span}${together}, ${rows}`]);
  const { silent = [] } = news;
  if (silent.length > 0) lines.push(['Silent', `${silentLine(silent, timeZone)}: no predictions came`]);
  const after = kind === 'reminder' ? afterIt(news, timeZone) : null;
  if (after !== null) lines.push(['After that', after]);
  // Of what did not come nothing was judged.
  if (news.cause !== 'no_data') lines.push(['Judged', judgedBy(news)]);
  if (isShift && diagnosis.verdict !== 'none' && diagnosis.verdict !== 'undetermined') {
    lines.push(['Confidence', formatShare(diagnosis.confidence)]);
  }
  if (isShift && diagnosis.not_tested.length > 0) {
    const kinds = diagnosis.not_tested.map((type) => SHIFT_WORDS[type]).join(', ');
    lines.push([
      'Not tested',
      `${kinds} (${news.performance === null ? 'needs labels' : 'not with the labels that are in'})`,
    ]);
  }
  lines.push(...personFacts(news, timeZone));
  const muted = mutedLine(news.muted ?? []);
  if (muted !== null) lines.push(['Muted', muted]);
  return lines;
}

/** Figures of labels may stand below a verdict that is none on them. */
function judgedBy({ series, performance }: IncidentNews): string {
  const hasLabels = performance !== null && performance.labelled.current > 0;
  return series === 'closed' && hasLabels ? EARLY_LABELS : SERIES_WORDS[series];
}

const EARLY_LABELS =
  'inputs and predictions; the labels so far are counted below, and judged when they are mature';

/** `1 Mar 2026 00:00 UTC, 3 windows in a row`, or of what began one after the other when each did. */
function sinceWhen(news: IncidentNews, timeZone: string): string {
  const { sinceMs, windowsInARow, diagnosis, later, overTypes } = news;
  const since = formatTime(sinceMs, timeZone);
  const added = kindsBegunLater(news);
  if (added.length > 0 && later !== undefined) {
    const first = diagnosis.types.filter((type) => !added.includes(type));
    return `${since} (${inWords(first)}), ${formatTime(later.sinceMs, timeZone)} (${inWords(added)})`;
  }
  // The window at hand is of what is over; the count is of what goes on, whose windows may be days ahead of it.
  if (windowsInARow === 0 || overTypes !== undefined) return since;
  return `${since}, ${windowsInARow === 1 ? '1 window' : `${formatCount(windowsInARow)} windows in a row`}`;
}

/** A reminder that is the one before again should say why. */
function afterIt(news: IncidentNews, timeZone: string): string | null {
  const { after, series } = news;
  if (after === undefined) return null;
  const windows = after.windows === 1 ? '1 window' : `${formatCount(after.windows)} windows`;
  const of = series === 'matured' ? ' with labels' : '';
  const added = kindsBegunLater(news);
  const shows = after.windows === 1 ? 'does not show' : 'do not show';
  const what = added.length > 0 ? `the ${inWords(added)}` : 'it';
  return `${windows}${of} up to ${formatTime(after.untilMs, timeZone)} ${shows} ${what} by ${after.windows === 1 ? 'itself' : 'themselves'}, too little to tell whether it goes on`;
}

/** Who reads that everything else is well should know what is left out. */
function mutedLine(muted: NonNullable<IncidentNews['muted']>): string | null {
  if (muted.length === 0) return null;
  const shown = muted
    .slice(0, MAX_MUTED)
    .map(
      ({ feature, reason, by }) =>
        `${displayText(feature, 60)} (${MUTED_WORDS[reason]}: ${displayText(by, 60)})`,
    );
  const more = muted.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function retrainLine({ retrain }: IncidentNews): string | null {
  if (retrain === null || retrain.reason === 'not_configured') return null;
  const because = displayText(retrainReason(retrain.reason), 200);
  return retrain.state === 'not_requested'
    ? `Not requested: ${because}.`
    : `${capital(displayText(retrain.state.replaceAll('_', ' ')))}: ${because}.`;
}

function sentBecause({ decisionReason: reason, nextReminderAtMs }: IncidentNews, timeZone: string): string[] {
  const sent = `Sent because ${decisionReason(reason)}.`;
  if (nextReminderAtMs === null) return [sent];
  return [sent, `Next reminder: ${formatTime(nextReminderAtMs, timeZone)}, unless it resolves before.`];
}
