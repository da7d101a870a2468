import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadProgress } from './table-options.ts';

const EVERY_MS = 100;

/** Reports how far the running query is. Answers how to stop. */
export function watchProgress(
  connection: DuckDBConnection,
  onProgress: ((progress: ReadProgress) => void) | undefined,
): () => void {
  if (onProgress === undefined) return () => {};
  const timer = setInterval(() => {
    const { percentage, rows_processed: rows } = connection.progress;
    // Negative while the database does not know yet.
    onProgress({ phase: 'looking', rows: Number(rows), fraction: percentage < 0 ? null : percentage / 100 });
  }, EVERY_MS);
  return () => clearInterval(timer);
}
