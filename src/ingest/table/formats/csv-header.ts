/** The head of a CSV file, read by ourselves: what the columns are must not depend on a guess about later rows. */

export interface CsvHead {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** What ends its line, and so all lines: breaks within quotes may be of another kind. Null: there is one line. */
  readonly lineEnd: '\n' | '\r\n' | '\r' | null;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Column names and the delimiter, from the first lines of the file. The delimiter is the candidate that splits
 * the header into most fields, outside of quotes; a header without any is one column. A candidate that cuts through
 * quotes is none, unless all do.
 *
 * @example parseCsvHead('a;"b,c"\n1;2') // { delimiter: ';', names: ['a', 'b,c'], lineEnd: '\n' }
 */
export function parseCsvHead(text: string): CsvHead | null {
  const head = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (head.trim() === '') return null;
  let best: CsvHead = { delimiter: ',', names: [], lineEnd: null };
  let endOfBest = 0;
  const candidates = DELIMITERS.map((delimiter) => ({ delimiter, ...parseRecord(head, delimiter) }));
  const whole = candidates.filter(({ cutsQuotes }) => !cutsQuotes);
  for (const { delimiter, names, end } of whole.length > 0 ? whole : candidates) {
    if (names.length <= best.names.length) continue;
    best = { delimiter, names, lineEnd: lineEndAt(head, end) };
    endOfBest = end;
  }
  const isOneOfCommas = best.names.length === 1 && holdsNumbersWithCommas(head.slice(endOfBest));
  return isOneOfCommas ? { ...best, delimiter: ';' } : best;
}

const NUMBER = /^[-+]?\d[\d.,]*$/;
const LINES_LOOKED_AT = 20_000;

/** Of one column of numbers with decimal commas nothing else says that it is one: there is no delimiter. */
function holdsNumbersWithCommas(text: string): boolean {
  const lines = text.split(/\r\n|\n|\r/, LINES_LOOKED_AT + 1);
  // The last one may be cut off.
  const whole = lines.length > 2 ? lines.slice(0, -1) : lines;
  const filled = whole.map((line) => line.trim()).filter((line) => line !== '');
  return filled.some((line) => line.includes(',')) && filled.every((line) => NUMBER.test(line));
}

function lineEndAt(text: string, at: number): CsvHead['lineEnd'] {
  if (text.startsWith('\r\n', at)) return '\r\n';
  return text[at] === '\n' || text[at] === '\r' ? text[at] : null;
}

/** The fields of the first record: quotes may hold delimiters, line breaks and, doubled, quotes. */
function parseRecord(text: string, delimiter: string): { names: string[]; end: number; cutsQuotes: boolean } {
  const fields: string[] = [];
  let cutsQuotes = false;
  let at = 0;
  while (at <= text.length) {
    const isQuoted = text[at] === '"';
    const { field, end } = isQuoted ? quotedField(text, at) : plainField(text, at, delimiter);
    cutsQuotes ||= !isQuoted && field.includes('"');
    fields.push(field);
    at = end;
    if (text[end] !== delimiter) break;
    at += 1;
  }
  return { names: fields, end: at, cutsQuotes };
}

function plainField(text: string, start: number, delimiter: string): { field: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { field: text.slice(start, end).trim(), end };
}

function quotedField(text: string, start: number): { field: string; end: number } {
  let field = '';
  let at = start + 1;
  while (at < text.length) {
    if (text[at] !== '"') field += text[at];
    else if (text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else return { field: field.trim(), end: at + 1 };
    at += 1;
  }
  return { field, end: at };
}
