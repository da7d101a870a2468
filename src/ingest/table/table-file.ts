/** From a path to something the database can select from, whatever the format and whether or not it is gzipped. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat, symlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError, errorMessage } from '../../core/errors.ts';
import type { Database } from './database.ts';
import { openDatabase, unreadableFile } from './database.ts';
import { notGzip } from './gzip.ts';
import { csvRelation, jsonRelation, parquetRelation } from './relation.ts';
import type { Relation } from './relation.ts';

/** Each reads ahead by some megabytes. */
const MOST_THREADS = 4;

export interface TableFile extends Relation {
  readonly database: Database;
  readonly path: string;
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
export function fileFormat(path: string): FileFormat | null {
  const match = /(?<extension>\.[a-z]+)(?<gz>\.gz)?$/i.exec(basename(path))?.groups;
  const format = FORMATS.get(match?.['extension']?.toLowerCase() ?? '');
  return format === undefined ? null : { format, gzipped: match?.['gz'] !== undefined };
}

/**
 * @param shared a database to read it with, which stays open; each takes twenty megabytes
 * @throws UserError when the file is missing, of no known format, empty or broken
 */
export async function openTableFile(
  path: string,
  idColumn: string,
  shared: Database | null = null,
): Promise<TableFile> {
  const kind = fileFormat(path);
  await expectFile(path);
  if (kind === null) {
    throw new UserError(`${path} is of no known format`, {
      fix: 'Name it .csv, .jsonl, .ndjson, .json or .parquet; each may end in .gz as well.',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'shiftwatch-table-'));
  let database = shared;
  const close = async (): Promise<void> => {
    if (shared === null) database?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const readable = await readableCopy(path, kind, folder);
    database ??= await openDatabase(folder, { threads: 1 });
    // Parquet is read column by column: a second thread would cost more memory than it saves time.
    const threads = kind.format === 'parquet' ? 1 : Math.min(MOST_THREADS, availableParallelism());
    await database.connection.run(`SET threads = ${threads}`);
    const relation = await openRelation(path, readable, kind, database, idColumn);
    return { ...relation, database, path, folder, close };
  } catch (error) {
    await close();
    throw unreadableFile(path, error);
  }
}

async function openRelation(
  path: string,
  readable: string,
  { format, gzipped }: FileFormat,
  { connection }: Database,
  idColumn: string,
): Promise<Relation> {
  if (format === 'csv') return await csvRelation(path, readable, gzipped);
  if (format === 'parquet') return await parquetRelation(connection, readable);
  return await jsonRelation(connection, path, readable, { lines: format === 'jsonl', gzipped, idColumn });
}

async function expectFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new UserError(`${path} is not a file`, { fix: 'Name one file.' });
    if (found.size === 0) throw new UserError(`${path} is empty`, { fix: 'Write rows into it first.' });
    await (await open(path, 'r')).close();
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

/**
 * A name the database takes literally: it would expand `*`, `?` and `[` in a path. Gzipped Parquet is unpacked,
 * since the database reads it by seeking.
 */
async function readableCopy(path: string, { format, gzipped }: FileFormat, folder: string): Promise<string> {
  if (format === 'parquet' && gzipped) {
    const unpacked = join(folder, 'unpacked.parquet');
    try {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked));
    } catch (error) {
      throw notGzip(path, error);
    }
    return unpacked;
  }
  const link = join(folder, `data.${format}${gzipped ? '.gz' : ''}`);
  await symlink(resolve(path), link);
  return link;
}
