import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseWindow, falseAlarmsPerWeek } from '../../src/init/choose-window.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So many rows, evenly over so long. */
const times = (rows: number, spanMs: number) =>
  Float64Array.from({ length: rows }, (_, i) => (i * spanMs) / rows);

it.each([
  ['a row a second over a day', times(86_400, DAY_MS), HOUR_MS, null],
  ['a thousand a day', times(60_000, 60 * DAY_MS), DAY_MS, null],
  ['a hundred a day', times(10_000, 100 * DAY_MS), 7 * DAY_MS, null],
  ['ten a day', times(2_000, 200 * DAY_MS), DAY_MS, 500],
  ['twenty minutes of a busy topic', times(60_000, HOUR_MS / 3), 60_000, null],
  ['no times', null, HOUR_MS / 6, 500],
])('windows have rows enough to be judged: %s', (_, rows, sizeMs, ofRows) => {
  expect(chooseWindow(rows)).toMatchObject({ size_ms: sizeMs, rows: ofRows });
});

it('expects false alarms as often as they were measured', () => {
  const calibration = readFileSync(join(import.meta.dirname, '../../docs/records/calibration.md'), 'utf8');
  const [, ...table] = (calibration.split('## When nothing moved')[1] ?? '').split('\n| ');
  const measured = table.slice(2, 5).map((row) => Number(row.split('|').at(-2)));
  expect(measured).toEqual([0.67, 0.75, 0.5]);
  const hourly = chooseWindow(times(86_400, DAY_MS));
  expect(falseAlarmsPerWeek(hourly, 86_400)).toEqual({
    at_most: 0.13,
    windows_per_week: 168,
    flagged_per_1000: Math.max(...measured),
  });
});
