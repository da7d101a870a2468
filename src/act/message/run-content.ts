import type { RunKind, RunNews } from '../../core/jobs.ts';
import type { RetrainOutcomeKind } from '../../core/retrain/retrain.ts';
import { capital, displayText } from '../../words/display-text.ts';
import { formatCount, formatSpan, formatTime } from '../../words/format.ts';
import { ADVICE_WORDS, type AdviceWords, OUTCOME_WORDS, retrainReason } from '../../words/words.ts';
import { type ContentOptions, type Fact, type MessageContent, plainContent, type Tone } from './content.ts';
import { evidenceLines, performanceContent } from './finding-content.ts';
import { incidentState } from './incident-key.ts';

const TONES = { open: 'alarm', over: 'good', untouched: 'notice' } as const;

const OUTCOME_TONES: Readonly<Record<RetrainOutcomeKind, Tone>> = {
  fixed: 'good',
  not_fixed: 'warn',
  worse: 'alarm',
  kept: 'good',
  too_early: 'notice',
  undecided: 'notice',
};

/** Of runs that were not sent: they wait for somebody, have expired, or were a rehearsal. */
const HEADLINES: Partial<Record<RunKind, string>> = {
  retrain_awaiting_approval:
    'A retraining is wanted, and waits for somebody to approve it. Nothing has been sent yet.',
  retrain_expired: 'Nobody approved this retraining in time. Nothing was sent.',
  retrain_dry_run: 'A retraining would have been asked for now. It is a dry run: nothing was sent.',
};

/** What is said about a run of retraining. */
export function runContent(news: RunNews, options: ContentOptions): MessageContent {
  const { window } = news;
  const outcome = news.run?.outcome ?? null;
  const plain = plainContent(news, { name: 'retraining', windowId: window?.id ?? null }, options);
  return {
    ...plain,
    tone: outcome === null ? TONES[incidentState(news)] : OUTCOME_TONES[outcome],
    badge: outcome === null ? plain.badge : OUTCOME_WORDS[outcome],
    headline: displayText(headline(news), 400),
    advice: adviceOf(news),
    facts: [...plain.facts, ...facts(news, options.timeZone)],
    ...performanceContent(news),
    evidence: evidenceLines(news.evidence),
  };
}

function headline({ kind, run, retrain, summary }: RunNews): string {
  if (run !== undefined) return run.says;
  return kind === 'retrain_failed'
    ? `Nobody is retraining: the training pipeline did not take the request. ${capital(retrain.reason)}.`
    : (HEADLINES[kind] ?? summary);
}

function adviceOf({ kind, run, advice }: RunNews): AdviceWords | null {
  if (run === undefined) return kind === 'retrain_failed' ? null : ADVICE_WORDS[advice];
  const title = kind === 'retrain_outcome' ? 'Look at the new version' : 'Look at the run';
  return run.next === null ? null : { title, text: displayText(run.next, 400) };
}

function facts(news: RunNews, timeZone: string): Fact[] {
  const { window, run } = news;
  const lines: Fact[] = [
    ['Asked for', formatTime(news.sinceMs, timeZone)],
    ['Because', displayText(retrainReason(news.decisionReason), 200)],
  ];
  if (window !== null) lines.push(['Window', formatSpan(window.startMs, window.endMs, timeZone)]);
  if (run !== undefined && run.newVersion !== null) {
    lines.push(['Gave', `version ${displayText(run.newVersion, 60)}`]);
  }
  return [...lines, ['Finding', displayText(news.summary, 400)], ...unsentFacts(news, timeZone)];
}

/** What a person needs to decide on a run. */
function unsentFacts({ kind, runId, expiresAtMs, training }: RunNews, timeZone: string): Fact[] {
  if (!(kind in HEADLINES)) return [];
  const lines: Fact[] = [];
  if (training !== null) {
    const { rows, labels } = training;
    const labelled = labels === null ? '' : `, ${formatCount(labels)} of them labelled`;
    lines.push(['Data', `${formatCount(rows)} rows of production${labelled}`]);
  }
  if (kind !== 'retrain_awaiting_approval') return lines;
  if (expiresAtMs !== null) lines.push(['Until', formatTime(expiresAtMs, timeZone)]);
  return [
    ...lines,
    ['Approve', `shiftwatch retrain approve ${runId} --by NAME`],
    ['Reject', `shiftwatch retrain reject ${runId} --by NAME`],
    ['API', `POST /api/v1/retrains/${runId}/approve, or …/reject`],
  ];
}
