import { markdownText } from '../../../words/markdown-text.ts';
import { wholeNumber } from '../../../words/page-format.ts';
import type { ReportPart, ReportTable } from '../comparison-report.ts';

/** A part of the report of which rows can be left out, from the last on. */
export interface ReportBlock {
  readonly open: string;
  readonly rows: readonly string[];
  readonly close: string;
  /** Rows that are not among these. */
  readonly more: number;
}

const LONGEST_CELL = 120;
export const LONGEST_SENTENCE = 600;
const LONGEST_NOTE = 80;

export const sentence = (text: string): string => markdownText(text, LONGEST_SENTENCE);

/** Null without sentences. */
export function listBlock(sentences: readonly string[]): ReportBlock | null {
  if (sentences.length === 0) return null;
  return { open: '', rows: sentences.map((each) => `- ${sentence(each)}`), close: '', more: 0 };
}

/** Null without rows. A column without a heading and without a word is left out. */
export function tableBlock(
  { headings, lines }: ReportTable,
  most = Infinity,
  longest = LONGEST_CELL,
): ReportBlock | null {
  if (lines.length === 0) return null;
  const cells = lines.map((line) => line.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
  const used = headings.flatMap((heading, at) =>
    heading !== '' || cells.some((line) => (line[at] ?? '') !== '') ? [at] : [],
  );
  const row = (line: readonly string[]): string =>
    `| ${used.map((at) => markdownText(line[at] ?? '', longest)).join(' | ')} |`;
  return {
    open: `${row(headings)}\n|${' --- |'.repeat(used.length)}\n`,
    rows: cells.slice(0, most).map(row),
    close: '',
    more: Math.max(0, lines.length - most),
  };
}

export function partBlock(part: ReportPart): ReportBlock | null {
  if (typeof part !== 'string') return tableBlock(part);
  return part === '' ? null : { open: '', rows: [sentence(part)], close: '', more: 0 };
}

/** Blocks behind a line to be opened; none where there are none. */
export function folded(title: string, blocks: readonly (ReportBlock | null)[]): ReportBlock[] {
  const inside = blocks.filter((block) => block !== null);
  return inside.map((block, at) => ({
    ...block,
    open: `${at === 0 ? `<details><summary>${sentence(title)}</summary>\n\n` : ''}${block.open}`,
    close: `${block.close}${at === inside.length - 1 ? '\n</details>\n' : ''}`,
  }));
}

/**
 * The blocks within so many letters: of the last as many rows are left out as need be, then of the one before it. What is left
 * out is counted where it stood.
 */
export function fittingText(blocks: readonly ReportBlock[], maxLength: number): string {
  const texts = blocks.map((block) => blockText(block, block.rows.length));
  let over = texts.join('\n').length - maxLength;
  for (let at = blocks.length - 1; at >= 0 && over > 0; at--) {
    const [block, whole = ''] = [blocks[at], texts[at]];
    if (block === undefined || block.rows.length === 0) continue;
    const kept = rowsWithin(block, whole.length - over);
    const text = blockText(block, kept);
    over -= whole.length - text.length;
    texts[at] = text;
  }
  return texts.join('\n');
}

/** How many rows a block may have to be no longer than this. */
function rowsWithin(block: ReportBlock, maxLength: number): number {
  let left = maxLength - block.open.length - block.close.length - LONGEST_NOTE;
  return block.rows.findIndex((row) => (left -= row.length + 1) < 0);
}

function blockText({ open, rows, close, more }: ReportBlock, kept: number): string {
  const left = more + rows.length - kept;
  const why = kept < rows.length ? ', left out to fit into a comment' : '';
  const note = left === 0 ? '' : `\n… and ${wholeNumber(left)} more${why}\n`;
  return `${open}${rows
    .slice(0, kept)
    .map((row) => `${row}\n`)
    .join('')}${note}${close}`;
}
