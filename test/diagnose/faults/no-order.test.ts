/** A training table in no order, without times: what rows of one day have in common nobody has learned. */
import { describe, expect, test } from 'vitest';
import type { FaultFinding } from '../../../src/core/faults.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { asideOf } from '../../../src/judge/conclude-window.ts';
import { inputOf, judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;

interface Row {
  readonly rain: number;
  readonly age: number;
  readonly weight: number;
  readonly release: number;
  readonly score: number;
}

/** Weather and releases are those of the hour, all else those of a person. */
function row(draw: Draws, hour: { readonly rain: number; readonly release: number }): Row {
  const age = Math.round(45 + 12 * draw.normal());
  const weight = 30 + age + 10 * draw.normal();
  const rain = hour.rain === 0 ? 0 : Math.round(10 * hour.rain * (0.5 + draw.uniform())) / 10;
  return { rain, age, weight, release: hour.release, score: draw.normal() };
}

const rainIn = (draw: Draws): number => (draw.uniform() < 0.15 ? 1 + 4 * draw.uniform() : 0);

function faultsOf(seed: number, change: (row: Row, at: number) => Row, release = 7): readonly FaultFinding[] {
  const draw = draws(seed);
  const reference = Array.from({ length: 4_000 }, () =>
    row(draw, { rain: rainIn(draw), release: 3 + Math.floor(4 * draw.uniform()) }),
  );
  // It rained for an hour of the first four; ten rows an hour.
  const current = Array.from({ length: 400 }, (_, at) =>
    change(row(draw, { rain: at < 40 && at >= 25 ? 3 : 0, release }), at),
  );
  const table = (rows: readonly Row[], fromMs: number | null): Table =>
    tableOf({
      features: Object.fromEntries(
        (['rain', 'age', 'weight', 'release', 'score'] as const).map((name) => [
          name,
          rows.map((each) => each[name]),
        ]),
      ),
      ...(fromMs !== null && { timestampMs: rows.map((_, i) => fromMs + i * 6 * MINUTE_MS) }),
    });
  return judge('classification', { reference: table(reference, null), current: table(current, START_MS) })
    .faults;
}

test('a dry day and a release of which all rows are one are no faults', () => {
  expect(faultsOf(1, (each) => each)).toEqual([]);
  expect(faultsOf(2, (each) => ({ ...each, rain: 0 }))).toEqual([]);
});

test('a number that every person had for himself is stuck, the whole day or a part of it', () => {
  expect(faultsOf(3, (each) => ({ ...each, score: 0.123 }))).toMatchObject([
    { fault: 'constant_value', feature: 'score' },
  ]);
  expect(faultsOf(4, (each, at) => ({ ...each, score: at > 150 ? 0.123 : each.score }))).toMatchObject([
    { fault: 'constant_value', feature: 'score' },
  ]);
});

test('a common value is stuck where the rows before it come in no order, and what goes with it goes on', () => {
  expect(faultsOf(5, (each, at) => ({ ...each, age: at > 250 ? 45 : each.age }))).toMatchObject([
    { fault: 'constant_value', feature: 'age' },
  ]);
  expect(faultsOf(6, (each) => ({ ...each, age: 99 }))).toMatchObject([{ feature: 'age' }]);
});

describe('a day of a log whose training table is shuffled', () => {
  const DAY_MS = 1_440 * MINUTE_MS;
  const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  /** Days since the beginning; a campaign lasts for days, and a release is rolled out. */
  const dayOf = (draw: Draws, day: number, campaign: string): Record<string, number | string> => ({
    weekday: weekdays[day % 7]!,
    is_weekend: day % 7 > 4 ? 'yes' : 'no',
    day: new Date(START_MS + day * DAY_MS).getUTCDate(),
    campaign,
    amount: draw.normal(),
    people: 20 + 3 * draw.normal(),
  });
  const shuffled = (draw: Draws): Record<string, number | string>[] =>
    Array.from({ length: 3_000 }, () => {
      const day = Math.floor(60 * draw.uniform());
      return dayOf(draw, day, day % 5 < 3 ? 'spring' : 'none');
    });
  const judged = (
    seed: number,
    names: readonly string[],
    change: (row: Record<string, number | string>, at: number) => object = (each) => each,
  ): ReturnType<typeof judge> => {
    const draw = draws(seed);
    const reference = shuffled(draw);
    // A Tuesday eight weeks later, all of it within one campaign.
    const current = Array.from({ length: 300 }, (_, at) => ({
      ...dayOf(draw, 57, 'spring'),
      ...change({}, at),
    })) as Record<string, number | string>[];
    const table = (rows: readonly Record<string, number | string>[], ms: number | null): Table =>
      tableOf({
        features: Object.fromEntries(names.map((name) => [name, rows.map((each) => each[name]!)])),
        ...(ms !== null && { timestampMs: rows.map((_, i) => ms + i * 4 * MINUTE_MS) }),
      });
    const tables = { reference: table(reference, null), current: table(current, START_MS + 57 * DAY_MS) };
    const aside = asideOf(tables.reference, tables.current, new Map());
    return diagnose({ ...inputOf('classification', tables), aside });
  };

  test('stands still in what a day has in common, and is neither called broken nor doubted', () => {
    const said = judged(11, ['weekday', 'is_weekend', 'day', 'campaign', 'amount', 'people']);
    expect(said).toMatchObject({ verdict: 'covariate_shift', faults: [] });
    expect(said.summary).toContain('campaign');
    expect(said.summary).not.toMatch(/weekend|day\b/);
    expect(judged(16, ['weekday', 'campaign', 'amount', 'people'])).toMatchObject({
      faults: [],
      verdict: 'covariate_shift',
    });
  });

  test('is doubted where one column alone stands still', () => {
    expect(judged(12, ['campaign', 'amount', 'people'])).toMatchObject({
      verdict: 'undetermined',
      faults: [],
    });
  });

  test('is at fault where a value of its own in nearly every row is one', () => {
    expect(
      judged(13, ['weekday', 'campaign', 'amount', 'people'], () => ({ amount: 0.25 })).faults,
    ).toMatchObject([{ fault: 'constant_value', feature: 'amount' }]);
  });
});

test('a release that is rolled out mixes with the one before it, and is no stuck column', () => {
  const draw = draws(14);
  const rolled = (_: Row, at: number): number => (at < 200 && draw.uniform() > at / 200 ? 7 : 8);
  expect(faultsOf(15, (each, at) => ({ ...each, release: rolled(each, at) }))).toEqual([]);
});
