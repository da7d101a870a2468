import { extname, join } from 'node:path';

export type SimulatedFormat = 'csv' | 'jsonl';

export interface SimulatedFiles {
  readonly reference: string;
  readonly current: string;
  readonly truth: string;
}

/** A folder, or the file for the current rows, beside which the others then lie. */
export function filesOf(out: string, format: SimulatedFormat): SimulatedFiles {
  const extension = extname(out);
  if (extension === '.csv' || extension === '.jsonl') {
    const stem = out.slice(0, -extension.length);
    return { reference: `${stem}-reference${extension}`, current: out, truth: `${stem}-truth.json` };
  }
  return {
    reference: join(out, `reference.${format}`),
    current: join(out, `current.${format}`),
    truth: join(out, 'truth.json'),
  };
}

/** What was written, and how to compare it. @param flags of the comparison */
export function saidOfFiles(
  said: string,
  rows: { readonly reference: number; readonly current: number },
  files: SimulatedFiles,
  positiveClass: string | null,
): string {
  // A file does not say which class its scores are of.
  const flags = positiveClass === null ? '' : ` --positive-class ${quoted(positiveClass)}`;
  return [
    `${said}\n`,
    `${rows.reference.toLocaleString('en')} reference rows: ${files.reference}\n`,
    `${rows.current.toLocaleString('en')} current rows: ${files.current}\n`,
    `what is true: ${files.truth}\n\n`,
    `Compare them:\n  shiftwatch compare ${quoted(files.reference)} ${quoted(files.current)}${flags}\n`,
  ].join('');
}

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
