import { expect, test } from 'vitest';
import type { Performance } from '../../src/core/findings.ts';
import { besideIncidents, describeTimePattern } from '../../src/diagnose/pattern/time-pattern.ts';
import type { PatternWindow } from '../../src/diagnose/pattern/time-pattern.ts';

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 0, 1);

interface Made {
  readonly counts: readonly number[];
  readonly missing?: number;
  readonly accuracy?: number;
  readonly status?: 'ok' | 'drift' | 'fault';
}

function windows(
  count: number,
  make: (at: number) => Made,
  lengthMs: (at: number) => number = () => DAY_MS,
): PatternWindow[] {
  let startMs = FIRST;
  return Array.from({ length: count }, (_, at) => {
    const { counts, missing = 0, accuracy, status = 'ok' } = make(at);
    const rows = counts.reduce((sum, each) => sum + each, 0);
    const column = {
      name: 'fare',
      status,
      rows: { reference: 1000, current: Math.round(rows / (1 - missing)) },
      missing: { reference: 0, current: missing },
      invalid: { reference: 0, current: 0 },
      metrics: {},
      counts: { bins: [1, 2, null], reference: [300, 300, 400], current: [...counts] },
    };
    const from = startMs;
    startMs += lengthMs(at);
    return {
      startMs: from,
      endMs: startMs,
      compared: {
        features: [column],
        prediction: null,
        score: null,
        label: null,
        performance: accuracy === undefined ? null : performance(accuracy),
      },
    };
  });
}

function performance(accuracy: number): Performance {
  return {
    labelled: { reference: 1000, current: 1000, share: 1 },
    mature: true,
    metrics: {
      accuracy: {
        reference: 0.9,
        current: accuracy,
        interval: [accuracy - 0.02, accuracy + 0.02],
        p_value: accuracy < 0.85 ? 1e-9 : 0.4,
      },
    },
  };
}

const shaken = (at: number): number => ((at * 7919) % 13) - 6;
const usual = (at: number): number[] => [300 + shaken(at), 300 - shaken(at), 400];

test('where nothing moved nothing began', () => {
  expect(describeTimePattern(windows(20, (at) => ({ counts: usual(at) })))).toMatchObject({
    pattern: 'none',
    reason: 'nothing_moved',
    parts: [],
  });
});

test('what was so from the first window on is steady', () => {
  const found = describeTimePattern(windows(20, (at) => ({ counts: usual(at), status: 'drift' })));
  expect(found).toMatchObject({
    pattern: 'none',
    reason: 'steady',
    parts: [{ name: 'fare', reason: 'steady' }],
  });
});

test('a step has its day, and one that went back its end', () => {
  const step = describeTimePattern(
    windows(20, (at) => (at < 11 ? { counts: usual(at) } : { counts: [100, 300, 600], status: 'drift' })),
  );
  expect(step).toMatchObject({ pattern: 'sudden', change_point: '2026-01-12T00:00:00.000Z' });
  expect(step).not.toHaveProperty('ended_at');
  expect(step.summary).toBe('Began between 2026-01-11 19:12 UTC and 2026-01-12 04:48 UTC, suddenly.');
  const episode = describeTimePattern(
    windows(20, (at) =>
      at < 8 || at > 12 ? { counts: usual(at) } : { counts: [100, 300, 600], status: 'drift' },
    ),
  );
  expect(episode).toMatchObject({ pattern: 'sudden', ended_at: '2026-01-14T00:00:00.000Z' });
  expect(episode.summary).toMatch(/, suddenly; it had gone back by 2026-01-14 00:00 UTC\.$/);
});

test('a missing spike is in no bin, and is seen', () => {
  const found = describeTimePattern(
    windows(16, (at) => ({
      counts: usual(at),
      missing: at < 9 ? 0 : 0.5,
      status: at < 9 ? 'ok' : 'fault',
    })),
  );
  expect(found).toMatchObject({ pattern: 'sudden', change_point: '2026-01-10T00:00:00.000Z' });
});

test('a way that is not over says that it goes on', () => {
  const found = describeTimePattern(
    windows(24, (at) => {
      const moved = at < 8 ? 0 : 15 * (at - 7.5);
      return { counts: [300 - moved + shaken(at), 300, 400 + moved], status: moved > 60 ? 'drift' : 'ok' };
    }),
  );
  expect(found.pattern).toBe('gradual');
  expect(found.summary).toMatch(
    /^Began between .*, gradually \(more and more rows are of the new kind\); it goes on\.$/,
  );
});

test('a performance figure has its own pattern, and stands for the model when nothing else moved', () => {
  const found = describeTimePattern(
    windows(18, (at) => ({ counts: usual(at), accuracy: at < 9 ? 0.9 : 0.8 })),
  );
  expect(found).toMatchObject({
    pattern: 'sudden',
    change_point: '2026-01-10T00:00:00.000Z',
    parts: [{ subject: 'performance', name: 'accuracy', pattern: 'sudden' }],
  });
});

test('what repeats has a period, in time where windows are of one length', () => {
  const weekly = (at: number): Made =>
    at % 7 < 2 ? { counts: [100, 300, 600], status: 'drift' } : { counts: usual(at) };
  expect(describeTimePattern(windows(28, weekly))).toMatchObject({
    pattern: 'recurring',
    change_point: null,
    period: { windows: 7, ms: 7 * DAY_MS },
    summary: 'Comes back every 7 days.',
  });
  const uneven = windows(28, weekly, (at) => DAY_MS + (at % 3) * 3_600_000);
  expect(describeTimePattern(uneven)).toMatchObject({ period: { windows: 7, ms: null } });
});

test('only the last 400 windows are looked at', () => {
  const found = describeTimePattern(
    windows(450, (at) => ({ counts: usual(at), status: at === 0 ? 'drift' : 'ok' })),
  );
  expect(found).toMatchObject({ reason: 'nothing_moved', windows: 400 });
});

test('what lies beside all incidents is not told: they say since when', () => {
  const moved = (at: number): boolean => at >= 4 && at < 9;
  const pattern = describeTimePattern(
    windows(20, (at) => ({
      counts: moved(at) ? [600, 300, 100] : [300, 300, 400],
      status: moved(at) ? 'drift' : 'ok',
    })),
  );
  expect(pattern).toMatchObject({ pattern: 'sudden', reason: null });
  const day = (at: number): string => new Date(FIRST + at * DAY_MS).toISOString();
  const beside = (since: number, until: number | null): (typeof pattern)['reason'] =>
    besideIncidents(pattern, [{ since: day(since), until: until === null ? null : day(until) }]).reason;
  expect(besideIncidents(pattern, [])).toEqual(pattern);
  expect(beside(5, 8)).toBeNull();
  expect(beside(2, null)).toBeNull();
  expect(beside(12, null)).toBe('beside_incidents');
  const { parts } = besideIncidents(pattern, [{ since: day(12), until: null }]);
  expect(parts.map(({ subject, name, reason }) => [subject, name, reason])).toEqual([
    ['feature', 'fare', 'beside_incidents'],
  ]);
  expect(beside(0, 2)).toBe('beside_incidents');
});
