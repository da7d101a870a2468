/** From a path to something the database can select from, whatever the format and whether or not it is gzipped. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { UserError, errorMessage } from '../../../core/errors.ts';
import { collectGarbage } from '../../../core/memory/collect-garbage.ts';
import { temporaryFolder } from '../../../core/process/temporary-folder.ts';
import type { Database } from '../database.ts';
import { openDuckDb } from '../database.ts';
import { markDecimals } from './decimal-marks.ts';
import { markSlashedDates } from './slashed-dates.ts';
import type { DecimalMark, SourceColumn } from '../source-column.ts';
import { notGzip } from './gzip.ts';
import { findEncoding, writeUtf8 } from './text-encoding.ts';
import { unreadableFile } from './unreadable-file.ts';
import { csvRelation, jsonRelation, parquetRelation } from '../relation.ts';
import type { Relation } from '../relation.ts';

/** Each reads ahead by some megabytes. */
const MOST_THREADS = 4;

export interface TableFile extends Relation {
  readonly database: Database;
  readonly path: string;
  readonly sizeBytes: number;
  /** For temporary files; gone after `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

type Format = 'csv' | 'jsonl' | 'json' | 'parquet';

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['.csv', 'csv'],
  ['.tsv', 'csv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'json'],
  ['.parquet', 'parquet'],
]);

export interface FileFormat {
  readonly format: Format;
  readonly gzipped: boolean;
}

/** By the name alone, in any case: `Data.CSV.gz` is gzipped CSV. Null for names that say nothing. */
function fileFormat(path: string): FileFormat | null {
  const match = /(?<extension>\.[a-z]+)(?<gz>\.gz)?$/i.exec(basename(path))?.groups;
  const format = FORMATS.get(match?.['extension']?.toLowerCase() ?? '');
  return format === undefined ? null : { format, gzipped: match?.['gz'] !== undefined };
}

/** What the caller knows of a file. */
export interface FileKnowledge {
  readonly idColumn: string;
  readonly encoding: string | null;
  readonly decimal: DecimalMark | null;
}

/**
 * @param how what the caller knows of it
 * @param shared a database to read it with, which stays open; each takes twenty megabytes
 * @throws UserError when the file is missing, of no known format, empty or broken
 */
export async function openTableFile(
  path: string,
  how: FileKnowledge,
  shared: Database | null = null,
): Promise<TableFile> {
  const kind = fileFormat(path);
  const sizeBytes = await expectFile(path);
  if (kind === null) {
    throw new UserError(`${path} is of no known format`, {
      fix: 'Name it .csv, .jsonl, .ndjson, .json or .parquet; each may end in .gz as well.',
    });
  }
  const temporary = temporaryFolder('shiftwatch-table-');
  const folder = temporary.path;
  let database = shared;
  const close = async (): Promise<void> => {
    if (shared === null && database !== null) {
      // What it answered goes first: its allocator gives memory back while it is at work, and not afterwards.
      collectGarbage();
      await setImmediate();
      database.close();
    }
    await temporary.remove();
  };
  try {
    const readable = await readableCopy(path, kind, folder, how.encoding);
    database ??= await openDuckDb(folder, { threads: 1 });
    // Parquet is read column by column: a second thread would cost more memory than it saves time.
    const threads = kind.format === 'parquet' ? 1 : Math.min(MOST_THREADS, availableParallelism());
    await database.connection.run(`SET threads = ${threads}`);
    const relation = await openRelation(path, readable, kind, database, how.idColumn);
    const marked = await markDecimals(
      database.connection,
      { from: relation.from, columns: relation.columns, delimiter: relation.delimiter ?? null },
      how.decimal,
    );
    const dated = await markSlashedDates(database.connection, {
      from: relation.from,
      columns: marked.columns,
    });
    const notes = [...readable.notes, ...relation.notes, ...marked.notes, ...dated.notes];
    const columns = inOneSpelling(path, dated.columns);
    return { ...relation, columns, notes, database, path, sizeBytes, folder, close };
  } catch (error) {
    await close();
    throw await unreadableFile(path, error, sizeBytes);
  }
}

/** As names of events are: an ö may be one character or two, and macOS writes two. */
function inOneSpelling(path: string, columns: readonly SourceColumn[]): SourceColumn[] {
  const spelled = columns.map((column) => ({ ...column, name: column.name.normalize('NFC') }));
  const seen = new Set<string>();
  for (const { name } of spelled) {
    if (seen.has(name)) {
      throw new UserError(`${path} has two columns named ${name}, spelled in different Unicode forms`, {
        fix: 'Rename or remove one of them.',
      });
    }
    seen.add(name);
  }
  return spelled;
}

async function openRelation(
  path: string,
  { file, gzipped }: Readable,
  { format }: FileFormat,
  { connection }: Database,
  idColumn: string,
): Promise<Relation> {
  if (format === 'csv') return await csvRelation(path, file, gzipped);
  if (format === 'parquet') return await parquetRelation(connection, file);
  return await jsonRelation(connection, path, file, { lines: format === 'jsonl', gzipped, idColumn });
}

/** @returns its size in bytes */
async function expectFile(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new UserError(`${path} is not a file`, { fix: 'Name one file.' });
    if (found.size === 0) throw new UserError(`${path} is empty`, { fix: 'Write rows into it first.' });
    await (await open(path, 'r')).close();
    return found.size;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      missing ? `there is no file ${path}` : `cannot open ${path}: ${errorMessage(error)}`,
      {
        fix: missing ? 'Check the path.' : 'Check that you may read it.',
        cause: error,
      },
    );
  }
}

interface Readable {
  readonly file: string;
  readonly gzipped: boolean;
  readonly notes: readonly string[];
}

/**
 * A name the database takes literally: it would expand `*`, `?` and `[` in a path. Gzipped Parquet is unpacked,
 * since the database reads it by seeking; text of another encoding is written again in UTF-8.
 */
async function readableCopy(
  path: string,
  { format, gzipped }: FileFormat,
  folder: string,
  said: string | null,
): Promise<Readable> {
  if (format === 'parquet' && gzipped) {
    const unpacked = join(folder, 'unpacked.parquet');
    try {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked));
    } catch (error) {
      throw notGzip(path, error);
    }
    return { file: unpacked, gzipped: false, notes: [] };
  }
  const found = format === 'parquet' ? null : await findEncoding(path, gzipped, said);
  // The database knows the mark of UTF-8 in CSV only.
  if (found !== null && (found.encoding !== 'utf-8' || (found.hasMark && format !== 'csv'))) {
    const file = join(folder, `data.${format}`);
    await writeUtf8(path, file, { gzipped, encoding: found.encoding });
    const other = said === null && !found.isCertain ? '; --encoding names another' : '';
    const notes =
      found.encoding === 'utf-8' ? [] : [`it is not UTF-8 and is read as ${found.encoding}${other}`];
    return { file, gzipped: false, notes };
  }
  const link = join(folder, `data.${format}${gzipped ? '.gz' : ''}`);
  await symlink(resolve(path), link);
  return { file: link, gzipped, notes: [] };
}
