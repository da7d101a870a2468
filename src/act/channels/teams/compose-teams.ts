import { ok } from '../../../core/result.ts';
import type { DigestRow } from '../../message/content.ts';
import { messageContent } from '../../message/message-content.ts';
import { movedLine } from '../../message/moved-features.ts';
import { type ComposeCall, jsonCall } from '../posted-channel.ts';

const MAX_MOVED = 8;
const COLORS = { alarm: 'Attention', warn: 'Warning', notice: 'Accent', good: 'Good' } as const;

/** An adaptive card for a Microsoft Teams workflow ("when a Teams webhook request is received"). */
export const teamsCall: ComposeCall = (notification, { url }, { publicUrl, timeZone }) => {
  const content = messageContent(notification, { publicUrl, timeZone });
  const text = (words: string, rest: object = {}): object => ({
    type: 'TextBlock',
    text: escaped(words),
    wrap: true,
    ...rest,
  });
  const moved = content.moved.slice(0, MAX_MOVED);
  const body = [
    text(`${content.badge} · ${content.subjectOf}`, {
      size: 'Medium',
      weight: 'Bolder',
      color: COLORS[content.tone],
    }),
    text(content.headline, { weight: 'Bolder' }),
    ...(content.summary === null ? [] : [text(content.summary)]),
    ...(content.advice === null ? [] : [text(`${content.advice.title}. ${content.advice.text}`)]),
    factSet(content.facts),
    ...content.digest.flatMap(({ title, rows }) => [text(title, { weight: 'Bolder' }), digestFacts(rows)]),
    ...(moved.length === 0 ? [] : [factSet(moved.map((feature) => [feature.name, movedLine(feature)]))]),
    ...content.evidence.map((line) => text(line, { isSubtle: true, spacing: 'Small' })),
    ...content.figures.map(({ title, lines }) =>
      text(`${title}. ${lines.join(' · ')}`, { spacing: 'Small' }),
    ),
    ...(content.retrain === null ? [] : [text(`Retraining. ${content.retrain}`)]),
    text(content.footer.join(' · '), { isSubtle: true, size: 'Small' }),
  ];
  const actions =
    content.link === null ? [] : [{ type: 'Action.OpenUrl', title: 'Open shiftwatch', url: content.link }];
  return ok(
    jsonCall(url, {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body,
            actions,
          },
        },
      ],
    }),
  );
};

/** Each leads to its incident. */
function digestFacts(rows: readonly DigestRow[]): object {
  return {
    type: 'FactSet',
    facts: rows.map(({ name, mark, lines, link = null }) => ({
      title: escaped(`${name} (${mark})`),
      value: `${escaped(lines.join(' '))}${link === null ? '' : ` [Open](${link})`}`,
    })),
  };
}

function factSet(facts: readonly (readonly [string, string])[]): object {
  return {
    type: 'FactSet',
    facts: facts.map(([title, value]) => ({ title: escaped(title), value: escaped(value) })),
  };
}

/** Text blocks know a little Markdown: what a log calls itself is shown, not obeyed. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_[\]()~`#<>]/g, String.raw`\$&`);
}
