/** The same two files through shiftwatch and what else people compare files with: `npm run bench:compare -- --help`. */
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { againstTable } from './against.ts';
import { makeData } from './data.ts';
import { ENTRANTS } from './entrants.ts';
import { installedProgram } from './installed.ts';
import { measure, medianOf } from './measure.ts';
import type { Measured } from './measure.ts';
import { benchCache, environmentOf } from './python.ts';
import { resultTable } from './table.ts';
import { makeWide } from './wide-data.ts';
import { runWide } from './wide.ts';

const HELP = `node bench/compare/main.ts [--rows 1000000] [--format parquet|csv] [--columns N] [--against FOLDER] [--rounds 3]

The same two files through shiftwatch, of which the package is made, and pandas with SciPy, Evidently and NannyML, which are
installed from PyPI: each in turn --rounds times, medians.

--rows N           rows on each side
--format F         one of the two instead of both
--columns N        wide Parquet files and shiftwatch alone; they are made for the run and deleted after it
--against FOLDER   another checkout of shiftwatch instead of the others; of both the sources are run
--rounds N         times that each is run

Files and environments are kept in SHIFTWATCH_BENCH_CACHE, or in the temporary folder, and made once.
`;

const FORMATS = ['parquet', 'csv'] as const;

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    format: { type: 'string' },
    columns: { type: 'string' },
    against: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
const rows = Number(values.rows ?? 1_000_000);
if (!Number.isInteger(rows) || rows < 1_000) throw new RangeError('--rows takes a whole number from 1000');
const formats = FORMATS.filter((format) => values.format === undefined || values.format === format);
const cache = benchCache();

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const load = (): string => (loadavg()[0] ?? 0).toFixed(2);

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`;

if (values.columns !== undefined) {
  await compareWide(Number(values.columns));
  process.exit();
}

async function compareWide(columns: number): Promise<void> {
  say(`making ${rows.toLocaleString('en')} × ${columns.toLocaleString('en')} on each side in ${cache}`);
  const wide = await makeWide(cache, { rows, columns, say });
  const before = load();
  console.log(
    `${rows.toLocaleString('en')} rows × ${columns.toLocaleString('en')} columns on each side, Parquet; ${machine}`,
  );
  const { against } = values;
  const programs = [...(against === undefined ? [] : [join(against, 'bin/shiftwatch.js')]), undefined];
  for (const program of programs) {
    const { wallSeconds, peakBytes, code } = await runWide(wide.files, ['--json', '--no-multivariate'], {
      say,
      ...(program !== undefined && { program }),
    });
    const who = program === undefined ? 'this checkout' : against;
    console.log(
      `${who}: ${wallSeconds.toFixed(0)} s, at most ${Math.round(peakBytes / 1e6)} MB, exit code ${code}`,
    );
  }
  console.log(`load average ${before} before, ${load()} after`);
  wide.remove();
}

say(`making ${rows.toLocaleString('en')} × 20 rows on each side in ${cache}`);
const data = await makeData(cache, rows);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number from 1');
const loadBefore = load();
const results: { format: string; results: Measured[] }[] = [];
for (const format of formats) {
  if (values.against !== undefined) {
    say(`${format}: this checkout and ${values.against}`);
    const table = await againstTable(values.against, {
      cache,
      files: data[format],
      rounds,
    });
    console.log(`\n${format}\n\n${table}`);
    continue;
  }
  const program = installedProgram();
  const turns: Measured[][] = ENTRANTS.map(() => []);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [at, entrant] of ENTRANTS.entries()) {
      say(`${format}, round ${round} of ${rounds}: ${entrant.name}`);
      const environment = await environmentOf(cache, entrant);
      turns[at]!.push(await measure({ program, ...entrant }, environment, data[format]));
    }
  }
  results.push({ format, results: turns.map((all) => medianOf(all)) });
}

console.log(`${rows.toLocaleString('en')} rows × 20 columns (16 numeric, 4 categorical) on each side`);
console.log(`${machine}; ${rounds} round(s); load average ${loadBefore} before, ${load()} after`);
for (const { format, results: measured } of results)
  console.log(`\n${format}\n\n${resultTable(measured, rows)}`);
