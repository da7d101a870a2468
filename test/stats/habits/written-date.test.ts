import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { writtenDates } from '../../../src/diagnose/samples/calendar.ts';
import {
  isFlag,
  isNumberedWeekday,
  isWrittenWeekend,
  partsThatMayBe,
  writtenDate,
} from '../../../src/stats/habits/written-date.ts';
import type { CategoricalColumn, Column, NumericColumn, Table } from '../../../src/core/table.ts';
import { levels, numeric } from '../../simulate/table-of-rows.ts';

/** Every six hours. */
const timesFrom = (ms: number, days: number): Float64Array =>
  Float64Array.from({ length: 4 * days }, (_, i) => ms + 6 * i * HOUR_MS);

describe('a part of the date that is written in a column', () => {
  const times = timesFrom(Date.UTC(2025, 10, 1), 90);
  const dates = Array.from(times, (ms) => new Date(ms));

  test.each([
    [
      'month',
      numeric(
        'm',
        dates.map((date) => date.getUTCMonth() + 1),
      ),
    ],
    [
      'month',
      levels(
        'm',
        dates.map((date) => String(date.getUTCMonth() + 1).padStart(2, '0')),
      ),
    ],
    [
      'year_month',
      levels(
        'm',
        dates.map((date) => date.toISOString().slice(0, 7)),
      ),
    ],
    [
      'year',
      numeric(
        'y',
        dates.map((date) => date.getUTCFullYear()),
      ),
    ],
    [
      'quarter',
      levels(
        'q',
        dates.map((date) => (date.getUTCMonth() > 8 ? 'Q4' : 'Q1')),
      ),
    ],
  ])('%s', (part, column) => {
    expect(writtenDate(column, times)).toEqual([part]);
  });

  test('weeks by ISO 8601: the last days of December may be of week 1', () => {
    const week = (ms: number): number => (ms >= Date.UTC(2025, 11, 29) ? 1 : 52);
    const around = timesFrom(Date.UTC(2025, 11, 22), 14);
    expect(writtenDate(numeric('w', Array.from(around, week)), around)).toEqual(['week']);
  });

  test('also by a clock hours away', () => {
    const local = numeric(
      'm',
      Array.from(times, (ms) => new Date(ms + 9 * HOUR_MS).getUTCMonth() + 1),
    );
    expect(writtenDate(local, times)).toEqual(['month']);
  });

  test('not what only rises with it', () => {
    expect(
      writtenDate(
        numeric(
          'n',
          Array.from(times, (_, i) => 11 + Math.floor(i / 100)),
        ),
        times,
      ),
    ).toEqual([]);
  });
});

describe('a column that was always 9', () => {
  const table = (fromMs: number, days: number, value: (ms: number) => number): Table => {
    const timestampMs = timesFrom(fromMs, days);
    const features = [numeric('n', Array.from(timestampMs, value))];
    return {
      rows: 4 * days,
      features,
      prediction: null,
      score: null,
      label: null,
      timestampMs,
      predictionId: null,
    };
  };
  const september = table(Date.UTC(2025, 8, 1), 30, () => 9);

  test('is the month where it went on as months do', () => {
    const month = (ms: number): number => new Date(ms).getUTCMonth() + 1;
    expect(writtenDates(september, table(Date.UTC(2025, 9, 20), 20, month))).toEqual(['n']);
  });

  test('and a version where it did not', () => {
    const version = (ms: number): number => (ms > Date.UTC(2025, 8, 30) + 5 * DAY_MS ? 11 : 9);
    expect(writtenDates(september, table(Date.UTC(2025, 9, 1), 20, version))).toEqual([]);
  });
});

