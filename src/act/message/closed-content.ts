import type { IncidentNews } from '../../core/jobs.ts';
import { displayText } from '../../words/display-text.ts';
import { formatShortTime, formatTime } from '../../words/format.ts';
import type { Fact, MessageContent } from './content.ts';

const MOST_OF_A_NAME = 40;
const MOST_OF_A_COMMENT = 300;

/** What a message says of what no window has ended: that it is closed is no finding, and nothing is known to be over. */
export function closedContent(
  { byHand, sinceMs, modelVersion }: IncidentNews,
  timeZone: string,
): Partial<Pick<MessageContent, 'badge' | 'headline' | 'summary' | 'advice'>> {
  if (byHand === undefined) return {};
  const by = displayText(byHand.by, MOST_OF_A_NAME);
  const since = `since ${formatShortTime(sinceMs, timeZone)}`;
  if (byHand.replacedBy !== undefined)
    return {
      badge: 'Resolved: replaced',
      headline: `Version ${displayText(byHand.replacedBy, MOST_OF_A_NAME)} has replaced version ${displayText(modelVersion, MOST_OF_A_NAME)}: what it showed ${since} is closed.`,
      summary: null,
      advice: null,
    };
  return byHand.isExpected
    ? {
        badge: 'Resolved: expected',
        headline: `Expected, says ${by}: what shows ${since} is told no more.`,
        summary: null,
        advice: null,
      }
    : {
        badge: 'Resolved by hand',
        headline: `Closed by ${by}: what shows ${since} is told again if it goes on.`,
        summary: null,
        advice: null,
      };
}

/** What people have said of this incident, or of the one that it shows again. */
export function personFacts({ byHand, follows }: IncidentNews, timeZone: string): Fact[] {
  const facts: Fact[] = [];
  if (byHand !== undefined && byHand.comment !== '')
    facts.push([commentName(byHand), displayText(byHand.comment, MOST_OF_A_COMMENT)]);
  if (follows !== undefined && follows !== null) {
    const by = displayText(follows.by, MOST_OF_A_NAME);
    facts.push([
      'Again',
      `incident ${displayText(follows.id)}, which ${by} closed on ${formatTime(follows.atMs, timeZone)}, shows again`,
    ]);
  }
  return facts;
}

function commentName({ isExpected, replacedBy }: NonNullable<IncidentNews['byHand']>): string {
  if (replacedBy !== undefined) return 'Outcome';
  return isExpected ? 'Expected' : 'Comment';
}
