import { join } from 'node:path';
import { openDuckDb } from '../database.ts';
import { sqlName, sqlString } from '../sql-text.ts';

export type ParquetType = 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'TIMESTAMPTZ' | 'JSON';

export interface ParquetColumn {
  /** Under which lines hold its cells: columns may bear names that SQL takes for one. */
  readonly key: string;
  readonly name: string;
  readonly type: ParquetType;
}

/** Writes lines of JSON, each one row, as Parquet. Types are said and not guessed: a text that looks like a date is none. */
export async function writeParquet(
  jsonlPath: string,
  parquetPath: string,
  temporaryFolder: string,
  columns: readonly ParquetColumn[],
): Promise<void> {
  const types = columns.map(({ key, type }) => `${sqlString(key)}: ${sqlString(type)}`).join(', ');
  const selected = columns.map(({ key, name }) => `${sqlName(key)} as ${sqlName(name)}`).join(', ');
  const database = await openDuckDb(join(temporaryFolder, 'spill'));
  try {
    await database.connection.run(
      `copy (select ${selected} from read_json(${sqlString(jsonlPath)}, format = 'newline_delimited', columns = {${types}}))
       to ${sqlString(parquetPath)} (format parquet, compression zstd)`,
    );
  } finally {
    database.close();
  }
}
