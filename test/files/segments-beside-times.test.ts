import { expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const DAY_MS = 86_400_000;
const MONDAY_MS = Date.UTC(2026, 1, 2);
const A_DAY = 500;

/** Two shops; a line is held for forty rows. */
function bottles(seed: number, days: number): string {
  const { normal, uniform } = draws(seed);
  let line = 0;
  const lines = Array.from({ length: days * A_DAY }, (_, row) => {
    if (row % 40 === 0) line = Math.floor(4 * uniform());
    const time = new Date(MONDAY_MS + (row * DAY_MS) / A_DAY).toISOString();
    return [time, uniform() < 0.5 ? 'north' : 'south', `line ${line}`, normal().toFixed(3), 'yes'].join(',');
  });
  return `timestamp,shop,line,fill,prediction\n${lines.join('\n')}\n`;
}

it('of a segment nobody knows how far its windows are apart, times or not: its rows are judged as they come', async () => {
  const files = [fileWith('training.csv', bottles(1, 25)), fileWith('production.csv', bottles(2, 3))];
  const run = [...files, '--window', '1d', '--segments', 'shop', '--no-multivariate', '--json'];
  const { windows } = JSON.parse((await compare(...run)).out) as WindowedComparison;
  const segments = windows.flatMap((window) => window.segments ?? []);
  expect(segments).toHaveLength(6);
  const asked = segments.flatMap(({ features }) => features.map(({ overdispersion }) => overdispersion));
  expect(asked.filter((each) => each !== undefined)).toEqual([]);
  // Of all rows the reference's own days say it.
  expect(windows[0]!.features.find(({ name }) => name === 'line')?.overdispersion?.windows).toBe(25);
});
