import type { Maturity, Performance, PerformanceMetric } from '../../core/findings.ts';
import type { Notification } from '../../core/jobs.ts';
import { displayText } from './display-text.ts';
import {
  ADVICE_WORDS,
  decisionReason,
  KIND_WORDS,
  MUTED_WORDS,
  retrainReason,
  SERIES_WORDS,
  SHIFT_WORDS,
  VERDICT_WORDS,
} from './words.ts';
import type { AdviceWords } from './words.ts';
import { CAUSE_NAMES, causeContent, otherCause } from './cause-content.ts';
import { beganLine } from './began-line.ts';
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatP,
  formatShare,
  formatShortTime,
  formatSpan,
  formatTime,
} from './format.ts';
import { movedFeatures } from './moved-features.ts';
import type { MovedFeature } from './moved-features.ts';

export type Tone = 'alarm' | 'warn' | 'notice' | 'good';

export interface PerformanceLine {
  readonly metric: string;
  readonly change: string;
  readonly note: string;
}

export const MOVED_LEGEND = 'Shares of rows: training → this window.';

/** What a mail says, before it is text or HTML. Nothing in here is markup, everything is one line. */
export interface MessageContent {
  readonly subject: string;
  readonly tone: Tone;
  readonly badge: string;
  readonly subjectOf: string;
  readonly headline: string;
  readonly advice: AdviceWords | null;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly moved: readonly MovedFeature[];
  /** How many more moved than are shown. */
  readonly moreMoved: number;
  readonly performance: readonly PerformanceLine[];
  readonly performanceNote: string;
  readonly evidence: readonly string[];
  readonly retrain: string | null;
  readonly footer: readonly string[];
  readonly link: string | null;
}

const MAX_METRICS = 6;
const MAX_EVIDENCE = 5;
const MAX_BREACHES = 3;
const MAX_MUTED = 3;

export function messageContent(
  notification: Notification,
  options: { readonly publicUrl: string | null; readonly timeZone: string },
): MessageContent {
  const { diagnosis, kind } = notification;
  const { shown, total } = movedFeatures(notification.features, diagnosis.faults);
  const resolved = kind === 'resolved';
  const other = otherCause(notification);
  return {
    subject: subject(notification, options.timeZone),
    tone: tone(notification),
    badge: badge(notification),
    subjectOf: subjectOf(notification),
    headline: displayText(headline(notification), 400),
    advice: resolved || kind === 'retrain_failed' ? null : ADVICE_WORDS[diagnosis.advice],
    facts: facts(notification, options.timeZone),
    moved: resolved ? [] : shown,
    moreMoved: resolved ? 0 : total - shown.length,
    performance: performanceLines(notification.performance),
    performanceNote: performanceNote(notification.performance),
    evidence: resolved
      ? []
      : [...(other === null ? evidenceLines(notification) : []), ...operationLines(notification)],
    retrain: retrainLine(notification),
    footer: footer(notification, options.timeZone),
    link: options.publicUrl,
    ...(other !== null && causeContent(notification, other, options.timeZone)),
  };
}

/** The same for every mail of an incident, because mail programs thread by it: no state, no numbers. */
function subject(notification: Notification, timeZone: string): string {
  const since = formatShortTime(notification.sinceMs, timeZone);
  return `[shiftwatch] ${subjectOf(notification)}: ${incidentName(notification)} since ${since}`;
}

function subjectOf({ model, modelVersion, segment }: Notification): string {
  const name = `${displayText(model, 60)} ${displayText(modelVersion, 40)}`;
  return segment === '' ? name : `${name} [${displayText(segment, 60)}]`;
}

function incidentName(notification: Notification): string {
  const { kind, diagnosis, firedVerdict } = notification;
  const other = otherCause(notification);
  if (other !== null) return CAUSE_NAMES[other];
  if (kind === 'retrain_failed' || kind === 'retrain_requested') return 'retraining';
  if (kind === 'log_incident') return 'events missing';
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'none' || verdict === 'undetermined' ? 'shift' : VERDICT_WORDS[verdict];
}

