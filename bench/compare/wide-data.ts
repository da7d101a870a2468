import { rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { FilePair } from './data.ts';

/** About what a cell takes: a small whole number, kept as its difference from the one above it. */
const BYTES_PER_CELL = 1.75;
/** Eight bytes a cell while a group is written: with 1,000 columns 330 MB. */
const ROWS_IN_A_GROUP = 40_960;
/** Differences instead of a list of all values for each column and group, which takes three times as long to make. */
const WRITTEN = `FORMAT parquet, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE ${ROWS_IN_A_GROUP}`;
/** Every so many columns one holds levels, and one has moved a little in the current file. */
const LEVELS_EVERY = 20;
const MOVED_EVERY = 50;

/**
 * Whole sums of four uniform numbers out of one hash: nearly normal with a spread of a thousand, and cheap enough for
 * billions. In the current file one column of fifty has moved by a tenth of its spread.
 */
function column(at: number, seed: number): string {
  const hash = `hash(i * 4096 + ${at} + ${seed} * 1000000007)`;
  if (at % LEVELS_EVERY === LEVELS_EVERY - 1) return `'level ' || (${hash} % 12) AS c${at}`;
  const parts = [0, 16, 32, 48].map((shift) => `((${hash} >> ${shift}) & 65535)`);
  const moved = seed === 2 && at % MOVED_EVERY === 0 ? 100 : 0;
  return `((${parts.join(' + ')}) // 38 + ${moved})::INTEGER AS n${at}`;
}

/**
 * Two Parquet files of rows × columns, written in bounded memory, and how to delete them.
 *
 * @throws RangeError where the folder has no room for them
 */
export async function makeWide(
  folder: string,
  { rows, columns, say }: { rows: number; columns: number; say: (text: string) => void },
): Promise<{ files: FilePair; remove(): void }> {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = 2 * rows * columns * BYTES_PER_CELL;
  if (bytes > 0.9 * bavail * bsize)
    throw new RangeError(
      `${folder} has no room for ${Math.round(bytes / 1e9)} GB: fewer --rows or --columns`,
    );
  const files = {
    reference: join(folder, `wide-reference-${process.pid}.parquet`),
    current: join(folder, `wide-current-${process.pid}.parquet`),
  };
  const remove = (): void => {
    for (const file of Object.values(files)) rmSync(file, { force: true });
  };
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '3GB' });
  const connection = await instance.connect();
  // What is written comes in the order it was made, so that a group of rows need not wait for others.
  await connection.run('SET preserve_insertion_order = false');
  for (const [path, seed] of [
    [files.reference, 1],
    [files.current, 2],
  ] as const) {
    const cells = Array.from({ length: columns }, (_, at) => column(at, seed));
    const watch = setInterval(() => {
      const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      say(`${path}: ${Math.round(written / 1e6)} of about ${Math.round(bytes / 2e6)} MB`);
    }, 10_000);
    await connection
      .run(`COPY (SELECT ${cells.join(', ')} FROM range(${rows}) t(i)) TO '${path}' (${WRITTEN})`)
      .finally(() => clearInterval(watch));
  }
  connection.closeSync();
  instance.closeSync();
  return { files, remove };
}
