/** A day has its hours: a reference with times teaches them without being asked. */
import { describe, expect, it } from 'vitest';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const START = Date.UTC(2026, 0, 5);
const ROWS = 240;

interface Days {
  readonly days: number;
  readonly fromDay?: number;
  /** Added to the load from this day on. */
  readonly step?: { readonly fromDay: number; readonly by: number };
  /** Hours whose rows are those of the hour half a day away. */
  readonly exchanged?: readonly number[];
}

/** Windows of an hour, whose load and channel follow the hours; what the label follows stays. */
function csv(seed: number, { days, fromDay = 0, step, exchanged = [] }: Days): string {
  const { normal, uniform: random } = draws(seed);
  const lines = ['timestamp,load,channel,age,prediction,score,label'];
  for (let hour = fromDay * 24; hour < (fromDay + days) * 24; hour++) {
    const of = exchanged.includes(hour % 24) ? hour + 12 : hour;
    const wave = Math.cos(((of - 14) / 12) * Math.PI);
    for (let row = 0; row < ROWS; row++) {
      const moved = step !== undefined && hour >= step.fromDay * 24 ? step.by : 0;
      const load = 100 + 25 * wave + moved + 15 * normal();
      const channel = random() < 0.5 + 0.3 * wave ? 'web' : 'shop';
      const age = 40 + 9 * normal();
      const p = 1 / (1 + Math.exp(-(0.03 * (load - 100) + (channel === 'web' ? 0.5 : 0) - 0.3)));
      const label = random() < p ? 1 : 0;
      const at = new Date(START + hour * HOUR_MS + Math.floor((row / ROWS) * HOUR_MS)).toISOString();
      lines.push(
        `${at},${load.toFixed(1)},${channel},${age.toFixed(0)},${p > 0.5 ? 1 : 0},${p.toFixed(3)},${label}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

async function judged(current: string): Promise<WindowedComparison> {
  const reference = fileWith('reference.csv', csv(1, { days: 12 }));
  const ran = await compare(
    reference,
    fileWith('current.csv', current),
    '--window',
    '1h',
    '--json',
    '--no-multivariate',
  );
  return JSON.parse(ran.out) as WindowedComparison;
}

describe('a daily cycle', () => {
  it('is no shift, and what moves beside it is one', async () => {
    const { windows, incidents } = await judged(
      csv(2, { days: 2, fromDay: 12, step: { fromDay: 13, by: 9 } }),
    );
    const verdicts = windows.map(({ diagnosis }) => diagnosis.verdict);
    expect(verdicts.slice(0, 24)).toEqual(Array.from({ length: 24 }, () => 'none'));
    expect(verdicts.slice(24).filter((verdict) => verdict === 'covariate_shift').length).toBeGreaterThan(20);
    const load = windows[2]?.features.find(({ name }) => name === 'load');
    expect(load).toMatchObject({ status: 'ok', cycle: { by: 'hour_of_day', windows: 12, rows: 12 * ROWS } });
    // Beside all hours it is far away.
    expect(load?.metrics.psi).toBeGreaterThan(1);
    expect(load?.cycle?.psi).toBeLessThan(0.1);
    expect(windows[2]?.features.find(({ name }) => name === 'age')).not.toHaveProperty('cycle');
    expect(incidents).toHaveLength(1);
    expect(incidents?.[0]).toMatchObject({
      since: new Date(START + 13 * 24 * HOUR_MS).toISOString(),
      diagnosis: { verdict: 'covariate_shift' },
    });
  });

  it('shows nights that are like days', async () => {
    const { windows } = await judged(csv(3, { days: 1, fromDay: 12, exchanged: [2, 3, 4] }));
    const moved = windows.flatMap(({ diagnosis }, hour) => (diagnosis.verdict === 'none' ? [] : [hour]));
    expect(moved).toEqual([2, 3, 4]);
    const [psi] = windows[3]?.diagnosis.evidence ?? [];
    expect(psi?.claim).toMatch(/ moved beside the same hours of the day/);
  });
});
