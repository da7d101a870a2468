import type { DigestBlock, DigestRow, MessageContent } from '../../message/content.ts';

/** The plain part: the same content in the same order, readable in a terminal; of pictures, what they say. */
export function mailText(
  content: MessageContent,
  unsubscribeUrl: string | null,
  course: string | null,
): string {
  const blocks = [
    [content.badge.toUpperCase(), content.subjectOf],
    [content.headline],
    content.summary === null ? [] : [content.summary],
    content.advice === null ? [] : [`WHAT TO DO: ${content.advice.title}`, content.advice.text],
    content.facts.map(([label, value]) => `${`${label}:`.padEnd(12)}${value}`),
    course === null ? [] : ['COURSE', course],
    ...content.digest.map(digestBlock),
    movedBlock(content),
    performanceBlock(content),
    ...content.figures.map(({ title, lines }) => [title.toUpperCase(), ...lines.map((line) => `- ${line}`)]),
    content.evidence.length === 0 ? [] : ['WHY', ...content.evidence.map((line) => `- ${line}`)],
    content.retrain === null ? [] : ['RETRAINING', content.retrain],
    content.link === null ? [] : [content.link],
    [
      '--',
      ...content.footer,
      ...(unsubscribeUrl === null ? [] : [`No more of these mails: ${unsubscribeUrl}`]),
    ],
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function movedBlock({ moved, movedLegend, moreMoved }: MessageContent): string[] {
  if (moved.length === 0) return [];
  const features = moved.flatMap(rowLines);
  return ['WHAT MOVED', movedLegend, ...features, ...(moreMoved > 0 ? [`  and ${moreMoved} more`] : [])];
}

function digestBlock({ title, rows }: DigestBlock): string[] {
  // A model's name, which is another one in capitals.
  return [title, ...rows.flatMap(rowLines)];
}

function rowLines({ name, mark, lines, link = null }: Omit<DigestRow, 'style'>): string[] {
  const all = link === null ? lines : [...lines, link];
  return [mark === '' ? `- ${name}` : `- ${name} (${mark})`, ...all.map((line) => `    ${line}`)];
}

function performanceBlock({ performance, performanceNote }: MessageContent): string[] {
  if (performance.length === 0) return [];
  const width = Math.max(...performance.map(({ metric }) => metric.length)) + 2;
  const lines = performance.map(({ metric, change, note }) => {
    return `  ${metric.padEnd(width)}${change}${note === '' ? '' : ` (${note})`}`;
  });
  return ['PERFORMANCE', ...lines, performanceNote];
}
