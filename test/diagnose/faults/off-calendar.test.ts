import { describe, expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const HOUR_MS = 3_600_000;
const GERMAN = ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Calls of some weeks, of which weekday and hour are logged beside the time, by a clock that is so many hours off. */
function calls(
  seed: number,
  { weeks, offH = 0, fromMs = Date.UTC(2026, 2, 2) }: { weeks: number; offH?: number; fromMs?: number },
): Table {
  const draw = draws(seed);
  const rows = weeks * 1_000;
  const times = Array.from({ length: rows }, () => fromMs + draw.uniform() * weeks * 168 * HOUR_MS)
    .sort((a, b) => a - b)
    .map((ms) => Math.floor(ms));
  const at = times.map((ms) => new Date(ms + offH * HOUR_MS));
  return tableOf({
    features: {
      weekday: at.map((date) => DAYS[date.getUTCDay()]!),
      hour: at.map((date) => date.getUTCHours()),
      period: at.map((date) => 2 * date.getUTCHours() + Math.floor(date.getUTCMinutes() / 30)),
      minutes: at.map(() => 5 + 2 * draw.normal()),
    },
    timestampMs: times,
  });
}

describe('columns that were what the time says', () => {
  const reference = calls(1, { weeks: 4 });
  const found = (offH: number): string[] =>
    judge('classification', { reference, current: calls(2, { weeks: 1, offH }) }).faults.map(
      ({ fault, feature, detail }) => `${fault} ${feature} ${/put by (\S+ h)/.exec(detail)?.[1]}`,
    );

  test('are no fault while they are', () => {
    expect(found(0)).toEqual([]);
  });

  test('are by another clock, or count their days from another one', () => {
    expect(found(5)).toEqual(expect.arrayContaining(['clock_shift hour +5 h', 'clock_shift period +5 h']));
    expect(found(24)).toEqual(['clock_shift weekday +24 h']);
    // Somewhere that may be the law.
    expect(found(1)).toEqual([]);
  });

  test('are by another clock where only the hours of the night were ever there', () => {
    const rounds = (seed: number, weeks: number, offH: number): Table => {
      const draw = draws(seed);
      const times = Array.from({ length: 500 * weeks }, () => {
        const day = Math.floor(7 * weeks * draw.uniform());
        return Date.UTC(2026, 2, 2) + Math.floor((24 * day + 2 + 5 * draw.uniform()) * HOUR_MS);
      }).sort((a, b) => a - b);
      return tableOf({
        features: {
          hour: times.map((ms) => new Date(ms + offH * HOUR_MS).getUTCHours()),
          copies: times.map(() => 50 + 20 * draw.normal()),
        },
        timestampMs: times,
      });
    };
    const told = judge('classification', { reference: rounds(6, 6, 0), current: rounds(7, 1, -7) }).faults;
    expect(told.map(({ fault, feature }) => `${fault} ${feature}`)).toEqual(['clock_shift hour']);
    expect(told[0]?.detail).toContain('put by −7 h');
  });

  test('are in other names, one for one', () => {
    const german = (table: Table): Table => ({
      ...table,
      features: table.features.map((column) =>
        column.name === 'weekday' && column.kind !== 'numeric'
          ? { ...column, levels: column.levels.map((level) => GERMAN[DAYS.indexOf(level)]!) }
          : column,
      ),
    });
    const { faults } = judge('classification', { reference, current: german(calls(5, { weeks: 1 })) });
    expect(faults.map(({ fault, feature }) => `${fault} ${feature}`)).toEqual(['category_rename weekday']);
  });

  test('are an hour less when clocks were put back, and two hours are no summer time', () => {
    const summer = calls(3, { weeks: 4, offH: 2, fromMs: Date.UTC(2026, 7, 3) });
    const autumn = (offH: number): string[] =>
      judge('classification', {
        reference: summer,
        current: calls(4, { weeks: 1, offH, fromMs: Date.UTC(2026, 10, 2) }),
      }).faults.map(({ fault, feature }) => `${fault} ${feature}`);
    expect(autumn(1)).toEqual([]);
    expect(autumn(0)).toContain('clock_shift hour');
  });
});
