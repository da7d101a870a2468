import { join } from 'node:path';
import { quantileBetween } from '../../src/stats/quantiles.ts';
import type { FilePair } from './data.ts';
import { ours } from './entrants.ts';
import { measure } from './measure.ts';
import { environmentOf } from './python.ts';

interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const OPTIONS = [['--json', '--no-multivariate'], ['--json']];

/**
 * This checkout beside another one (an older commit with its packages), in turn, so that what else the machine does befalls
 * both. A Markdown table of medians and of the ratios of the medians.
 */
export async function againstTable(
  other: string,
  { cache, files, rounds }: { readonly cache: string; readonly files: FilePair; readonly rounds: number },
): Promise<string> {
  const lines: string[] = [];
  for (const options of OPTIONS) {
    const [there, here] = [
      { ...ours(other, options), program: join(other, 'bin/shiftwatch.js') },
      ours('this checkout', options),
    ].map((entrant) => ({ entrant, costs: [] as Cost[] })) as [Side, Side];
    for (let round = 0; round < rounds; round++) {
      for (const { entrant, costs } of [there, here]) {
        const bare = { ...entrant, environment: 'bare', packages: ['pip'] };
        const measured = await measure(bare, await environmentOf(cache, bare), files);
        if ('failed' in measured) throw new Error(`${entrant.name}: ${measured.failed}`);
        costs.push(measured);
      }
    }
    lines.push(
      `| ${options.join(' ')} | ${FIGURES.map((of) => inTurn(of, there.costs, here.costs)).join(' | ')} |`,
    );
  }
  const heading = '| `compare` | wall there | here | × | CPU there | here | × | peak MB there | here | × |';
  return [heading, '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|', ...lines].join('\n');
}

interface Side {
  readonly entrant: ReturnType<typeof ours>;
  readonly costs: Cost[];
}

const FIGURES: readonly ((cost: Cost) => number)[] = [
  ({ wallSeconds }) => wallSeconds,
  ({ cpuSeconds }) => cpuSeconds,
  ({ peakBytes }) => peakBytes / 1e6,
];

function inTurn(of: (cost: Cost) => number, there: readonly Cost[], here: readonly Cost[]): string {
  const median = (costs: readonly Cost[]): number =>
    quantileBetween(
      costs.map(of).toSorted((a, b) => a - b),
      0.5,
    );
  const [before, after] = [median(there), median(here)];
  return [before.toFixed(1), after.toFixed(1), (after / before).toFixed(2)].join(' | ');
}
