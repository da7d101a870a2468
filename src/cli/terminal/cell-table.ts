/** A cell whose colours take no width. */
export type TableCell = string | { readonly text: string; readonly shown: string };

/**
 * Rows under headings, each column as wide as its widest cell.
 *
 * @example cellTable(['A', 'B'], [['x', 'long']]) // 'A  B\nx  long\n'
 */
export function cellTable(headings: readonly string[], rows: readonly (readonly TableCell[])[]): string {
  const lines: readonly (readonly TableCell[])[] = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => padded(cell, widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Code points, which is right for all but double-width scripts. */
const width = (cell: TableCell): number => Array.from(typeof cell === 'string' ? cell : cell.text).length;

function padded(cell: TableCell, columns: number): string {
  const shown = typeof cell === 'string' ? cell : cell.shown;
  return shown + ' '.repeat(columns - width(cell));
}
