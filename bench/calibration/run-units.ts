import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { unitKey } from './unit.ts';
import type { Unit, UnitResult } from './unit.ts';

export interface RunOptions {
  readonly workers: number;
  readonly onProgress: (done: number, all: number) => void;
}

/**
 * Runs the units on worker threads. Each result is kept in `.cache` under a hash of the sources it comes from, so that a
 * run that was stopped goes on where it was, and nothing measured of older code is taken for new.
 */
export async function runUnits(
  root: string,
  units: readonly Unit[],
  { workers, onProgress }: RunOptions,
): Promise<UnitResult[]> {
  const keep = keptResults(root);
  const results = new Map(keep.results.map((result) => [unitKey(result.unit), result]));
  const left = units.filter((unit) => !results.has(unitKey(unit)));
  const pool = new Piscina<Unit, UnitResult>({
    filename: new URL('worker.ts', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  let done = units.length - left.length;
  onProgress(done, units.length);
  await Promise.all(
    left.map(async (unit) => {
      const result = await pool.run(unit);
      appendFileSync(keep.file, `${JSON.stringify(result)}\n`);
      results.set(unitKey(unit), result);
      done += 1;
      onProgress(done, units.length);
    }),
  );
  await pool.close();
  return units.flatMap((unit) => results.get(unitKey(unit)) ?? []);
}

function keptResults(root: string): { file: string; results: UnitResult[] } {
  const hash = createHash('sha256');
  for (const file of globSync(['src/{core,stats,compare,baseline}/**/*.ts', 'bench/calibration/**/*.ts'], {
    cwd: root,
  }).toSorted()) {
    if (!REPORTING.test(file)) hash.update(file).update(readFileSync(join(root, file)));
  }
  const folder = join(root, '.cache', 'calibration');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${hash.digest('hex').slice(0, 16)}.jsonl`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // The last line may be cut off when a run was killed: it is measured again.
  return {
    file,
    results: lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as UnitResult] : [])),
  };
}

/** What is done with results does not change them. */
const REPORTING =
  /calibration\/(main|plan|promises|report.*|results|run-units|bounds|options|progress|wording|write-block)\.ts$/;
