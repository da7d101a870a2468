import type { Maturity, Performance, PerformanceMetric } from '../../core/findings.ts';
import type { InsteadOf, Notification } from '../../core/jobs.ts';
import type { RetrainOutcomeKind } from '../../core/retrain/retrain.ts';
import { digestContent, type DigestBlock } from './digest-content.ts';
import { displayText } from '../../words/display-text.ts';
import {
  ADVICE_WORDS,
  decisionReason,
  INSTEAD_WORDS,
  isAboutRun,
  KIND_WORDS,
  MUTED_WORDS,
  OUTCOME_WORDS,
  retrainReason,
  SERIES_WORDS,
  SHIFT_WORDS,
  VERDICT_WORDS,
} from '../../words/words.ts';
import type { AdviceWords } from '../../words/words.ts';
import { CAUSE_NAMES, causeContent, otherCause } from './cause-content.ts';
import { beganLine } from './began-line.ts';
import { figureBlocks, isProvisional } from '../../words/figure-lines.ts';
import type { FigureBlock } from '../../words/figure-lines.ts';
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatP,
  formatShare,
  formatShortTime,
  formatSpan,
  formatTime,
} from '../../words/format.ts';
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
  /** Hold-out, groups and operation, where they have something to say. */
  readonly figures: readonly FigureBlock[];
  readonly evidence: readonly string[];
  readonly retrain: string | null;
  /** Of a digest: by model version. Empty in any other message. */
  readonly digest: readonly DigestBlock[];
  readonly footer: readonly string[];
  readonly link: string | null;
}

const MAX_METRICS = 6;
const MAX_EVIDENCE = 5;
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
    advice: adviceOf(notification),
    facts: facts(notification, options.timeZone),
    moved: resolved ? [] : shown,
    moreMoved: resolved ? 0 : total - shown.length,
    performance: performanceLines(notification.performance),
    performanceNote: performanceNote(notification.performance),
    figures: resolved ? [] : figureBlocks(notification.performance, notification.operational),
    evidence: resolved || other !== null ? [] : evidenceLines(notification),
    retrain: retrainLine(notification),
    digest: [],
    footer: footer(notification, options.timeZone),
    link: options.publicUrl,
    ...(other !== null && causeContent(notification, other, options.timeZone)),
    ...(notification.digest !== undefined && digestContent(notification.digest, options.timeZone)),
  };
}

function adviceOf({ kind, diagnosis, run }: Notification): AdviceWords | null {
  if (run !== undefined) {
    const title = kind === 'retrain_outcome' ? 'Look at the new version' : 'Look at the run';
    return run.next === null ? null : { title, text: displayText(run.next, 400) };
  }
  return kind === 'resolved' || kind === 'retrain_failed' ? null : ADVICE_WORDS[diagnosis.advice];
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
  if (isAboutRun(kind)) return 'retraining';
  if (kind === 'log_incident') return 'events missing';
  if (kind === 'endpoint_disabled') return 'gone';
  if (kind === 'test') return 'test';
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'none' || verdict === 'undetermined' ? 'shift' : VERDICT_WORDS[verdict];
}

function badge({ kind, diagnosis, correction, run }: Notification): string {
  if (run !== undefined && run.outcome !== null) return OUTCOME_WORDS[run.outcome];
  if (kind === 'corrected' && correction !== undefined) {
    return `${KIND_WORDS.corrected}: ${VERDICT_WORDS[diagnosis.verdict]}, not ${VERDICT_WORDS[correction.told]}`;
  }
  const kinds = diagnosis.types.map((type) => SHIFT_WORDS[type]).join(' and ');
  const says = kind === 'firing' || kind === 'reminder';
  return says && kinds !== '' ? `${KIND_WORDS[kind]}: ${kinds}` : KIND_WORDS[kind];
}

const OUTCOME_TONES: Readonly<Record<RetrainOutcomeKind, Tone>> = {
  fixed: 'good',
  not_fixed: 'warn',
  worse: 'alarm',
  kept: 'good',
  too_early: 'notice',
  undecided: 'notice',
};

function tone({ kind, diagnosis, run }: Notification): Tone {
  if (run !== undefined && run.outcome !== null) return OUTCOME_TONES[run.outcome];
  if (kind === 'retrain_recovered') return 'good';
  if (kind === 'retrain_silent') return 'alarm';
  if (kind === 'resolved' || (kind === 'corrected' && diagnosis.verdict === 'none')) return 'good';
  if (kind === 'retrain_failed' || kind === 'log_incident' || kind === 'endpoint_disabled') return 'alarm';
  if (isAboutRun(kind) || kind === 'test') return 'notice';
  return diagnosis.advice === 'fix_pipeline' || diagnosis.advice === 'retrain' ? 'alarm' : 'warn';
}

