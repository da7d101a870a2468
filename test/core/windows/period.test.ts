import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { defaultSpanMs, resolvePeriod } from '../../../src/core/windows/period.ts';

const latest = Date.UTC(2026, 2, 2);
const now = Date.UTC(2026, 5, 1);
const read = (from: string | null, to: string | null) => resolvePeriod({ from, to }, latest, now);

it('ends with the newest data, and is seven days long', () => {
  expect(read(null, null)).toEqual({ ok: true, value: { fromMs: latest - 7 * DAY_MS, toMs: latest } });
  expect(resolvePeriod({ from: null, to: null }, latest, now, defaultSpanMs(7 * DAY_MS))).toEqual({
    ok: true,
    value: { fromMs: latest - 210 * DAY_MS, toMs: latest },
  });
  expect(defaultSpanMs(HOUR_MS)).toBe(7 * DAY_MS);
});

it('counts back from now or from the newest data', () => {
  expect(read('latest-36h', null)).toEqual({
    ok: true,
    value: { fromMs: latest - 36 * HOUR_MS, toMs: latest },
  });
  expect(read('now-2w', 'now')).toEqual({ ok: true, value: { fromMs: now - 14 * DAY_MS, toMs: now } });
});

it('reads times, of UTC where they name no zone', () => {
  expect(read('2026-03-01', '2026-03-01T12:00')).toEqual({
    ok: true,
    value: { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 2, 1, 12) },
  });
  expect(read('2026-03-01T01:00:00+01:00', null)).toEqual({
    ok: true,
    value: { fromMs: Date.UTC(2026, 2, 1), toMs: latest },
  });
});

it.each([
  ['yesterday', null],
  ['now-7y', null],
  ['2026-13-45', null],
  ['<script>', null],
  [null, 'latest-'],
  ['2026-03-02', '2026-03-01'],
  ['latest', 'latest'],
])('refuses %s to %s', (from, to) => {
  expect(read(from, to).ok).toBe(false);
});
