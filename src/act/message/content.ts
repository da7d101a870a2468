import type { InsteadOf, Notification } from '../../core/jobs.ts';
import { displayText } from '../../words/display-text.ts';
import type { FigureBlock } from '../../words/figure-lines.ts';
import { formatShortTime } from '../../words/format.ts';
import { type AdviceWords, INSTEAD_WORDS, KIND_WORDS } from '../../words/words.ts';
import type { VerdictStyle } from '../../words/tokens.ts';
import type { VerdictMark } from '../../words/verdict-mark.ts';
import type { MovedFeature } from './moved-features.ts';
import { newsUrl } from './news-link.ts';

export type Tone = 'alarm' | 'warn' | 'notice' | 'good';

export interface PerformanceLine {
  readonly metric: string;
  readonly change: string;
  readonly note: string;
}

export type Fact = readonly [label: string, value: string];

/** One model version of a digest, and a row for each of its incidents. */
export interface DigestBlock {
  readonly title: string;
  readonly rows: readonly DigestRow[];
}

export interface DigestRow {
  readonly name: string;
  readonly mark: string;
  /** The colour of the mark. */
  readonly style: VerdictStyle;
  readonly lines: readonly string[];
  /** To its page; null or absent: there is none. */
  readonly link?: string | null;
}

/** What a mail says, before it is text or HTML. Nothing in here is markup, everything is one line. */
export interface MessageContent {
  readonly subject: string;
  readonly tone: Tone;
  /** Of the verdict it is about; null: it is about none, or that is over. */
  readonly mark: VerdictMark | null;
  readonly badge: string;
  readonly subjectOf: string;
  /** What, since when, how sure, what to do. */
  readonly headline: string;
  /** The finding with its figures; null where the headline says all. */
  readonly summary: string | null;
  readonly advice: AdviceWords | null;
  readonly facts: readonly Fact[];
  readonly moved: readonly MovedFeature[];
  /** What the figures of what moved compare. */
  readonly movedLegend: string;
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

export interface ContentOptions {
  /** Null: no link. */
  readonly publicUrl: string | null;
  readonly timeZone: string;
  /** When it is read, where that is known. */
  readonly nowMs?: number | undefined;
}

/**
 * What every message says. Its subject is the same for every mail of an incident, because mail programs thread by it: no
 * numbers, and no state but that it is over, which an inbox has to show.
 */
export function plainContent(
  news: Notification,
  { name, windowId = null }: { readonly name: string; readonly windowId?: string | null | undefined },
  { publicUrl, timeZone }: ContentOptions,
): Omit<MessageContent, 'tone' | 'headline'> {
  const segment = news.about === 'incident' ? news.segment : '';
  const version = `${displayText(news.model, 60)} ${displayText(news.modelVersion, 40)}`;
  const subjectOf = segment === '' ? version : `${version} [${displayText(segment, 60)}]`;
  return {
    subject: `[shiftwatch] ${news.kind === 'resolved' ? 'Resolved: ' : ''}${subjectOf}: ${name} since ${formatShortTime(news.sinceMs, timeZone)}`,
    mark: null,
    badge: KIND_WORDS[news.kind],
    subjectOf,
    summary: null,
    advice: null,
    facts: news.insteadOf === undefined ? [] : [['Instead of', insteadLine(news.insteadOf)]],
    moved: [],
    movedLegend: '',
    moreMoved: 0,
    performance: [],
    performanceNote: '',
    figures: [],
    evidence: [],
    retrain: null,
    digest: [],
    footer: [
      `Incident ${displayText(news.incidentId)}${windowId === null ? '' : ` · window ${displayText(windowId)}`}`,
    ],
    link: newsUrl(publicUrl, news),
  };
}

function insteadLine({ channel, reason, detail }: InsteadOf): string {
  return `${displayText(channel, 60)}: ${INSTEAD_WORDS[reason]}${detail === '' ? '' : ` (${displayText(detail, 160)})`}`;
}
