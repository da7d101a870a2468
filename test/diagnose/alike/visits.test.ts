/** Rows that come in visits and lots: as many of them as one. */
import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import { jointShift } from '../../../src/diagnose/joint-shift.ts';
import { pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const HOUR_MS = 3_600_000;

/** Visits of eight rows that share country, device and the seconds before; prices are those of each row. Every ninth row is kept of what was long ago. */
function hours(
  draw: Draws,
  { from, count, kept = 1 }: { from: number; count: number; kept?: number },
): Table {
  const rows: { country: string; device: string; seconds: number; price: number; ms: number }[] = [];
  for (let visit = 0; visit < 30 * count; visit++) {
    const country = `c${draw.choice([4, 3, 2, 2, 1])}`;
    const device = `d${draw.choice([3, 2, 1])}`;
    const seconds = Math.round(60 * Math.exp(draw.normal()));
    for (let row = 0; row < 8; row++) {
      const ms = START_MS + (from + (visit + row / 10) / 30) * HOUR_MS;
      const price = Math.exp(draw.normal());
      if (kept === 1 || draw.uniform() < 1 / kept) rows.push({ country, device, seconds, price, ms });
    }
  }
  return tableOf({
    features: {
      country: rows.map(({ country }) => country),
      device: rows.map(({ device }) => device),
      seconds: rows.map(({ seconds }) => seconds),
      price: rows.map(({ price }) => price),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('thirty visits of an hour do not move columns jointly', () => {
  const draw = draws(7);
  const reference = hours(draw, { from: 0, count: 300, kept: 9 });
  const found = Array.from({ length: 60 }, (_, at) => {
    const samples = pairSamples(reference, hours(draw, { from: 400 + at, count: 1 }));
    return jointShift(samples, samples.features);
  });
  expect(found.filter((each) => each !== null)).toEqual([]);
});

test('two lots of a day that the training table never had are no column that stands still', () => {
  const draw = draws(8);
  const rows = (
    count: number,
    lotOf: (row: number) => string,
  ): Parameters<typeof tableOf>[0]['features'] => ({
    lot: Array.from({ length: count }, (_, row) => lotOf(row)),
    width: Array.from({ length: count }, () => 10 + draw.normal()),
    force: Array.from({ length: count }, () => 50 + 5 * draw.normal()),
  });
  const day = (lotOf: (row: number) => string): Table =>
    tableOf({
      features: rows(560, lotOf),
      timestampMs: Array.from({ length: 560 }, (_, row) => START_MS + row * 150_000),
    });
  const reference = tableOf({ features: rows(12_000, () => `L${Math.floor(60 * draw.uniform())}`) });
  const two = judge('classification', { reference, current: day((row) => (row < 286 ? 'L121a' : 'L121b')) });
  expect([two.faults, two.readings ?? []]).toEqual([[], []]);
  // A known one for half of the day, after others that come in no order, is.
  const stuck = day((row) => (row < 280 ? `L${Math.floor(60 * draw.uniform())}` : 'L7'));
  expect(judge('classification', { reference, current: stuck }).verdict).not.toBe('none');
});

test('climbers of an evening who warmed up for seven minutes were not cut off there', () => {
  const draw = draws(9);
  const minutes = (): number => Math.max(2, Math.round(11 + 4 * draw.normal()));
  const table = (tries: { minutes: number; weeks: number; grip: number }[], isTimed: boolean): Table =>
    tableOf({
      features: {
        minutes: tries.map((each) => each.minutes),
        weeks: tries.map((each) => each.weeks),
        grip: tries.map((each) => each.grip),
      },
      ...(isTimed && { timestampMs: tries.map((_, row) => START_MS + row * 60_000) }),
    });
  const climber = (): { minutes: number; weeks: number } => ({
    minutes: minutes(),
    weeks: Math.floor(400 * draw.uniform()),
  });
  const reference = Array.from({ length: 12_000 }, () => ({ ...climber(), grip: draw.normal() }));
  // A hundred of twelve tries each, ten at a time; nobody warmed up for less than seven minutes, and a sixth for seven.
  const evening = Array.from({ length: 100 }, (_, at) => ({
    ...climber(),
    minutes: at % 6 === 0 ? 7 : Math.max(8, minutes()),
  }));
  const tries = evening.flatMap((each, at) =>
    Array.from({ length: 12 }, (_, nth) => ({
      ...each,
      grip: draw.normal(),
      at: Math.floor(at / 10) * 120 + nth * 10 + (at % 10),
    })),
  );
  const current = table(
    tries.toSorted((a, b) => a.at - b.at),
    true,
  );
  expect(judge('classification', { reference: table(reference, false), current }).faults).toEqual([]);
});
