import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quantileBetween } from '../../src/stats/quantiles.ts';
import type { FilePair } from './data.ts';
import type { Entrant } from './entrants.ts';

const run = promisify(execFile);
const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/shiftwatch.js', import.meta.url));

/** Exit code of `shiftwatch compare` when it found a shift. */
const SHIFT_FOUND = 3;

export type Measured =
  | {
      readonly name: string;
      readonly wallSeconds: number;
      readonly cpuSeconds: number;
      readonly peakBytes: number;
      readonly drifted: number;
      readonly note: string;
    }
  | { readonly name: string; readonly failed: string };

export async function measure(
  entrant: Entrant,
  environment: { python: string } | { failed: string },
  files: FilePair,
): Promise<Measured> {
  const { name, script, options, program = PROGRAM } = entrant;
  if ('failed' in environment) return { name, failed: environment.failed };
  const { python } = environment;
  const command =
    script === null
      ? [process.execPath, program, 'compare', files.reference, files.current, ...options]
      : [python, '-W', 'ignore', join(HERE, 'peers', script), files.reference, files.current];
  const { stdout } = await run(python, [join(HERE, 'peers', 'measure.py'), ...command], {
    maxBuffer: 2 ** 26,
    // Both would otherwise report the run to their makers, and wait for the network.
    env: {
      ...process.env,
      DO_NOT_TRACK: '1',
      NML_DISABLE_USAGE_LOGGING: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  const took = JSON.parse(stdout) as {
    code: number;
    wall_seconds: number;
    cpu_seconds: number;
    peak_bytes: number;
    out: string;
    err: string;
  };
  if (took.code !== 0 && !(script === null && took.code === SHIFT_FOUND)) {
    return { name, failed: took.err.trim().split('\n').at(-1) ?? `exit code ${took.code}` };
  }
  const said =
    script === null ? await ownFindings(took.out, files, options, program) : peerFindings(took.out);
  return {
    name,
    wallSeconds: took.wall_seconds,
    cpuSeconds: took.cpu_seconds,
    peakBytes: took.peak_bytes,
    ...said,
  };
}

/** Of several runs of one entrant; one that failed stands for all. */
export function medianOf(runs: readonly Measured[]): Measured {
  const failed = runs.find((run) => 'failed' in run);
  const done = runs.flatMap((run) => ('failed' in run ? [] : [run]));
  const [first] = done;
  if (failed !== undefined || first === undefined) return failed ?? { name: '', failed: 'it was not run' };
  const middle = (of: 'wallSeconds' | 'cpuSeconds' | 'peakBytes'): number =>
    quantileBetween(
      done.map((run) => run[of]).toSorted((a, b) => a - b),
      0.5,
    );
  return {
    ...first,
    wallSeconds: middle('wallSeconds'),
    cpuSeconds: middle('cpuSeconds'),
    peakBytes: middle('peakBytes'),
  };
}

function peerFindings(out: string): { drifted: number; note: string } {
  const report = JSON.parse(out.trim().split('\n').at(-1) ?? '') as {
    versions: Record<string, string>;
    drifted: number;
    stages: Record<string, number>;
  };
  const versions = Object.entries(report.versions).map(([library, version]) => `${library} ${version}`);
  const stages = Object.entries(report.stages).map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)} s`);
  return { drifted: report.drifted, note: `${versions.join(', ')}; ${stages.join(', ')}` };
}

async function ownFindings(
  tail: string,
  files: FilePair,
  options: readonly string[],
  program: string,
): Promise<{ drifted: number; note: string }> {
  if (tail === '') throw new Error('shiftwatch printed nothing');
  // The measured run's output was cut; what it says is asked once more, outside the clock.
  const command = [program, 'compare', files.reference, files.current, ...options, '--no-multivariate'];
  const { stdout } = await run(process.execPath, command, { maxBuffer: 2 ** 28 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  const { features, diagnosis } = JSON.parse(stdout) as {
    features: { drifted: boolean }[];
    diagnosis: { verdict: string };
  };
  return {
    drifted: features.filter(({ drifted }) => drifted).length,
    note: `verdict ${diagnosis.verdict}`,
  };
}