function badge({ kind, diagnosis, correction }: Notification): string {
  if (kind === 'corrected' && correction !== undefined) {
    return `${KIND_WORDS.corrected}: ${VERDICT_WORDS[diagnosis.verdict]}, not ${VERDICT_WORDS[correction.told]}`;
  }
  const kinds = diagnosis.types.map((type) => SHIFT_WORDS[type]).join(' and ');
  const says = kind === 'firing' || kind === 'reminder';
  return says && kinds !== '' ? `${KIND_WORDS[kind]}: ${kinds}` : KIND_WORDS[kind];
}

function tone({ kind, diagnosis }: Notification): Tone {
  if (kind === 'resolved' || (kind === 'corrected' && diagnosis.verdict === 'none')) return 'good';
  if (kind === 'retrain_failed' || kind === 'log_incident') return 'alarm';
  if (kind === 'retrain_requested') return 'notice';
  return diagnosis.advice === 'fix_pipeline' || diagnosis.advice === 'retrain' ? 'alarm' : 'warn';
}

function headline({ kind, diagnosis, retrain, correction }: Notification): string {
  if (kind === 'corrected' && correction !== undefined) {
    return `Correction: this window was reported as ${VERDICT_WORDS[correction.told]}. With what has come since: ${diagnosis.summary}`;
  }
  if (kind === 'retrain_failed' && retrain !== null) {
    return `Nobody is retraining: the training pipeline did not take the request. ${capital(retrain.reason)}.`;
  }
  return diagnosis.summary;
}

const CORRECTED_INCIDENT: Readonly<Record<NonNullable<Notification['correction']>['incident'], string>> = {
  withdrawn: 'withdrawn, none of its windows shows a shift any more',
  open: 'still open, other windows show a shift',
  over: 'ended before',
};

function facts(notification: Notification, timeZone: string): (readonly [string, string])[] {
  const { kind, diagnosis, sinceMs, windowStartMs, windowEndMs, windowId } = notification;
  if (kind === 'retrain_failed' || kind === 'retrain_requested') return retrainFacts(notification, timeZone);
  const lines: (readonly [string, string])[] = [];
  if (kind === 'resolved') {
    lines.push(['Lasted', `${formatDuration(windowEndMs - sinceMs)}, until the last clean window`]);
  }
  if (notification.windowsInARow > 0) {
    const count = notification.windowsInARow;
    const windows = count === 1 ? '1 window' : `${formatCount(count)} windows in a row`;
    lines.push(['Since', `${formatTime(sinceMs, timeZone)}, ${windows}`]);
  } else {
    lines.push(['Since', formatTime(sinceMs, timeZone)]);
  }
  if (notification.correction !== undefined) {
    lines.push(['Reported', VERDICT_WORDS[notification.correction.told]]);
    lines.push(['Incident', CORRECTED_INCIDENT[notification.correction.incident]]);
  }
  const isShift = otherCause(notification) === null;
  const began = kind === 'resolved' || !isShift ? null : beganLine(diagnosis.time_pattern, timeZone);
  if (began !== null) lines.push(['Began', began]);
  if (windowId !== null) {
    const span = formatSpan(windowStartMs, windowEndMs, timeZone);
    lines.push(['Window', `${span}, ${formatCount(notification.rows)} rows`]);
    lines.push(['Judged', SERIES_WORDS[notification.series]]);
  }
  if (isShift && diagnosis.verdict !== 'none' && diagnosis.verdict !== 'undetermined') {
    lines.push(['Confidence', formatShare(diagnosis.confidence)]);
  }
  if (isShift && diagnosis.not_tested.length > 0) {
    const kinds = diagnosis.not_tested.map((type) => SHIFT_WORDS[type]).join(', ');
    lines.push(['Not tested', `${kinds} (needs labels)`]);
  }
  const muted = mutedLine(notification.muted ?? []);
  if (muted !== null) lines.push(['Muted', muted]);
  return lines;
}

