import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { sourceHash } from './source-hash.ts';
import { STUDIES, unitKey } from './unit.ts';
import type { Study, Unit, UnitResult } from './unit.ts';

export interface RunOptions {
  readonly workers: number;
  readonly onProgress: (done: number, all: number) => void;
}

/**
 * Runs the units on worker threads. Each result is kept in `.cache`, one file for each study and version of the sources
 * it depends on: a run that was stopped goes on where it was, and nothing measured of older code is taken for new.
 */
export async function runUnits(
  root: string,
  units: readonly Unit[],
  { workers, onProgress }: RunOptions,
): Promise<UnitResult[]> {
  const files = new Map(STUDIES.map((study) => [study, resultFile(root, study)]));
  const kept = [...files.values()].flatMap(readResults);
  const results = new Map(kept.map((result) => [unitKey(result.unit), result]));
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
      appendFileSync(files.get(unit.study) ?? '', `${JSON.stringify(result)}\n`);
      results.set(unitKey(unit), result);
      done += 1;
      onProgress(done, units.length);
    }),
  );
  await pool.close();
  return units.flatMap((unit) => results.get(unitKey(unit)) ?? []);
}

/** `single` is a study of the file that has `peers`. */
function resultFile(root: string, study: Study): string {
  const folder = join(root, '.cache', 'calibration');
  mkdirSync(folder, { recursive: true });
  const module = join(import.meta.dirname, `study-${study === 'single' ? 'peers' : study}.ts`);
  return join(folder, `${study}-${sourceHash(root, module)}.jsonl`);
}

function readResults(file: string): UnitResult[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // The last line may be cut off when a run was killed: it is measured again.
  return lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as UnitResult] : []));
}
