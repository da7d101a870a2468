/** Windows too small to be judged by themselves are judged together with those before them. */
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const START = Date.UTC(2026, 0, 5);

/** Sixty rows an hour; `moved` hours lie a standard deviation higher. */
function csv(seed: number, hours: number, moved: (hour: number) => boolean, rows = 60): string {
  const { normal } = draws(seed);
  const lines = Array.from({ length: hours * rows }, (_, i) => {
    const hour = Math.floor(i / rows);
    const at = new Date(START + hour * HOUR_MS + (i % rows) * 1_000).toISOString();
    return `${at},${(20 + normal() + (moved(hour) ? 1 : 0)).toFixed(3)},${(5 * normal()).toFixed(2)}`;
  });
  return `timestamp,level,noise\n${lines.join('\n')}\n`;
}

describe('windows of sixty rows', () => {
  it('say nothing by themselves, and open and close an incident together', async () => {
    const reference = fileWith(
      'r.csv',
      csv(1, 1, () => false, 6_000),
    );
    const current = fileWith(
      'c.csv',
      csv(2, 60, (hour) => hour >= 20 && hour < 40),
    );
    const ran = await compare(reference, current, '--window', '1h', '--json', '--no-multivariate');
    const { windows, incidents } = JSON.parse(ran.out) as WindowedComparison;
    expect(new Set(windows.map(({ diagnosis }) => diagnosis.reason))).toEqual(new Set(['too_few_rows']));
    expect(windows[2]?.diagnosis.summary).toBe(
      'Too few rows to judge: 60 against 6000 in the reference, 200 needed; watch.',
    );
    expect(windows[10]?.features[0]?.pooled).toMatchObject({ drifted: false });
    expect(windows[2]?.features[0]).not.toHaveProperty('pooled');
    expect(incidents).toHaveLength(1);
    const [incident] = incidents;
    const hour = (at: string | null | undefined): number => (Date.parse(at ?? '') - START) / HOUR_MS;
    expect(Math.abs(hour(incident?.since) - 20)).toBeLessThanOrEqual(1);
    expect(hour(incident?.told_at)).toBeLessThanOrEqual(24);
    expect(Math.abs(hour(incident?.until) - 40)).toBeLessThanOrEqual(1);
    expect(incident?.diagnosis.verdict).toBe('covariate_shift');
    expect(incident?.diagnosis.not_tested).not.toContain('covariate_shift');
  });
});
