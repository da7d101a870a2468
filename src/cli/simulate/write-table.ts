import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Value } from '../../simulate/family.ts';

export type Cells = Readonly<Record<string, Value>>;

/** Writes rows as CSV or JSON lines, by the ending of the path; a cell that a row has not is empty. */
export async function writeTable(
  path: string,
  columns: readonly string[],
  rows: Iterable<Cells>,
): Promise<void> {
  const isCsv = path.endsWith('.csv');
  const file = createWriteStream(path);
  if (isCsv) file.write(`${columns.map(csvCell).join(',')}\n`);
  for (const cells of rows) {
    const line = isCsv
      ? columns.map((column) => csvCell(cells[column] ?? null)).join(',')
      : JSON.stringify(Object.fromEntries(columns.map((column) => [column, cells[column] ?? null])));
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

function csvCell(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
