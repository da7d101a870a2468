import type { Advice } from '../../core/findings.ts';
import type { SystemNews } from '../../core/jobs.ts';
import { displayText } from '../../words/display-text.ts';
import { formatTime } from '../../words/format.ts';
import { ADVICE_WORDS } from '../../words/words.ts';
import { type ContentOptions, type MessageContent, plainContent, type Tone } from './content.ts';

interface SystemWords {
  readonly name: string;
  readonly tone: Tone;
  readonly advice: Advice;
}

export const SYSTEM_NEWS: Readonly<Record<SystemNews['about'], SystemWords>> = {
  log: { name: 'events missing', tone: 'alarm', advice: 'fix_pipeline' },
  endpoint: { name: 'gone', tone: 'alarm', advice: 'none' },
  test: { name: 'test', tone: 'notice', advice: 'none' },
};

/** News that are one sentence and a moment. */
export function systemContent(news: SystemNews, options: ContentOptions): MessageContent {
  const { name, tone, advice } = SYSTEM_NEWS[news.about];
  const plain = plainContent(news, { name }, options);
  return {
    ...plain,
    tone,
    headline: displayText(news.summary, 400),
    advice: ADVICE_WORDS[advice],
    facts: [...plain.facts, ['Since', formatTime(news.sinceMs, options.timeZone)]],
  };
}