describe('where the reference has no times', () => {
  const untimed = (column: Column): Table => ({
    rows: 400,
    features: [column],
    prediction: null,
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  });
  const october = (value: number): Table => {
    const timestampMs = timesFrom(Date.UTC(2025, 9, 3), 20);
    const features = [
      numeric(
        'n',
        Array.from(timestampMs, () => value),
      ),
    ];
    return { ...untimed(features[0]!), rows: 80, timestampMs };
  };
  const cells = (of: (row: number) => number): Table =>
    untimed(
      numeric(
        'n',
        Array.from({ length: 400 }, (_, row) => of(row)),
      ),
    );

  test('a month is what may have been one and is this one now', () => {
    expect(
      writtenDates(
        cells((row) => 6 + (row % 4)),
        october(10),
      ),
    ).toEqual(['n']);
    expect(
      writtenDates(
        cells((row) => 6 + (row % 4)),
        october(11),
      ),
    ).toEqual([]);
    expect(
      writtenDates(
        cells((row) => 6 + (row % 20)),
        october(10),
      ),
    ).toEqual([]);
  });

  test('what is nearly always 10 is so in October, too', () => {
    expect(
      writtenDates(
        cells((row) => (row % 20 === 0 ? 9 : 10)),
        october(10),
      ),
    ).toEqual([]);
  });

  test('a day of the week is known by its name, and not by a number', () => {
    const timestampMs = timesFrom(Date.UTC(2025, 9, 2), 20).map((_, i) => Date.UTC(2025, 9, 2) + i * 60_000);
    const days = ['Mo', 'Di', 'Mi', 'Do', 'Fr'];
    const named = untimed(
      levels(
        'd',
        Array.from({ length: 400 }, (_, row) => days[row % 5]!),
      ),
    );
    const thursday = (day: string): Table => ({
      ...untimed(
        levels(
          'd',
          Array.from(timestampMs, () => day),
        ),
      ),
      rows: 80,
      timestampMs,
    });
    expect(writtenDates(named, thursday('Do'))).toEqual(['d']);
    expect(writtenDates(named, thursday('Fr'))).toEqual([]);
    expect(
      writtenDates(
        cells((row) => row % 7),
        { ...october(4), timestampMs },
      ),
    ).toEqual([]);
  });
});

describe('days and hours, by the clock of the rows', () => {
  const times = Float64Array.from({ length: 1_000 }, (_, i) => Date.UTC(2026, 0, 1) + i * HOUR_MS);
  const local = (hours: number, of: (date: Date) => number): Column =>
    numeric(
      'n',
      Array.from(times, (ms) => of(new Date(ms + hours * HOUR_MS))),
    );

  test('a day of the month is that of any clock, an hour that of UTC', () => {
    expect(
      writtenDate(
        local(0, (date) => date.getUTCDate()),
        times,
      ),
    ).toEqual(['day_of_month']);
    expect(
      writtenDate(
        local(9, (date) => date.getUTCDate()),
        times,
      ),
    ).toEqual(['day_of_month']);
    expect(
      writtenDate(
        local(24, (date) => date.getUTCDate()),
        times,
      ),
    ).toEqual([]);
    expect(
      writtenDate(
        local(0, (date) => date.getUTCHours()),
        times,
      ),
    ).toEqual(['hour']);
    expect(
      writtenDate(
        local(3, (date) => date.getUTCHours()),
        times,
      ),
    ).toEqual([]);
  });

  test('a whole date is known in the ways people write it', () => {
    const written = (of: (date: Date) => string): string[] =>
      writtenDate(
        levels(
          'd',
          Array.from(times, (ms) => of(new Date(ms))),
        ),
        times,
      );
    expect(written((date) => date.toISOString().slice(0, 10))).toEqual(['date']);
    expect(written((date) => date.toLocaleDateString('de-DE', { timeZone: 'UTC' }))).toEqual(['date']);
    expect(written((date) => date.toLocaleDateString('en-US', { timeZone: 'UTC' }))).toEqual(['date']);
    expect(written(() => '2026-01-01')).toEqual([]);
  });

  test('numbers of the day of the week, however they are counted', () => {
    for (const of of [(day: number) => day, (day: number) => ((day + 6) % 7) + 1]) {
      expect(
        isNumberedWeekday(
          local(0, (date) => of(date.getUTCDay())),
          times,
        ),
      ).toBe(true);
    }
    expect(
      isNumberedWeekday(
        local(0, (date) => (3 * date.getUTCDay()) % 7),
        times,
      ),
    ).toBe(false);
  });

  test('a flag of the weekend is set on Saturdays and Sundays and on no other day', () => {
    const flag = (shift: number): Column =>
      levels(
        'weekend',
        Array.from(times, (ms) => (new Date(ms + shift * 24 * HOUR_MS).getUTCDay() % 6 === 0 ? 'Yes' : 'No')),
      );
    expect(isFlag(flag(0))).toBe(true);
    expect(isWrittenWeekend(flag(0), times)).toBe(true);
    expect(isWrittenWeekend(flag(2), times)).toBe(false);
  });
});

