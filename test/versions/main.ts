/**
 * `npm run test:versions [-- WORD]`: the line on every version of the services that it may meet, or on those whose name
 * holds the word. Services are started here and given to the tests by their variables; a table is printed at the end.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { errorMessage } from '../../src/core/errors.ts';
import { TestRun } from '../harness/test-run.ts';
import { type Trial, TRIALS } from './trials.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LOGS = join(ROOT, '.cache', 'versions');
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

interface Outcome {
  readonly name: string;
  readonly said: string;
  readonly seconds: number;
  readonly isGood: boolean;
}

async function attempt(trial: Trial): Promise<Outcome> {
  const begun = performance.now();
  const outcome = (isGood: boolean, said: string): Outcome => {
    return { name: trial.name, said, seconds: (performance.now() - begun) / 1000, isGood };
  };
  const run = new TestRun();
  try {
    const given = await trial.start(run);
    if ('why' in given && 'fix' in given)
      return outcome(false, `not tried: ${given['why']} (${given['fix']})`);
    const said = await vitest(trial, given);
    const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped\n$/.exec(said) ?? [];
    if (passed === undefined) return outcome(false, 'the tests ended without a count');
    const isGood = failed === '0' && skipped === '0';
    return outcome(isGood, `${passed} passed, ${failed} failed, ${skipped} skipped`);
  } catch (error) {
    return outcome(false, `did not start: ${errorMessage(error)}`);
  } finally {
    await run.end();
  }
}

/** Everything it writes goes into a file of the trial's name. */
async function vitest({ name, args }: Trial, given: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...given },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(LOGS, `${name.trim().replaceAll(' ', '-')}.log`));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return await text(child.stdout);
}

const word = process.argv[2]?.toLowerCase() ?? '';
const trials = TRIALS.filter(({ name }) => name.toLowerCase().includes(word));
if (trials.length === 0) {
  process.stderr.write(`No trial's name holds "${word}": ${TRIALS.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 2;
}
mkdirSync(LOGS, { recursive: true });
const outcomes: Outcome[] = [];
for (const trial of trials) {
  process.stderr.write(`${trial.name} …\n`);
  outcomes.push(await attempt(trial));
}
const rows = outcomes.map(({ name, said, seconds }) => `| ${name} | ${said} | ${seconds.toFixed(0)} |`);
process.stdout.write(['| version | tests | seconds |', '|---|---|--:|', ...rows, ''].join('\n'));
if (outcomes.some(({ isGood }) => !isGood)) process.exitCode = 1;
