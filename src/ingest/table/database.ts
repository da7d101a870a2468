import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError, errorMessage } from '../../core/errors.ts';

/** DuckDB in memory, for one file. */
export interface Database {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Sorting and counting distinct values spill to disk beyond this. */
const MEMORY_LIMIT = '1GB';

export interface DatabaseOptions {
  readonly threads?: number;
  readonly memoryLimit?: string;
}

export async function openDatabase(
  temporaryFolder: string,
  { threads, memoryLimit = MEMORY_LIMIT }: DatabaseOptions = {},
): Promise<Database> {
  // Loaded here: the native library costs a tenth of a second that other commands need not pay.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    ...(threads !== undefined && { threads: String(threads) }),
    temp_directory: temporaryFolder,
    // Nothing is fetched from the network because of a file's name or content.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // A file is read once: keeping what was read, or memory that was let go of, would only cost.
    enable_external_file_cache: 'false',
    allocator_flush_threshold: '1MB',
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Rows of a small result. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowsJS();
}

/** A broken line can be megabytes long. */
const MAX_REASON_CHARACTERS = 400;

/**
 * What the database could not read, in its own words without the echoed SQL: they name line and byte. An error
 * about our own SQL (`Binder Error`, `Parser Error`) stays what it is, a bug.
 */
export function unreadableFile(path: string, error: unknown): unknown {
  const message = errorMessage(error);
  if (!/^(?:Invalid Input|Invalid|IO|Conversion|Out of Memory|Serialization) Error: /.test(message))
    return error;
  if (message.startsWith('Out of Memory')) {
    return new UserError(`cannot read ${path}: its rows do not fit into ${MEMORY_LIMIT} at once`, {
      fix: 'Write it as Parquet, which is read column by column, or give fewer rows: a sample of 100,000 is enough for a baseline.',
      cause: error,
    });
  }
  const lines = message.replace(/^[A-Z][A-Za-z ]* Error: /, '').split('\n');
  // From here on it repeats the query and advises options that only its own users have.
  const end = lines.findIndex((line) => /^\s*(?:LINE \d+:|Possible )/.test(line));
  const reason = lines.slice(0, end === -1 ? undefined : end).map((line) => line.trim());
  const text = reason.filter((line) => line !== '').join('; ');
  return new UserError(`cannot read ${path}: ${text.slice(0, MAX_REASON_CHARACTERS)}`, {
    fix: 'Repair the file at that place, or write it again. Texts must be UTF-8.',
    cause: error,
  });
}
