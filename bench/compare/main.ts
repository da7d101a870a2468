/**
 * `npm run bench:compare`: the same two files through shiftwatch, pandas with SciPy, Evidently and NannyML.
 *
 * `--rows N` for a quick run (default 1,000,000 on each side), `--format parquet|csv` for one of the two.
 * `--against FOLDER` takes another checkout of shiftwatch instead of the others, each in turn `--rounds N` times (3).
 * Everything is kept in a cache folder (SHIFTWATCH_BENCH_CACHE, else in the temporary folder) and made once.
 */
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { againstTable } from './against.ts';
import { makeData } from './data.ts';
import { ENTRANTS } from './entrants.ts';
import { measure } from './measure.ts';
import type { Measured } from './measure.ts';
import { benchCache, environmentOf } from './python.ts';
import { resultTable } from './table.ts';

const FORMATS = ['parquet', 'csv'] as const;

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    format: { type: 'string' },
    against: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});
const rows = Number(values.rows ?? 1_000_000);
if (!Number.isInteger(rows) || rows < 1_000) throw new RangeError('--rows takes a whole number from 1000');
const formats = FORMATS.filter((format) => values.format === undefined || values.format === format);
const cache = benchCache();

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const load = (): string => (loadavg()[0] ?? 0).toFixed(2);

say(`making ${rows.toLocaleString('en')} × 20 rows on each side in ${cache}`);
const data = await makeData(cache, rows);
const loadBefore = load();
const results: { format: string; results: Measured[] }[] = [];
for (const format of formats) {
  if (values.against !== undefined) {
    say(`${format}: this checkout and ${values.against}`);
    const table = await againstTable(values.against, {
      cache,
      files: data[format],
      rounds: Number(values.rounds),
    });
    console.log(`\n${format}\n\n${table}`);
    continue;
  }
  const measured: Measured[] = [];
  for (const entrant of ENTRANTS) {
    say(`${format}: ${entrant.name}`);
    const environment = await environmentOf(cache, entrant);
    measured.push(await measure(entrant, environment, data[format]));
  }
  results.push({ format, results: measured });
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`;
console.log(`${rows.toLocaleString('en')} rows × 20 columns (16 numeric, 4 categorical) on each side`);
console.log(`${machine}; load average ${loadBefore} before, ${load()} after`);
for (const { format, results: measured } of results)
  console.log(`\n${format}\n\n${resultTable(measured, rows)}`);
