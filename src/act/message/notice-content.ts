import type { Advice } from '../../core/findings.ts';
import type { Notice } from '../../core/jobs.ts';
import { displayText } from '../../words/display-text.ts';
import { formatTime } from '../../words/format.ts';
import { ADVICE_WORDS } from '../../words/words.ts';
import { type ContentOptions, type MessageContent, plainContent, type Tone } from './content.ts';

interface NoticeWords {
  readonly name: string;
  readonly tone: Tone;
  readonly advice: Advice;
}

export const NOTICES: Readonly<Record<Notice['about'], NoticeWords>> = {
  log: { name: 'events missing', tone: 'alarm', advice: 'fix_pipeline' },
  endpoint: { name: 'gone', tone: 'alarm', advice: 'none' },
  test: { name: 'test', tone: 'notice', advice: 'none' },
};

/** News that are one sentence and a moment. */
export function noticeContent(news: Notice, options: ContentOptions): MessageContent {
  const { name, tone, advice } = NOTICES[news.about];
  const plain = plainContent(news, { name }, options);
  return {
    ...plain,
    tone,
    headline: displayText(news.summary, 400),
    advice: ADVICE_WORDS[advice],
    facts: [...plain.facts, ['Since', formatTime(news.sinceMs, options.timeZone)]],
  };
}
