import { expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { movedInMost } from '../../src/judge/moved-in-most.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const DAY_MS = 86_400_000;
const MONDAY_MS = Date.UTC(2026, 1, 2);
const A_DAY = 300;
const DAYS = 22;

/** Animals that are brought in: each day a few more of the one kind. */
function animals(seed: number, days: number, share: (day: number) => number, isTimed: boolean): string {
  const { normal, uniform } = draws(seed);
  const lines = Array.from({ length: days * A_DAY }, (_, row) => {
    const day = Math.floor(row / A_DAY);
    const kind = uniform() < share(day) ? 'green' : uniform() < 0.5 ? 'loggerhead' : 'hawksbill';
    const ms = MONDAY_MS + (row * DAY_MS) / A_DAY;
    const values = [kind, (30 + 5 * normal()).toFixed(1), uniform() < 0.3 ? 'yes' : 'no'];
    return [...(isTimed ? [new Date(ms).toISOString()] : []), ...values].join(',');
  });
  return `${isTimed ? 'timestamp,' : ''}kind,weight,prediction\n${lines.join('\n')}\n`;
}

it('of an incident is what most of its windows say of a column, however it grew', async () => {
  const season = (day: number): number => (day < 6 ? 0.2 : 0.2 + 0.045 * (day - 5));
  const files = [
    fileWith(
      'training.csv',
      animals(1, 30, () => 0.2, false),
    ),
    fileWith('production.csv', animals(2, DAYS, season, true)),
  ];
  const { out } = await compare(...files, '--window', '1d', '--no-multivariate', '--json');
  const { incidents } = JSON.parse(out) as WindowedComparison;
  expect(incidents).toHaveLength(1);
  // Taken for a column that wanders, the rows of all days had nothing to say of it.
  expect(incidents[0]!.diagnosis.verdict).toBe('covariate_shift');
  expect(incidents[0]!.diagnosis.summary).toContain('The inputs moved: kind');
});

it('of two windows both have to say it', () => {
  expect(movedInMost([['a'], ['a', 'b']])).toEqual(new Set(['a']));
  expect(movedInMost([['a'], ['b'], ['b'], []])).toEqual(new Set(['b']));
});
