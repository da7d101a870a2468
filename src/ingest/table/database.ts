import type { DuckDBConnection } from '@duckdb/node-api';

/** DuckDB in memory, for one file. */
export interface Database {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Sorting and counting distinct values spill to disk beyond this. */
export const MEMORY_LIMIT = '1GB';

export interface DuckDbOptions {
  readonly threads?: number;
  readonly memoryLimit?: string;
}

/**
 * The database's allocator keeps what was freed for ten seconds, in case it is wanted again: a hundred megabytes of a
 * process that reads one column after the other. A fiftieth of a second costs no more time. It is asked once, when the
 * library is loaded; what somebody has said in the environment stands.
 */
const ALLOCATOR = 'narenas:1,dirty_decay_ms:20,muzzy_decay_ms:0';

export async function openDuckDb(
  temporaryFolder: string,
  { threads, memoryLimit = MEMORY_LIMIT }: DuckDbOptions = {},
): Promise<Database> {
  process.env['DUCKDB_JE_MALLOC_CONF'] ??= ALLOCATOR;
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
    // It makes a hash join of every IN with several values: one for each column of text, each over all columns before.
    disabled_optimizers: 'in_clause',
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  // Where its parts lie is kept: each column is a query, and of a wide file that is megabytes to read again.
  await connection.run('SET parquet_metadata_cache = true');
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
