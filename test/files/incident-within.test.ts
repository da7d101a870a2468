/** Labels that change for some windows while inputs that moved before stay away. */
import { expect, test } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const HOUR_MS = 3_600_000;
const PER_HOUR = 500;
const MOVED = 2;
const DRIFTED = { from: 8, until: 13 };

function hours(seed: number, count: number, isCurrent: boolean): string {
  const draw = draws(seed);
  const lines = Array.from({ length: count * PER_HOUR }, (_, row) => {
    const hour = Math.floor(row / PER_HOUR);
    const age = draw.normal() + (isCurrent && hour >= MOVED ? 0.5 : 0);
    const income = draw.normal();
    const drifts = isCurrent && hour >= DRIFTED.from && hour < DRIFTED.until && income > 0.6;
    const score = 1 / (1 + Math.exp(-age - income));
    const label = draw.uniform() < score - (drifts ? 0.17 : 0) ? 1 : 0;
    const time = new Date(Date.UTC(2026, 1, 1) + (row * HOUR_MS) / PER_HOUR).toISOString();
    const cells = [time, age.toFixed(3), income.toFixed(3), label, score > 0.5 ? 1 : 0, score.toFixed(4)];
    return cells.join(',');
  });
  return `timestamp,age,income,label,prediction,score\n${lines.join('\n')}\n`;
}

test('is an incident of its own, which says both and ends by itself', async () => {
  const files = [
    fileWith('reference.csv', hours(1, 16, false)),
    fileWith('current.csv', hours(2, 18, true)),
  ] as const;
  const { out } = await compare(
    ...files,
    '--window',
    '1h',
    '--no-multivariate',
    '--positive-class',
    '1',
    '--json',
  );
  const { incidents } = JSON.parse(out) as WindowedComparison;
  expect(incidents).toMatchObject([
    { since: '2026-02-01T02:00:00.000Z', until: null, diagnosis: { verdict: 'covariate_shift' } },
    { since: '2026-02-01T08:00:00.000Z', until: expect.any(String), diagnosis: { verdict: 'mixed' } },
  ]);
});
