import { visibleText } from '../../words/visible-text.ts';

/**
 * Rows under headings, in columns as wide as their widest cell. Names from logs are made harmless to terminals.
 *
 * @example textTable(['A', 'B'], [['x', 'long'], ['wide', 'y']]) // 'A     B\nx     long\nwide  y\n'
 */
export function textTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => oneLine(cell)));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map(
      (line) =>
        line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('');
}

/** What a log says must not break a line, in a table or out of it. */
export function oneLine(text: string): string {
  return visibleText(text).replaceAll(/[\n\t]/g, ' ');
}
