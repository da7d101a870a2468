/** A file that is compared as a whole: rows that come in groups are fewer than they seem. */
import { expect, test } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const MINUTE_MS = 60_000;
const EACH = 9;

/** Searches of nine rows each, ten an hour; `nights` is that of the search, and longer by `longer`. */
function searches(seed: number, days: number, { hasTimes = true, longer = 0 } = {}): string {
  const draw = draws(seed);
  const lines = Array.from({ length: days * 30 }, (_, search) => {
    const nights = (3 + 2 * draw.normal() + longer).toFixed(2);
    const time = new Date(Date.UTC(2026, 0, 5) + search * 48 * MINUTE_MS).toISOString();
    return Array.from({ length: EACH }, () => {
      return [...(hasTimes ? [time] : []), nights, (80 + 20 * draw.normal()).toFixed(2)].join(',');
    });
  }).flat();
  return `${hasTimes ? 'timestamp,' : ''}nights,price\n${lines.join('\n')}\n`;
}

async function compared(reference: string, current: string): Promise<FileComparison> {
  const files = [fileWith('reference.csv', reference), fileWith('current.csv', current)] as const;
  return JSON.parse((await compare(...files, '--no-multivariate', '--json')).out) as FileComparison;
}

test('what rows of one search have in common is no shift where times say that they came together', async () => {
  const moved = await Promise.all(
    [2, 3, 4, 5].map(async (seed) => {
      const { features } = await compared(searches(1, 28), searches(seed, 6));
      const nights = features.find(({ name }) => name === 'nights')!;
      expect(nights.overdispersion?.factor).toBeGreaterThan(3);
      return nights.drifted;
    }),
  );
  expect(moved).toEqual([false, false, false, false]);
});

test('what moved all of them is one', async () => {
  const { diagnosis } = await compared(searches(1, 28), searches(2, 6, { longer: 2 }));
  expect(diagnosis.verdict).toBe('covariate_shift');
});

test('without times nothing is known of it', async () => {
  const { features } = await compared(
    searches(1, 28, { hasTimes: false }),
    searches(2, 6, { hasTimes: false }),
  );
  expect(features.every(({ overdispersion }) => overdispersion === undefined)).toBe(true);
});
