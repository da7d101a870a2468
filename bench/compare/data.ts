import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export interface FilePair {
  readonly reference: string;
  readonly current: string;
}

/** Standard normal, uniform and so on are made of these: uniform numbers out of a hash of row, column and seed. */
const uniform = (column: number, seed: number): string =>
  `((hash(i * 64 + ${column} + ${seed} * 1000000007) >> 11)::DOUBLE / 9007199254740992.0)`;
const normal = (column: number, seed: number): string =>
  `(sqrt(-2 * ln(1 - ${uniform(2 * column, seed)})) * cos(2 * pi() * ${uniform(2 * column + 1, seed)}))`;

/** Sixteen numeric columns of four shapes, four categorical ones; in the current file four and one have moved a little. */
function columns(seed: number, moved: boolean): string[] {
  const numeric = Array.from({ length: 16 }, (_, k) => {
    const shift = moved && k < 4 ? 0.1 : 0;
    const z = `(${normal(k, seed)} + ${shift})`;
    const shapes = [z, `exp(${z})`, `round(10 * ${z})`, `greatest(0, ${z}) * 1000`];
    return `${shapes[k % 4] ?? z} AS n${k}`;
  });
  const categorical = Array.from({ length: 4 }, (_, k) => {
    const power = moved && k === 0 ? 2.2 : 2;
    return `'level ' || floor(pow(${uniform(40 + k, seed)}, ${power}) * ${5 + 10 * k})::INTEGER AS c${k}`;
  });
  return [...numeric, ...categorical];
}

/** The same rows as Parquet and as CSV; made once, whatever the number of threads. */
export async function makeData(folder: string, rows: number): Promise<{ parquet: FilePair; csv: FilePair }> {
  const path = (side: string, format: string): string => join(folder, `${side}-${rows}.${format}`);
  const pair = (format: string): FilePair => ({
    reference: path('reference', format),
    current: path('current', format),
  });
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB' });
  const connection = await instance.connect();
  for (const [side, seed] of [
    ['reference', 1],
    ['current', 2],
  ] as const) {
    const make = async (select: string, to: string, options: string): Promise<void> => {
      if (existsSync(to)) return;
      // Under another name at first: an interrupted run must not leave half a file behind.
      await connection.run(`COPY (${select}) TO '${to}.part' (${options})`);
      renameSync(`${to}.part`, to);
    };
    const parquet = path(side, 'parquet');
    await make(
      `SELECT ${columns(seed, side === 'current').join(', ')} FROM range(${rows}) t(i)`,
      parquet,
      'FORMAT parquet',
    );
    await make(`SELECT * FROM read_parquet('${parquet}')`, path(side, 'csv'), 'FORMAT csv, HEADER');
  }
  connection.closeSync();
  instance.closeSync();
  return { parquet: pair('parquet'), csv: pair('csv') };
}
