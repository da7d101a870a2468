import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { valueDomain } from '../../src/picture/domain.ts';
import { bandPath, linePath } from '../../src/picture/paths.ts';
import { RIBBON_LOOKS, ribbonCells } from '../../src/picture/ribbon.ts';
import { linearScale, niceTicks, timeTicks } from '../../src/picture/scale.ts';

describe('scales', () => {
  it('go there and back', () => {
    const scale = linearScale([10, 20], [100, 300]);
    expect(scale.at(15)).toBe(200);
    expect(scale.from(200)).toBe(15);
    expect(linearScale([5, 5], [0, 10]).at(5)).toBe(5);
  });

  it('have round ticks, and not more than about as many as wanted', () => {
    expect(niceTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks([0.913, 0.958], 4)).toEqual([0.92, 0.94]);
    expect(niceTicks([3, 3], 4)).toEqual([3]);
    expect(niceTicks([-1e9, 1e9], 4)).toHaveLength(5);
  });

  it('tick at midnights of the zone that is shown', () => {
    const from = Date.UTC(2026, 2, 1);
    const utc = timeTicks([from, from + 7 * DAY_MS], 7, 'UTC');
    expect(utc.map(({ text }) => text)).toEqual([
      '1 Mar',
      '2 Mar',
      '3 Mar',
      '4 Mar',
      '5 Mar',
      '6 Mar',
      '7 Mar',
      '8 Mar',
    ]);
    const tokyo = timeTicks([from, from + 2 * DAY_MS], 2, 'Asia/Tokyo');
    expect(tokyo[0]).toEqual({ ms: Date.UTC(2026, 2, 1, 15), text: '2 Mar' });
    const hours = timeTicks([from + 20 * HOUR_MS, from + 28 * HOUR_MS], 8, 'UTC');
    expect(hours.map(({ text }) => text)).toContain('2 Mar');
    expect(hours.map(({ text }) => text)).toContain('21:00');
  });
});

describe('curves', () => {
  it('have holes where nothing is known', () => {
    expect(
      linePath([
        [0, 1],
        [1, 2],
        [2, null],
        [3, 1],
      ]),
    ).toBe('M0 1L1 2M3 1h0');
    expect(linePath([])).toBe('');
  });

  it('and bands end with either side', () => {
    expect(
      bandPath([
        [0, 1, 3],
        [1, 1, 4],
        [2, null, 5],
        [3, 2, null],
      ]),
    ).toBe('M0 1L1 1L1 4L0 3Z');
  });

  it('are seen whole, from zero where they come near it', () => {
    expect(valueDomain([2, null, 10])).toEqual([0, 10.4]);
    const [low, high] = valueDomain([0.91, 0.95]);
    expect(low).toBeGreaterThan(0.9);
    expect(high).toBeLessThan(0.96);
    expect(valueDomain([null, Number.NaN])).toEqual([0, 1]);
  });
});

describe('ribbons', () => {
  const period = { fromMs: 0, toMs: 10 * HOUR_MS };
  const span = (from: number, to: number) => ({
    start: new Date(from * HOUR_MS).toISOString(),
    end: new Date(to * HOUR_MS).toISOString(),
    verdict: 'data_fault' as const,
  });

  it('lie on a true axis of time: a hole stays a hole, and what lies outside is cut', () => {
    const cells = ribbonCells([span(-2, 1), span(5, 6), span(9, 12), span(20, 21)], period, 100);
    expect(cells.map(({ x, width }) => [x, width])).toEqual([
      [0, 10],
      [50, 10],
      [90, 10],
    ]);
  });

  it('show a moment as well, and never reach beyond the edge', () => {
    const [cell] = ribbonCells([span(9.99, 10)], period, 100);
    expect((cell?.x ?? 0) + (cell?.width ?? 0)).toBeLessThanOrEqual(100);
    expect(cell?.width).toBeGreaterThan(0);
  });

  it('tell verdicts without colour: no two have the same height and pattern, but for those that say nothing', () => {
    const looks = Object.entries(RIBBON_LOOKS).map(([, { height, pattern }]) => `${height} ${pattern}`);
    expect(new Set(looks).size).toBe(looks.length);
  });
});
