import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeData } from '../compare/data.ts';
import { BY_HAND, type Entrant, EVERYTHING } from '../compare/entrants.ts';
import { installedProgram } from '../compare/installed.ts';
import { measure } from '../compare/measure.ts';
import { benchCache, environmentOf } from '../compare/python.ts';
import type { Figures } from '../ingest/report.ts';
import type { Ratio, Ratios } from './kept-ratios.ts';

export interface GuardSizes {
  readonly events: number;
  readonly rows: number;
  readonly rounds: number;
}

/** Readers beside each other, by the benchmark's own command. */
export function ingestRatios({ events, rounds }: GuardSizes): Ratios {
  const script = join(import.meta.dirname, '../ingest/main.ts');
  const options = ['--events', `${events}`, '--repeat', `${rounds}`, '--only', 'abcd', '--json'];
  const printed = execFileSync(process.execPath, [script, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const figures = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Record<string, Figures>;
  const to = (variant: string, base: string): Ratio => {
    const [one, other] = [figures[variant], figures[base]];
    if (one === undefined || other === undefined) throw new Error(`${variant} or ${base} was not measured`);
    return { wall: one.rate / other.rate, cpu: other.cpu / one.cpu };
  };
  return { 'b to a': to('b', 'a'), 'c to b': to('c', 'b'), 'd to b': to('d', 'b') };
}

/** shiftwatch and pandas with SciPy in turn, medians. */
export async function compareRatios({ rows, rounds }: GuardSizes): Promise<Ratios> {
  const cache = benchCache();
  const { parquet } = await makeData(cache, rows);
  const program = installedProgram();
  const once = async (entrant: Entrant): Promise<Ratio> => {
    const took = await measure({ program, ...entrant }, await environmentOf(cache, entrant), parquet);
    if ('failed' in took) throw new Error(`${took.name}: ${took.failed}`);
    return { wall: took.wallSeconds, cpu: took.cpuSeconds };
  };
  const [ours, theirs]: [Ratio[], Ratio[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await once(EVERYTHING));
    theirs.push(await once(BY_HAND));
  }
  const median = (all: readonly Ratio[], of: keyof Ratio): number =>
    all.map((each) => each[of]).toSorted((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
  return {
    'compare to pandas': {
      wall: median(theirs, 'wall') / median(ours, 'wall'),
      cpu: median(theirs, 'cpu') / median(ours, 'cpu'),
    },
  };
}
