/** A month that has just turned: what came with it is not of it. */
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import { withTaughtColumns } from '../../../src/diagnose/samples/common-support.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 1, 25);
const A_DAY = 200;

/** Chimneys day by day, of which so many log odds more are to be repaired; the price list changed in the middle of March. */
function chimneys(
  seed: number,
  { from, days, more = 0 }: { from: number; days: number; more?: number },
): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: days * A_DAY }, (_, row) => {
    const ms = START_MS + (from + row / A_DAY) * DAY_MS;
    return { ms, soot: draw.normal(), year: draw.normal() };
  });
  const odds = ({ soot, year }: (typeof rows)[number]): number => 1.2 * soot - 0.8 * year + more;
  return tableOf({
    features: {
      soot: rows.map(({ soot }) => soot),
      year: rows.map(({ year }) => year),
      month: rows.map(({ ms }) => new Date(ms).getUTCMonth() + 1),
      list: rows.map(({ ms }) => (ms < Date.UTC(2026, 2, 14) ? 40 : 45)),
    },
    score: rows.map((row) => 1 / (1 + Math.exp(-odds(row) + more))),
    label: rows.map((row) => (draw.uniform() < 1 / (1 + Math.exp(-odds(row))) ? 'approve' : 'deny')),
    timestampMs: rows.map(({ ms }) => ms),
  });
}

/** To 2 April. */
const reference = chimneys(1, { from: 0, days: 37 });

describe('a month of which the reference had two days', () => {
  it('is not asked what it brings, a price list of weeks is', () => {
    const samples = pairSamples(reference, chimneys(2, { from: 39, days: 2 }));
    expect(withTaughtColumns(samples).features.map(({ name }) => name)).toEqual(['list', 'soot', 'year']);
  });

  it('explains no odds that moved by themselves', () => {
    const relation = (seed: number, more: number): number => {
      const current = chimneys(seed, { from: 39, days: 2, more });
      return conceptTest('classification', labelledRows(pairSamples(reference, current))).p;
    };
    expect(relation(3, 1)).toBeLessThan(1e-9);
    expect(relation(4, 0)).toBeGreaterThan(0.01);
  });
});
