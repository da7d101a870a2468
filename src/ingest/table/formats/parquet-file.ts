import { join } from 'node:path';
import { openDatabase } from '../database.ts';

/** Writes lines of JSON, each one row, as Parquet. Types are those that fit all rows. */
export async function writeParquet(
  jsonlPath: string,
  parquetPath: string,
  temporaryFolder: string,
): Promise<void> {
  const database = await openDatabase(join(temporaryFolder, 'spill'));
  try {
    await database.connection.run(
      `copy (select * from read_json('${quoted(jsonlPath)}', format = 'newline_delimited', sample_size = -1,
         maximum_depth = 1, union_by_name = true))
       to '${quoted(parquetPath)}' (format parquet, compression zstd)`,
    );
  } finally {
    database.close();
  }
}

const quoted = (path: string): string => path.replaceAll("'", "''");
