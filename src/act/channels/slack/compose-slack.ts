import { ok } from '../../../core/result.ts';
import type { DigestRow } from '../../message/content.ts';
import { messageContent } from '../../message/message-content.ts';
import { movedLine } from '../../message/moved-features.ts';
import { type ComposeCall, jsonCall } from '../posted-channel.ts';

const MAX_SECTION = 2_900;
const MAX_HEADER = 150;
const MAX_MOVED = 8;
const ICONS = {
  alarm: ':red_circle:',
  warn: ':large_orange_circle:',
  notice: ':large_blue_circle:',
} as const;

/** A message for a Slack incoming webhook: blocks, and `text` for notifications and old clients. */
export const slackCall: ComposeCall = (notification, { url }, { publicUrl, timeZone }) => {
  const content = messageContent(notification, { publicUrl, timeZone });
  const icon = content.tone === 'good' ? ':white_check_mark:' : ICONS[content.tone];
  const title = `${content.badge} · ${content.subjectOf}`;
  const facts = content.facts.map(([label, value]) => `*${escaped(label)}:* ${escaped(value)}`);
  const moved = content.moved
    .slice(0, MAX_MOVED)
    .map((feature) => `• *${escaped(feature.name)}* ${escaped(movedLine(feature))}`);
  const sections = [
    `${icon} ${escaped(content.headline)}`,
    content.summary === null ? '' : escaped(content.summary),
    content.advice === null ? '' : `*${escaped(content.advice.title)}.* ${escaped(content.advice.text)}`,
    facts.join('\n'),
    ...content.digest.map(({ title, rows }) => [`*${escaped(title)}*`, ...rows.map(digestLine)].join('\n')),
    moved.join('\n'),
    content.evidence.map((line) => `• ${escaped(line)}`).join('\n'),
    ...content.figures.map(({ title, lines }) => {
      return [`*${escaped(title)}*`, ...lines.map((line) => `• ${escaped(line)}`)].join('\n');
    }),
    content.retrain === null ? '' : `*Retraining.* ${escaped(content.retrain)}`,
  ].filter((text) => text !== '');
  return ok(
    jsonCall(url, {
      text: `${escaped(title)}: ${escaped(content.headline)}`,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title.slice(0, MAX_HEADER) } },
        ...sections.map((text) => ({
          type: 'section',
          text: { type: 'mrkdwn', text: text.slice(0, MAX_SECTION) },
        })),
        {
          type: 'context',
          elements: [{ type: 'mrkdwn', text: escaped(content.footer.join(' · ')).slice(0, MAX_SECTION) }],
        },
        ...(content.link === null
          ? []
          : [
              {
                type: 'actions',
                elements: [
                  {
                    type: 'button',
                    text: { type: 'plain_text', text: 'Open shiftwatch' },
                    url: content.link,
                  },
                ],
              },
            ]),
      ],
    }),
  );
};

function digestLine({ name, mark, lines, link = null }: DigestRow): string {
  const shown = link === null ? escaped(name) : `<${link}|${escaped(name).replaceAll('|', '¦')}>`;
  return `• *${shown}* (${mark}) ${lines.map(escaped).join(' ')}`;
}

/** Slack's three control characters; a name from a log must not mention a channel or make a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
