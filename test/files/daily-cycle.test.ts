/** A day has its hours: a reference with times teaches them without being asked. */
import { describe, expect, it } from 'vitest';
import type { OutcomeHours } from '../../src/core/columns/cycle-figures.ts';
import type { PerformanceMetric } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';
import { HOURLY_ROWS, HOURLY_START, hourlyCsv } from './hourly-csv.ts';

async function judged(current: string): Promise<WindowedComparison> {
  const reference = fileWith('reference.csv', hourlyCsv(1, { days: 10 }));
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
      hourlyCsv(2, { days: 2, fromDay: 10, step: { fromDay: 11, by: 9 } }),
    );
    const verdicts = windows.map(({ diagnosis }) => diagnosis.verdict);
    expect(verdicts.slice(0, 24)).toEqual(Array.from({ length: 24 }, () => 'none'));
    expect(verdicts.slice(24).filter((verdict) => verdict === 'covariate_shift').length).toBeGreaterThan(20);
    const load = windows[2]?.features.find(({ name }) => name === 'load');
    expect(load).toMatchObject({
      status: 'ok',
      cycle: { by: 'hour_of_day', windows: 10, rows: 10 * HOURLY_ROWS },
    });
    // Beside all hours it is far away.
    expect(load?.metrics.psi).toBeGreaterThan(1);
    expect(load?.cycle?.psi).toBeLessThan(0.1);
    expect(windows[2]?.features.find(({ name }) => name === 'age')).not.toHaveProperty('cycle');
    // At night hardly anybody is labelled 1, and F1 is another one: beside the same hours it is as ever.
    for (const { performance } of windows.slice(0, 24)) {
      // As it is printed: each figure under its own name.
      const { cycle, f1 } = performance as unknown as { cycle: OutcomeHours; f1: PerformanceMetric };
      expect(cycle.by).toBe('hour_of_day');
      if (f1.p_value !== null) expect(f1.p_value).toBeGreaterThan(0.001);
    }
    expect(incidents).toHaveLength(1);
    expect(incidents?.[0]).toMatchObject({
      since: new Date(HOURLY_START + 11 * 24 * HOUR_MS).toISOString(),
      diagnosis: { verdict: 'covariate_shift' },
    });
  });

  it('shows nights that are like days', async () => {
    const { windows } = await judged(hourlyCsv(3, { days: 1, fromDay: 10, exchanged: [2, 3, 4] }));
    const moved = windows.flatMap(({ diagnosis }, hour) => (diagnosis.verdict === 'none' ? [] : [hour]));
    expect(moved).toEqual([2, 3, 4]);
    const [psi] = windows[3]?.diagnosis.evidence ?? [];
    expect(psi?.claim).toMatch(/ moved beside the same hours of the day/);
  });

  it('is known of nights in which an hour has hardly a row', async () => {
    const reasons = ['fall', 'chest', 'belly', 'back', 'fever', 'faint', 'mind', 'other'];
    const calls = (seed: number, fromDay: number, days: number): string => {
      const { uniform, normal } = draws(seed);
      const lines = Array.from({ length: days * 24 }, (_, at) => {
        const hour = at % 24;
        const isNight = hour < 6 || hour >= 21;
        return Array.from({ length: isNight ? 6 : 110 }, (_row, i) => {
          const time = new Date(HOURLY_START + (fromDay * 24 + at) * HOUR_MS + i * 1_000).toISOString();
          const reason =
            isNight && uniform() < 0.35 ? 'drink' : reasons[Math.floor(uniform() * reasons.length)]!;
          return `${time},${reason},${normal().toFixed(3)}`;
        });
      }).flat();
      return `timestamp,reason,noise\n${lines.join('\n')}\n`;
    };
    const ran = await compare(
      fileWith('nights.csv', calls(11, 0, 21)),
      fileWith('later.csv', calls(12, 21, 6)),
      '--window',
      '1h',
      '--json',
      '--no-multivariate',
    );
    const { windows, incidents } = JSON.parse(ran.out) as WindowedComparison;
    expect(incidents).toEqual([]);
    const night = windows[27]?.features.find(({ name }) => name === 'reason');
    expect(night).toMatchObject({ status: 'insufficient', pooled: { drifted: false } });
    expect(night?.counts?.usual?.reduce((rows, count) => rows + count, 0)).toBeGreaterThanOrEqual(200);
  });
});
