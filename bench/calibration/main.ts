/**
 * `npm run calibration`: measures the false alarms and the power of the defaults, checks what the documentation
 * promises of them, and rewrites the figures in docs/. Exit code 1: a promise is broken.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../src/core/errors.ts';
import { readOptions, USAGE } from './options.ts';
import type { CalibrationOptions } from './options.ts';
import { planUnits } from './plan.ts';
import { checkPromises } from './promises.ts';
import { showProgress } from './progress.ts';
import { fullReport, promiseTable } from './report.ts';
import { Results } from './results.ts';
import { runUnits } from './run-units.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function calibrate(options: CalibrationOptions): Promise<boolean> {
  const units = planUnits(options);
  const measured = await runUnits(ROOT, units, { workers: options.workers, onProgress: showProgress() });
  const results = new Results(measured);
  const promises = checkPromises(results);
  process.stdout.write(fullReport(results, promises));
  if (options.write) {
    const path = join(ROOT, 'docs', 'records', 'calibration.md');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, fullReport(results, promises));
  }
  const broken = promises.filter((promise) => promise.verdict === 'broken');
  if (broken.length > 0) process.stderr.write(`\nBroken:\n${promiseTable(broken)}\n`);
  return broken.length === 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(`${USAGE}\n`);
  else process.exitCode = (await calibrate(options)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
