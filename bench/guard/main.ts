/** Whether anything got slower by a fifth, by ratios to what runs beside it. `npm run bench:guard -- --help`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judgeRatios, screenOf, tooBusy } from './judge-ratios.ts';
import { readKept, withRow } from './kept-ratios.ts';
import { compareRatios, ingestRatios } from './measure-ratios.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/records/performance.md');
const FELL = 1;
const BUSY = 2;

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

Exit code 0: none fell below 0.8 of the kept one. 1: one did. 2: the machine is too busy, and nothing was measured.
`);
  process.exit(0);
}

const load = loadavg()[0] ?? 0;
const busy = tooBusy(load, cpus().length);
if (busy !== null && !flags.anyway) {
  process.stderr.write(
    `Nothing was measured: ${busy}.\nWait until other work is done, or add --anyway and trust little.\n`,
  );
  process.exit(BUSY);
}
const sizes = { events: Number(flags.events), rows: Number(flags.rows), rounds: Number(flags.rounds) };
const only = flags.only.split(',');
const kept = readKept(readFileSync(PAGE, 'utf8'));
const ratios = {
  ...(only.includes('ingest') && (await ingestRatios(sizes))),
  ...(only.includes('compare') && (await compareRatios(sizes))),
};
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
const judged = judgeRatios(ratios, kept);
process.stdout.write(screenOf(judged, machine));
if (busy !== null) process.stdout.write(`not to be trusted: ${busy}\n`);
if (flags.keep) {
  const given = process.argv.slice(2).filter((argument) => argument !== '--keep');
  const row = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine,
    node: process.version.slice(1),
    load: load.toFixed(1),
    command: ['npm run bench:guard', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
    ratios,
  };
  // Read again: the run took minutes.
  writeFileSync(PAGE, withRow(readFileSync(PAGE, 'utf8'), row));
  process.stdout.write('kept in docs/records/performance.md\n');
}
if (judged.some(({ fell }) => fell)) process.exitCode = FELL;