/** Who reads that everything else is well should know what is left out. */
function mutedLine(muted: NonNullable<Notification['muted']>): string | null {
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

function retrainFacts(notification: Notification, timeZone: string): (readonly [string, string])[] {
  const { windowId, windowStartMs, windowEndMs, diagnosis } = notification;
  const lines: (readonly [string, string])[] = [
    ['Asked for', formatTime(notification.sinceMs, timeZone)],
    ['Because', displayText(retrainReason(notification.decisionReason), 200)],
  ];
  if (windowId !== null) lines.push(['Window', formatSpan(windowStartMs, windowEndMs, timeZone)]);
  return [...lines, ['Finding', displayText(diagnosis.summary, 400)]];
}

function performanceLines(performance: Performance | null): PerformanceLine[] {
  if (performance === null) return [];
  return Object.entries(performance.metrics)
    .filter(([, metric]) => metric.current !== null)
    .slice(0, MAX_METRICS)
    .map(([name, metric]) => performanceLine(name, metric));
}

function performanceLine(name: string, { reference, current, interval, p_value }: PerformanceMetric) {
  const now = current === null ? '–' : formatNumber(current);
  const notes: string[] = [];
  if (interval !== null) notes.push(`interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])}`);
  if (p_value !== null) notes.push(formatP(p_value));
  return {
    metric: displayText(name.replaceAll('_', ' '), 40),
    change: reference === null ? now : `${formatNumber(reference)} → ${now}`,
    note: notes.join(', '),
  };
}

function performanceNote(performance: Performance | null): string {
  if (performance === null) return '';
  const { current, share } = performance.labelled;
  const labels = `Training → this window, from ${formatCount(current)} labels (${formatShare(share)} of the predictions${expectedNote(performance.maturity)})`;
  // What was seen before its time may still be complete.
  const isMature = performance.mature || performance.maturity?.state === 'mature';
  const state = isMature ? `${labels}.` : `Provisional: more labels are expected. ${labels}.`;
  return `${state}${biasNote(performance.maturity)}`;
}

function expectedNote(maturity: Maturity | undefined): string {
  if (maturity === undefined || maturity.expected_share === null || maturity.expected_labels === 0) return '';
  const expected = `, ${formatShare(maturity.expected_share)} expected in the end`;
  const [low, high] = maturity.expected_interval ?? [null, null];
  return low === null || high === null
    ? expected
    : `${expected}: ${formatShare(low)} to ${formatShare(high)}`;
}

/** Figures on those who have a label are no figures on all when the two differ. */
function biasNote(maturity: Maturity | undefined): string {
  const bias = maturity?.arrival_bias;
  if (bias === undefined || !bias.biased || bias.feature === null) return '';
  const distance = bias.distance === null ? '' : ` (distance ${formatNumber(bias.distance)})`;
  return ` Labelled rows differ from the others in ${displayText(bias.feature, 60)}${distance}: the figures are about them, not about all.`;
}

function evidenceLines({ diagnosis }: Notification): string[] {
  return diagnosis.evidence.slice(0, MAX_EVIDENCE).map(({ claim, statistic, value, p_value }) => {
    const figures: string[] = [];
    if (value !== null) figures.push(`${displayText(statistic, 40)} ${formatNumber(value)}`);
    if (p_value !== null) figures.push(formatP(p_value));
    const text = displayText(claim, 200);
    return figures.length === 0 ? text : `${text} (${figures.join(', ')})`;
  });
}

/** Whoever is woken for the data should know that the model is also slow, dear or failing. */
function operationLines({ operational }: Notification): string[] {
  return (operational?.breaches ?? [])
    .slice(0, MAX_BREACHES)
    .map(({ claim, p_value }) => `${displayText(capital(claim), 200)} (${formatP(p_value)})`);
}

function retrainLine({ kind, retrain }: Notification): string | null {
  if (retrain === null || retrain.reason === 'not_configured' || kind === 'retrain_failed') return null;
  const because = displayText(retrainReason(retrain.reason), 200);
  return retrain.state === 'not_requested'
    ? `Not requested: ${because}.`
    : `${capital(displayText(retrain.state.replaceAll('_', ' ')))}: ${because}.`;
}

function footer(notification: Notification, timeZone: string): string[] {
  const { nextReminderAtMs, incidentId, windowId } = notification;
  const { kind } = notification;
  const lines =
    kind === 'retrain_failed' || kind === 'retrain_requested' || kind === 'log_incident'
      ? []
      : [`Sent because ${decisionReason(notification.decisionReason)}.`];
  if (nextReminderAtMs !== null) {
    lines.push(`Next reminder: ${formatTime(nextReminderAtMs, timeZone)}, unless it resolves before.`);
  }
  const window = windowId === null ? '' : ` · window ${displayText(windowId)}`;
  lines.push(`Incident ${displayText(incidentId)}${window}`);
  return lines;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