describe('what follows from a written date in a table without times', () => {
  const table = (
    hours: readonly number[],
    part: (hour: number) => string,
    timestampMs: Float64Array | null,
  ): Table => ({
    rows: hours.length,
    features: [numeric('hour', [...hours]), levels('part', hours.map(part))],
    prediction: null,
    score: null,
    label: null,
    timestampMs,
    predictionId: null,
  });
  const part = (hour: number): string => (hour < 6 ? 'night' : hour < 18 ? 'day' : 'evening');
  const reference = table(
    Array.from({ length: 480 }, (_, row) => (row * 7) % 24),
    part,
    null,
  );
  const at = Float64Array.from({ length: 100 }, (_, i) => Date.UTC(2026, 2, 2, 20) + i * 30_000);
  const evening = Array.from({ length: 100 }, () => 20);

  test('is set aside where it still does', () => {
    expect(writtenDates(reference, table(evening, part, at))).toEqual(['hour', 'part']);
    expect(
      writtenDates(
        reference,
        table(evening, () => 'night', at),
      ),
    ).toEqual(['hour']);
  });
});

describe('what a column without times may be', () => {
  const daysAnd = (others: number, of: number, other: number): Column =>
    numeric(
      'd',
      Array.from({ length: of }, (_, row) => (row < of - others ? 13 + (row % 19) : other)),
    );
  const maybeDay = (column: Column): boolean => partsThatMayBe(column).includes('day_of_month');

  test('nineteen of twenty cells decide, wherever the others stand', () => {
    expect(maybeDay(daysAnd(5, 100, 77.5))).toBe(true);
    expect(maybeDay(daysAnd(6, 100, 77.5))).toBe(false);
    const [few, more] = [daysAnd(5, 100, 77.5), daysAnd(6, 100, 77.5)] as NumericColumn[];
    expect(maybeDay({ ...few!, values: few!.values.toReversed() })).toBe(true);
    expect(maybeDay({ ...more!, values: more!.values.toReversed() })).toBe(false);
  });

  test('cells that are missing are asked nothing, infinite ones are no date', () => {
    expect(maybeDay(daysAnd(40, 100, Number.NaN))).toBe(true);
    expect(maybeDay(daysAnd(60, 100, Number.NaN))).toBe(false);
    expect(maybeDay(daysAnd(6, 100, Infinity))).toBe(false);
  });

  test('of levels rows count, not levels, and none that no row has', () => {
    const months = (others: number): CategoricalColumn => ({
      kind: 'categorical',
      name: 'm',
      invalid: 0,
      levels: ['May', 'June', 'spring', ...Array.from({ length: 50 }, (_, i) => `unused ${i}`)],
      codes: Int32Array.from({ length: 120 }, (_, row) => (row < others ? 2 : row < 20 ? -1 : row % 2)),
    });
    expect(partsThatMayBe(months(5))).toEqual(['month']);
    expect(partsThatMayBe(months(6))).toEqual([]);
  });
});
