/**
 * How often the diagnosis names a simulated change right: `npm run bench:diagnosis`. One process, about eight minutes.
 *
 * `-- --series develop` plays the seeds and families it was made with, `--every 5` only each fifth case, `--wrong`
 * lists what was named wrong. `--save FILE` keeps each case as it is played, `--load FILE,FILE` reports what was kept.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { familiesOf, planCases } from './case-plan.ts';
import type { PlannedCase, Series } from './case-plan.ts';
import { playCase } from './play-case.ts';
import type { PlayedCase } from './play-case.ts';
import { report, wrongCases } from './report.ts';

const COUNTS = { shifts: 400, nulls: 300, faults: 108 };

/** Cases between two words of progress. */
const SAID_EVERY = 50;

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: 'final' },
    every: { type: 'string', default: '1' },
    family: { type: 'string' },
    kinds: { type: 'string' },
    save: { type: 'string' },
    load: { type: 'string' },
    wrong: { type: 'boolean', default: false },
  },
});
const series: Series = values.series === 'develop' ? 'develop' : 'final';
const every = Math.max(1, Number(values.every));
const kinds = values.kinds?.split(',');
const cases = planCases(series, COUNTS, familiesOf(series)).filter(
  ({ family, request }, i) =>
    i % every === 0 &&
    (values.family === undefined || family.name === values.family) &&
    (kinds === undefined || kinds.includes(request.kind)),
);
const startedMs = performance.now();
const played = values.load === undefined ? cases.map(playAndSave) : loaded(values.load);
const seconds = (performance.now() - startedMs) / 1000;
process.stdout.write(report(played));
if (values.wrong) process.stdout.write(wrongCases(played));
process.stdout.write(
  `\n${played.length} cases of series ${series} in ${seconds.toFixed(0)} s on ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}\n`,
);

function playAndSave(planned: PlannedCase, i: number): PlayedCase {
  if (i % SAID_EVERY === 0) process.stderr.write(`${i} of ${cases.length}\n`);
  const one = playCase(planned);
  if (values.save !== undefined) {
    const line = { ...one, planned: { ...planned, family: { name: planned.family.name } } };
    appendFileSync(values.save, `${JSON.stringify(line)}\n`);
  }
  return one;
}

function loaded(files: string): PlayedCase[] {
  const lines = files.split(',').flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  return lines.map((line) => JSON.parse(line) as PlayedCase);
}
