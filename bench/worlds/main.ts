/**
 * What is said in worlds of ordinary life: `npm run bench:worlds -- --world shop`. Goes on where it was interrupted.
 *
 *   --world NAME,NAME   which; `all` without those held back, `list` names them
 *   --every N           every N-th case only
 *   --group GROUP       healthy, shift or fault only
 *   --series SERIES     develop (what rules are made on), or final
 *   --held-back         plays held-back worlds, too
 *   --datasets FOLDER   worlds of real rows, too; without it the cars of examples/
 *   --results FOLDER    one file a world, one line a case (.cache/worlds)
 *   --wrong             lists what was wrong
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASE_GROUPS } from './case-plan.ts';
import type { CaseGroup, Series } from './case-plan.ts';
import { sourceHash } from '../calibration/source-hash.ts';
import { SIMULATED } from './bench-world.ts';
import type { BenchWorld } from './bench-world.ts';
import { playCase } from './play-case.ts';
import { realWorlds } from './real/real-worlds.ts';
import { report, summaryRows, table, wrongCases } from './report.ts';
import { Results } from './results.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Cases between two words of progress. */
const SAID_EVERY = 50;

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    every: { type: 'string', default: '1' },
    group: { type: 'string' },
    series: { type: 'string', default: 'develop' },
    'held-back': { type: 'boolean', default: false },
    datasets: { type: 'string' },
    results: { type: 'string', default: join(ROOT, '.cache', 'worlds') },
    wrong: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const series: Series = values.series === 'final' ? 'final' : 'develop';
const every = Math.max(1, Number(values.every));
const group: CaseGroup | undefined = CASE_GROUPS.find((each) => each === values.group);
const worlds = [...SIMULATED, ...realWorlds(values.datasets ?? null)];
const source = sourceHash(ROOT, join(import.meta.dirname, 'main.ts'));

if (values.help) {
  const [, about = ''] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(readFileSync(import.meta.filename, 'utf8')) ?? [];
  process.stdout.write(`${about.replaceAll(/^ \* ?/gm, '')}\n`);
} else if (values.world === undefined || values.world === 'list') {
  const lines = worlds.map(({ name, about, heldBack }) => [name, heldBack ? 'held back' : '', about]);
  process.stdout.write(table(['world', '', 'what happens in it'], lines));
} else {
  const chosen = chosenWorlds(values.world);
  const figures: string[][] = [];
  for (const world of chosen) {
    const played = await playWorld(world);
    process.stdout.write(`${report(world, played)}\n`);
    if (values.wrong) process.stdout.write(`${wrongCases(played)}\n`);
    figures.push(...summaryRows(played).map((row) => [world.name, ...row]));
  }
  if (chosen.length > 1) process.stdout.write(table(['world', '', 'cases', 'share', '95 %'], figures));
}

function chosenWorlds(names: string): BenchWorld[] {
  if (names === 'all') return worlds.filter(({ heldBack }) => values['held-back'] || !heldBack);
  return names.split(',').map((name) => {
    const world = worlds.find((each) => each.name === name);
    if (world === undefined)
      throw new Error(`there is no world ${name}: ${worlds.map((each) => each.name).join(', ')}`);
    if (world.heldBack && !values['held-back']) {
      throw new Error(
        `${name} is held back: whoever changes rules does not look at it; --held-back plays it`,
      );
    }
    return world;
  });
}

/** Every N-th case of each group, those before from the results. */
async function playWorld(world: BenchWorld): Promise<ReturnType<Results['all']>> {
  const results = new Results(join(values.results, `${world.name}-${series}.jsonl`), source);
  const wanted = world
    .cases(series)
    .filter((one) => one.at % every === 0 && (group === undefined || one.group === group));
  const left = wanted.filter((one) => !results.has(one));
  for (const [done, planned] of left.entries()) {
    if (done % SAID_EVERY === 0) process.stderr.write(`${world.name}: ${done} of ${left.length}\n`);
    results.add(await playCase(world, planned));
  }
  const names = new Set(wanted.map(({ group: of, at }) => `${of} ${at}`));
  return results.all().filter(({ group: of, at }) => names.has(`${of} ${at}`));
}
