import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { ParquetColumn } from '../../ingest/table/formats/parquet-file.ts';
import { temporaryFolder } from '../../core/process/temporary-folder.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { Exported, TextExport } from './export-labelled-text.ts';
import { exportLabelledData, type LabelledDataQuery } from './labelled-data.ts';
import { ParquetLines } from './parquet-lines.ts';

/**
 * Writes the rows as a Parquet file, piece by piece; `put` is waited for. Parquet needs all rows before its first byte:
 * they wait in a temporary file.
 */
export async function exportLabelledParquet(
  pool: Pool,
  { query }: TextExport,
  put: (bytes: Uint8Array) => Promise<void>,
): Promise<Exported> {
  const { writeParquet } = await import('../../ingest/table/formats/parquet-file.ts');
  const folder = temporaryFolder('shiftwatch-export-');
  try {
    const lines = join(folder.path, 'rows.jsonl');
    const file = join(folder.path, 'rows.parquet');
    const { rows, columns } = await writeLines(pool, query, lines);
    await writeParquet(lines, file, folder.path, columns);
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(bytes);
      await put(bytes);
    }
    return { rows, sha256: hash.digest('hex') };
  } finally {
    await folder.remove();
  }
}

async function writeLines(
  pool: Pool,
  query: LabelledDataQuery,
  path: string,
): Promise<{ rows: number; columns: readonly ParquetColumn[] }> {
  const out = createWriteStream(path);
  const closed = finished(out);
  const lines = new ParquetLines();
  const rows = await exportLabelledData(pool, query, {
    write: async (some) => {
      const text = some.map((row) => lines.line(row)).join('');
      if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
    },
  });
  out.end();
  await closed;
  return { rows, columns: lines.columns() };
}
