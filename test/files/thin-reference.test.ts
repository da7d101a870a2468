import { describe, expect, it } from 'vitest';
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const HOUR_MS = 3_600_000;
const MONDAY_MS = Date.UTC(2026, 1, 2);
const HOURS = 28;

interface Calls {
  readonly seed: number;
  readonly hours: number;
  readonly perHour: number;
  readonly from?: number;
  readonly louder?: number;
}

/**
 * Calls, of which the training file has ten an hour and production four hundred: staff follows the hour and is halved on weekends,
 * age follows the hour too weakly for ten rows to show it, noise and level follow nothing.
 */
function calls({ seed, hours, perHour, from = 0, louder = 0 }: Calls): string {
  const { normal, uniform } = draws(seed);
  const lines = Array.from({ length: hours }, (_, at) => {
    const hour = (from + at) % 24;
    const day = Math.exp(-(((hour - 12) / 5) ** 2));
    const weekend = Math.floor((from + at) / 24) % 7 >= 5;
    return Array.from({ length: perHour }, (_row, i) => {
      const ms = MONDAY_MS + (from + at) * HOUR_MS + (i * HOUR_MS) / perHour;
      const staff = Math.round((weekend ? 10 : 20) * day + 2 * normal());
      const age = 40 + 3 * day + 10 * normal();
      const noise = (at >= hours / 2 ? louder : 0) + normal();
      const level = 'abcdefghijklmnopqrstuvwxyz'[Math.floor(26 * uniform() ** 2)];
      const values = [staff, age.toFixed(2), noise.toFixed(3), level, uniform() < 0.3 ? 'yes' : 'no'];
      return [new Date(ms).toISOString(), ...values].join(',');
    });
  });
  return `timestamp,staff,age,noise,level,prediction\n${lines.flat().join('\n')}\n`;
}

const training = calls({ seed: 1, hours: 28 * 24, perHour: 10 });

async function judged(production: string): Promise<WindowedComparison> {
  const files = [fileWith('training.csv', training), fileWith('production.csv', production)];
  return JSON.parse(
    (await compare(...files, '--window', '1h', '--no-multivariate', '--json')).out,
  ) as WindowedComparison;
}

describe('a reference of ten rows an hour, and windows of four hundred', () => {
  it('is no shift and no incident at any hour of ordinary days', async () => {
    const usual = await judged(calls({ seed: 2, hours: HOURS, perHour: 400, from: 28 * 24 }));
    expect(usual.windows.map(({ diagnosis }) => diagnosis.verdict)).toEqual(
      Array.from({ length: HOURS }, () => 'none'),
    );
    expect(usual.incidents).toEqual([]);
    const of = (name: string): FeatureComparison[] =>
      usual.windows.flatMap(({ features }) => features.filter((feature) => feature.name === name));
    const hours = of('staff').filter(({ cycle }) => cycle !== undefined);
    expect(hours.length).toBeGreaterThan(HOURS / 2);
    // Ten rows hardly show how far hours are from each other; all of an hour together do, and what ten do not know of four hundred is allowed for.
    const ages = of('age').map(({ overdispersion }) => overdispersion?.factor ?? 0);
    expect(ages.filter((factor) => factor > 1.3).length).toBeGreaterThan(HOURS / 2);
    // What follows nothing is taken for independent, of however many cells.
    const factors = [...of('noise'), ...of('level')].map(({ overdispersion }) => overdispersion?.factor);
    expect(factors.every((factor) => factor !== undefined && factor > 0.85 && factor < 1.4)).toBe(true);
  });

  it('shows what moves beyond that, since when it did', async () => {
    const { windows, incidents } = await judged(
      calls({ seed: 3, hours: HOURS, perHour: 400, from: 28 * 24, louder: 0.6 }),
    );
    expect(windows.slice(0, HOURS / 2).every(({ diagnosis }) => diagnosis.verdict === 'none')).toBe(true);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ since: windows[HOURS / 2]?.start, until: null });
  });
});
