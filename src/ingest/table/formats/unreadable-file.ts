/** What the database says of a broken file, in our words: which file, which line, what is wrong with it, what to do. */
import { UserError, errorMessage } from '../../../core/errors.ts';
import { csvLine } from './csv-line.ts';
import { MEMORY_LIMIT } from '../database.ts';

/** A broken line can be megabytes long. */
const MAX_REASON_CHARACTERS = 400;

interface Said {
  readonly says: RegExp;
  readonly sentence: (found: readonly string[]) => string;
  readonly fix: string;
}

const QUOTES_FIX = 'Close it. A quote within quotes is written twice (""), not as \\".';
const PARQUET: Omit<Said, 'says'> = {
  sentence: () => 'it is not Parquet, or is cut off or damaged',
  fix: 'Copy it again, or name it after what it holds.',
};

/** The first that fits wins. Places are 1-based. */
const SAYINGS: readonly Said[] = [
  {
    says: /CSV Error on Line: (\d+)[\s\S]*unterminated quote/,
    sentence: ([line]) => `a quote of line ${line} is never closed, or text follows where it is`,
    fix: QUOTES_FIX,
  },
  {
    says: /CSV Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)/,
    sentence: ([line, expected, found]) =>
      `line ${line} has ${found} ${found === '1' ? 'field' : 'fields'}, and the header has ${expected}`,
    fix: 'Give every line as many fields as the header; fields with a delimiter in them need quotes, and comments have to go.',
  },
  {
    says: /CSV Error on Line: (\d+)[\s\S]*Maximum line size/,
    sentence: ([line]) => `line ${line} is longer than 32 MB`,
    fix: 'Look for a quote that is never closed, or leave the long texts out.',
  },
  {
    says: /state machine reached an invalid state/,
    sentence: () => 'its lines end in different ways, or text follows a closing quote',
    fix: 'End all lines alike (\\n or \\r\\n), and write quotes within quotes twice.',
  },
  {
    says: /Malformed JSON [\s\S]*?at byte (\d+) in line (\d+): ([^\n]*)/,
    // DuckDB says the line that comes after it.
    sentence: ([byte, after, reason]) => `line ${Number(after) - 1} is not JSON at byte ${byte}: ${reason}`,
    fix: 'Write one complete object on each line.',
  },
  {
    says: /Malformed JSON [\s\S]*?at byte (\d+) in record\/value (\d+): ([^\n]*)/,
    sentence: ([byte, record, reason]) => `its value ${record} is not JSON at byte ${byte}: ${reason}`,
    fix: 'Write a complete list of objects.',
  },
  {
    says: /in (?:line|record\/value) (\d+)[\s\S]*has duplicate key "([^\n]*?)"/,
    sentence: ([line, key]) => `object ${line} has the key ${key} twice`,
    fix: 'Rename or remove one of them.',
  },
  { says: /magic bytes|Footer length|too small to be a Parquet/, ...PARQUET },
  { says: /decompress|TProtocol|Thrift|Parquet/i, ...PARQUET },
];

const IN_CSV = 'CSV Error on Line: ';

/** Mistakes of ours rather than of the file. */
const OUR_OWN = /^(?:Binder|Parser|Catalog|Syntax|Connection|Transaction) Error: /;
const FROM_DATABASE = /^(?:[A-Z][A-Za-z ]* Error: |TProtocolException)/;

/**
 * The error a person sees of a file the database cannot read. What it calls an internal error is one too: it was met
 * because of the file. An error about our own SQL stays what it is, a bug.
 *
 * @param sizeBytes of the file, where it is known
 */
export async function unreadableFile(
  path: string,
  error: unknown,
  sizeBytes: number | null = null,
): Promise<unknown> {
  const message = errorMessage(error);
  if (error instanceof UserError || !FROM_DATABASE.test(message) || OUR_OWN.test(message)) return error;
  if (message.startsWith('Out of Memory')) return tooLarge(path, error, sizeBytes);
  for (const { says, sentence, fix } of SAYINGS) {
    const found = says.exec(message);
    if (found === null) continue;
    const places = found.slice(1);
    if (message.includes(IN_CSV)) places[0] = await lineOf(path, Number(places[0]));
    return new UserError(`cannot read ${path}: ${cut(sentence(places))}`, { fix, cause: error });
  }
  return new UserError(`cannot read ${path}: ${cut(inItsWords(message))}`, {
    fix: 'Repair the file at that place, or write it again.',
    cause: error,
  });
}

/** What it calls a line is a record. A file that went meanwhile has no lines any more. */
async function lineOf(path: string, record: number): Promise<string> {
  const line = await csvLine(path, /\.gz$/i.test(path), record).catch(() => record);
  return String(line);
}

function tooLarge(path: string, cause: unknown, sizeBytes: number | null): UserError {
  const size = sizeBytes === null ? '' : ` (${(sizeBytes / 1e6).toFixed(1)} MB)`;
  return new UserError(`cannot read ${path}${size}: its rows do not fit into ${MEMORY_LIMIT} at once`, {
    fix: 'Write it as Parquet, which is read column by column, or give fewer rows: a sample of 100,000 is enough for a baseline.',
    cause,
  });
}

/** Without the echoed SQL, its advice to its own users, and the name the file has for it. */
function inItsWords(message: string): string {
  const lines = message.replace(/^[A-Z][A-Za-z ]* Error: /, '').split('\n');
  const end = lines.findIndex((line) =>
    /^\s*(?:LINE \d+:|Possible |Stack Trace|This error signals)/.test(line),
  );
  const reason = lines.slice(0, end === -1 ? undefined : end).map((line) => line.trim());
  return reason
    .filter((line) => line !== '')
    .join('; ')
    .replaceAll(/(?:in )?(?:file )?["']?\/\S*shiftwatch-table-\S*/gi, '');
}

function cut(text: string): string {
  return text.slice(0, MAX_REASON_CHARACTERS);
}