function headline({ kind, diagnosis, retrain, correction, run }: Notification): string {
  if (run !== undefined) return run.says;
  if (kind === 'corrected' && correction !== undefined) {
    return `Correction: this window was reported as ${VERDICT_WORDS[correction.told]}. With what has come since: ${diagnosis.summary}`;
  }
  if (kind === 'retrain_failed' && retrain !== null) {
    return `Nobody is retraining: the training pipeline did not take the request. ${capital(retrain.reason)}.`;
  }
  if (kind === 'retrain_awaiting_approval') {
    return 'A retraining is wanted, and waits for somebody to approve it. Nothing has been sent yet.';
  }
  if (kind === 'retrain_expired') return 'Nobody approved this retraining in time. Nothing was sent.';
  if (kind === 'retrain_dry_run') {
    return 'A retraining would have been asked for now. It is a dry run: nothing was sent.';
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
  if (isAboutRun(kind)) return retrainFacts(notification, timeZone);
  const lines: (readonly [string, string])[] = [];
  if (notification.insteadOf !== undefined) lines.push(['Instead of', insteadLine(notification.insteadOf)]);
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
  const { kind, windowId, windowStartMs, windowEndMs, diagnosis, run } = notification;
  const lines: (readonly [string, string])[] = [
    ...(notification.insteadOf === undefined
      ? []
      : [['Instead of', insteadLine(notification.insteadOf)] as const]),
    ['Asked for', formatTime(notification.sinceMs, timeZone)],
    ['Because', displayText(retrainReason(notification.decisionReason), 200)],
  ];
  if (windowId !== null) lines.push(['Window', formatSpan(windowStartMs, windowEndMs, timeZone)]);
  if (run !== undefined && run.newVersion !== null) {
    lines.push(['Gave', `version ${displayText(run.newVersion, 60)}`]);
  }
  // Of a request it is the headline.
  if (kind !== 'retrain_requested') lines.push(['Finding', displayText(diagnosis.summary, 400)]);
  return [...lines, ...runFacts(notification, timeZone)];
}

/** What a person needs to decide on a run. */
function runFacts({ kind, retrainRun: run }: Notification, timeZone: string): (readonly [string, string])[] {
  if (run === undefined || kind === 'retrain_failed' || kind === 'retrain_requested') return [];
  const lines: (readonly [string, string])[] = [];
  if (run.training !== null) {
    const { rows, labels } = run.training;
    const labelled = labels === null ? '' : `, ${formatCount(labels)} of them labelled`;
    lines.push(['Data', `${formatCount(rows)} rows of production${labelled}`]);
  }
  if (kind !== 'retrain_awaiting_approval') return lines;
  if (run.expiresAtMs !== null) lines.push(['Until', formatTime(run.expiresAtMs, timeZone)]);
  return [
    ...lines,
    ['Approve', `shiftwatch retrain approve ${run.runId} --by NAME`],
    ['Reject', `shiftwatch retrain reject ${run.runId} --by NAME`],
    ['API', `POST /api/v1/retrains/${run.runId}/approve, or …/reject`],
  ];
}

function insteadLine({ channel, reason, detail }: InsteadOf): string {
  return `${displayText(channel, 60)}: ${INSTEAD_WORDS[reason]}${detail === '' ? '' : ` (${displayText(detail, 160)})`}`;
}

function performanceLines(performance: Performance | null): PerformanceLine[] {
  if (performance === null) return [];
  return Object.entries(performance.metrics)
    .filter(([, metric]) => metric.current !== null)
    .sort(([one], [other]) => placeOf(one) - placeOf(other))
    .slice(0, MAX_METRICS)
    .map(([name, metric]) => performanceLine(name, metric));
}

/** What people ask for first; the database keeps metrics in no order. */
const FIRST_METRICS = [
  'accuracy',
  'f1',
  'precision',
  'recall',
  'roc_auc',
  'log_loss',
  'mae',
  'rmse',
  'bias',
  'r2',
];

function placeOf(metric: string): number {
  const place = FIRST_METRICS.indexOf(metric);
  return place === -1 ? FIRST_METRICS.length : place;
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
  const state = isProvisional(performance)
    ? `Provisional: more labels are expected. ${labels}.`
    : `${labels}.`;
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

function retrainLine({ kind, retrain }: Notification): string | null {
  if (retrain === null || retrain.reason === 'not_configured') return null;
  if (isAboutRun(kind) && kind !== 'retrain_requested') return null;
  const because = displayText(retrainReason(retrain.reason), 200);
  return retrain.state === 'not_requested'
    ? `Not requested: ${because}.`
    : `${capital(displayText(retrain.state.replaceAll('_', ' ')))}: ${because}.`;
}

/** News that no decision about windows stands behind. */
const WITHOUT_DECISION: ReadonlySet<Notification['kind']> = new Set([
  'retrain_failed',
  'retrain_requested',
  'log_incident',
  'endpoint_disabled',
  'test',
]);

function footer(notification: Notification, timeZone: string): string[] {
  const { nextReminderAtMs, incidentId, windowId } = notification;
  const { kind } = notification;
  const lines =
    isAboutRun(kind) || WITHOUT_DECISION.has(kind)
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
