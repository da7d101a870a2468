import type { Value } from '../../simulate/family.ts';
import { writeOutput } from '../terminal/output-file.ts';

export type Cells = Readonly<Record<string, Value>>;

/** Writes rows as CSV or JSON lines, by the ending of the path; a cell that a row has not is empty. */
export async function writeTable(
  path: string,
  columns: readonly string[],
  rows: Iterable<Cells>,
): Promise<void> {
  const isCsv = path.endsWith('.csv');
  await writeOutput(path, async (put) => {
    if (isCsv) await put(`${columns.map(csvCell).join(',')}\n`);
    for (const cells of rows) {
      const line = isCsv
        ? columns.map((column) => csvCell(cells[column] ?? null)).join(',')
        : JSON.stringify(Object.fromEntries(columns.map((column) => [column, cells[column] ?? null])));
      await put(`${line}\n`);
    }
  });
}

function csvCell(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
