/** A table without times of which two numbers are mostly zero, and a window whose schooling is another. */
import { expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 1, 2);

/** Age and hours vary, gain and loss are zero in nine of ten rows; schools come by turns. */
function people(rows: number, seed: number, schools: readonly string[], isTimed: boolean): string {
  const { normal, uniform } = draws(seed);
  const lines = Array.from({ length: rows }, (_, at) => {
    const values = [
      Math.round(38 + 12 * normal()),
      Math.round(40 + 8 * normal()),
      uniform() < 0.92 ? 0 : Math.round(5_000 * uniform()),
      uniform() < 0.95 ? 0 : Math.round(2_000 * uniform()),
      schools[Math.floor(schools.length * uniform())],
      uniform() < 0.5 ? 'a' : 'b',
    ];
    return [...(isTimed ? [new Date(START_MS + at * MINUTE_MS).toISOString()] : []), ...values].join(',');
  });
  return `${isTimed ? 'timestamp,' : ''}age,hours,gain,loss,school,prediction\n${lines.join('\n')}\n`;
}

async function judged(production: string): Promise<FileComparison[]> {
  const training = fileWith('training.csv', people(6_000, 1, ['first', 'second', 'third'], false));
  const files = [training, fileWith('production.csv', production)];
  const { out } = await compare(...files, '--window', '16h', '--no-multivariate', '--json');
  return (JSON.parse(out) as { windows: FileComparison[] }).windows;
}

it('a first window of which every row has a level that the table lacks has moved', async () => {
  const [first] = await judged(people(900, 2, ['fourth', 'fifth', 'sixth'], true));
  // All of them at once may be other names.
  expect(first?.diagnosis.advice).toBe('watch');
  expect(first?.features.filter(({ drifted }) => drifted).map(({ name }) => name)).toEqual(['school']);
});

it('one whose levels have other shares as well, and one like the table has not', async () => {
  const [first] = await judged(people(900, 2, ['first', 'first', 'first', 'second', 'third'], true));
  expect(first?.diagnosis.verdict).toBe('covariate_shift');
  const [same] = await judged(people(900, 3, ['first', 'second', 'third'], true));
  expect(same?.diagnosis.verdict).toBe('none');
});
