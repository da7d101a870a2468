/** Whether anything got slower by a fifth, by ratios to what runs beside it. `npm run bench:guard -- --help`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage } from '../../src/core/errors.ts';
import { judgeRatios, screenOf, tooBusy } from './judge-ratios.ts';
import { type Ratios, readKept, withRow } from './kept-ratios.ts';
import { compareRatios, ingestRatios } from './measure-ratios.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/records/performance.md');
const FELL = 1;
const NOT_JUDGED = 2;

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '3500000' },
    rows: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'ingest,compare' },
    keep: { type: 'boolean', default: false },
    anyway: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout
    .write(`node bench/guard/main.ts [--only ingest,compare] [--events 3500000] [--rows 500000] [--rounds 3]
  [--keep] [--anyway]

Runs a to d of bench:ingest, and bench:compare against pandas + SciPy, and holds their ratios (wall and CPU, never
times) against the last ones kept in docs/records/performance.md. Takes at most ten minutes on two quiet cores.

--keep    appends what was measured to that table
--anyway  measures on a machine that is too busy to trust, too; the load is kept beside the ratios

Exit code 0: none fell below 0.8 of the kept one. 1: one did. 2: nothing was judged, because
the machine is too busy or a benchmark failed.
`);
  process.exit(0);
}

const load = loadavg()[0] ?? 0;
const busy = tooBusy(load, cpus().length);
if (busy !== null && !flags.anyway) {
  process.stderr.write(
    `Nothing was measured: ${busy}.\nWait until other work is done, or add --anyway and trust little.\n`,
  );
  process.exit(NOT_JUDGED);
}
const sizes = { events: Number(flags.events), rows: Number(flags.rows), rounds: Number(flags.rounds) };
const only = flags.only.split(',');
const kept = readKept(readFileSync(PAGE, 'utf8'));
const ratios = await measured();
const given = process.argv.slice(2).filter((argument) => argument !== '--keep');
const here = {
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
  command: ['npm run bench:guard', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
};
const judged = judgeRatios(ratios, kept);
process.stdout.write(screenOf(judged, here));
if (busy !== null) process.stdout.write(`not to be trusted: ${busy}\n`);
if (flags.keep) {
  const row = {
    ...here,
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    node: process.version.slice(1),
    load: load.toFixed(1),
    ratios,
  };
  // Read again: the run took minutes.
  writeFileSync(PAGE, withRow(readFileSync(PAGE, 'utf8'), row));
  process.stdout.write('kept in docs/records/performance.md\n');
}
if (judged.some(({ fell }) => fell)) process.exitCode = FELL;

/** A benchmark that fails has said nothing of ratios, and must not look like one that fell. */
async function measured(): Promise<Ratios> {
  try {
    return {
      ...(only.includes('ingest') && ingestRatios(sizes)),
      ...(only.includes('compare') && (await compareRatios(sizes))),
    };
  } catch (error) {
    process.stderr.write(`Nothing was judged, a benchmark failed: ${errorMessage(error)}\n`);
    process.exit(NOT_JUDGED);
  }
}
