import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { createRandom } from '../../src/stats/random.ts';
import { chooseCycle, mixOfPhases, phaseOf } from '../../src/stats/significance/cycle.ts';
import type { TimedCounts } from '../../src/stats/significance/cycle.ts';

const MONDAY = Date.UTC(2026, 0, 5);
const HOURS = 28 * 24;

/** Rows of two cells, by hour; the first has this share. */
function windows(
  share: (hour: number, random: () => number) => number,
  { seed = 1, count = HOURS, sizeMs = HOUR_MS, rows = 200 } = {},
): TimedCounts[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const p = share(at, random);
    const first = Array.from({ length: rows }).filter(() => random() < p).length;
    return { startMs: MONDAY + at * sizeMs, counts: [first, rows - first] };
  });
}

const daily = (hour: number): number => 0.5 + 0.2 * Math.cos((hour / 12) * Math.PI);

describe('a cycle', () => {
  it('is that of the hours of the day where days are alike', () => {
    expect(chooseCycle(windows(daily), HOUR_MS, 'UTC')).toBe('hour_of_day');
  });

  it('knows the weekend where it has its own hours, and the week where each day has', () => {
    const isWeekend = (hour: number): boolean => Math.floor(hour / 24) % 7 >= 5;
    const weekend = windows((hour) => (isWeekend(hour) ? 1 - daily(hour) : daily(hour)));
    expect(chooseCycle(weekend, HOUR_MS, 'UTC')).toBe('hour_and_weekend');
    const each = windows((hour) => 0.5 + 0.2 * Math.cos(((hour % 168) / 168) * 2 * Math.PI));
    expect(chooseCycle(each, HOUR_MS, 'UTC')).toBe('hour_of_week');
  });

  it('is that of days for windows of a day, and none for longer ones', () => {
    const days = windows((day) => (day % 7 >= 5 ? 0.3 : 0.6), { count: 56, sizeMs: DAY_MS });
    expect(chooseCycle(days, DAY_MS, 'UTC')).toBe('day_of_week');
    expect(chooseCycle(days, 2 * DAY_MS, 'UTC')).toBeNull();
  });

  it('is none of lots that come and are gone, of which every Monday has another', () => {
    const lots = Array.from({ length: 45 }, (_, day) => ({
      startMs: MONDAY + day * DAY_MS,
      counts: Array.from({ length: 90 }, (_, lot) => (lot >> 1 === day ? 180 + (lot % 3) : 0)),
    }));
    expect(chooseCycle(lots, DAY_MS, 'UTC')).toBeNull();
  });

  it('is none of chance, of days that differ, and of what drifts', () => {
    const found = Array.from({ length: 40 }, (_, seed) => {
      let level = 0.5;
      const wandering = windows(
        (_hour, random) => {
          level = 0.5 + 0.98 * (level - 0.5) + 0.02 * (random() + random() + random() - 1.5);
          return level;
        },
        { seed, rows: 60 },
      );
      const byDay = Array.from({ length: 28 }, (_, day) => 0.3 + 0.4 * createRandom(seed * 100 + day)());
      const days = windows((hour) => byDay[Math.floor(hour / 24)]!, { seed, rows: 60 });
      const ramp = windows((hour) => 0.3 + (0.4 * hour) / HOURS, { seed, rows: 60 });
      return [windows(() => 0.4, { seed, rows: 60 }), wandering, days, ramp].map((each) =>
        chooseCycle(each, HOUR_MS, 'UTC'),
      );
    });
    expect(found.flat().filter((kind) => kind !== null)).toEqual([]);
  });

  it('is seen of a few hours that are a little unlike, where rows are independent, and not where days are not', () => {
    const night = (hour: number): boolean => hour % 24 < 5;
    const [alike, apart] = [0, 0.12].map((byDay) =>
      Array.from({ length: 10 }, (_, seed) => {
        const levels = Array.from({ length: 28 }, (_, day) => 0.3 + byDay * createRandom(seed * 100 + day)());
        const share = (hour: number): number => levels[Math.floor(hour / 24)]! + (night(hour) ? 0.06 : 0);
        return chooseCycle(windows(share, { seed: seed + 70, rows: 80 }), HOUR_MS, 'UTC');
      }),
    ) as [(string | null)[], (string | null)[]];
    expect(new Set(alike)).toEqual(new Set(['hour_of_day']));
    expect(apart.filter((kind) => kind !== null && kind !== 'hour_of_day')).toEqual([]);
  });

  it('needs days enough to tell', () => {
    expect(chooseCycle(windows(daily, { count: 48 }), HOUR_MS, 'UTC')).toBeNull();
    expect(chooseCycle(windows(daily, { count: 10 * 24 }), HOUR_MS, 'UTC')).toBe('hour_of_day');
  });

  it('is worth no more rows than its phases have, however many windows are judged beside them', () => {
    const monday = [60, 20];
    const tuesday = [20, 60];
    const weeks = Array.from({ length: 16 }, () => [
      { rows: 10, usual: [...monday] },
      { rows: 10, usual: [...tuesday] },
    ]).flat();
    expect(mixOfPhases(weeks)?.map((count) => Math.round(1e6 * count) / 1e6)).toEqual([80, 80]);
    expect(mixOfPhases([{ rows: 10, usual: monday }])).toEqual(monday);
    expect(mixOfPhases([{ rows: 10, usual: [0, 0] }])).toBeNull();
    expect(mixOfPhases([{ rows: 0, usual: monday }])).toBeNull();
  });

  it('goes by the clock on the wall', () => {
    const winter = Date.UTC(2026, 2, 28, 8);
    const summer = Date.UTC(2026, 2, 30, 7);
    expect(phaseOf('hour_of_day', winter, 'Europe/Berlin')).toBe(9);
    expect(phaseOf('hour_of_day', summer, 'Europe/Berlin')).toBe(9);
    expect(phaseOf('hour_and_weekend', winter, 'Europe/Berlin')).toBe(33);
    expect(phaseOf('hour_and_weekend', summer, 'Europe/Berlin')).toBe(9);
    expect(phaseOf('day_of_week', MONDAY, 'UTC')).toBe(4);
    expect(phaseOf('hour_of_week', MONDAY + 5 * HOUR_MS, 'UTC')).toBe(4 * 24 + 5);
    expect(phaseOf('day_of_week', -1, 'UTC')).toBe(6);
  });
});
