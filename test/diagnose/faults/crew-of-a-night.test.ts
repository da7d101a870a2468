/** A crew has its rows of a day in one half of it: what the wind was in that night is no other unit. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws, type Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const START_MS = Date.UTC(2026, 2, 2);
const ROWS = 400;
const DAYS = 60;

/** The logarithm of the wind in each half of a day. */
type Wind = (half: number, draw: Draws) => number;

function roads(
  seed: number,
  { from, days, each }: { readonly from: number; readonly days: number; readonly each: number },
  wind: Wind,
): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: (days * ROWS) / each }, (_, row) => {
    const day = from + (row * each) / ROWS;
    const half = Math.floor(2 * day);
    const crew = 'ABCD'[(Math.floor(day) + 2 * (half % 2)) % 4]!;
    return { ms: START_MS + day * DAY_MS, crew, wind: Math.round(10 * Math.exp(wind(half, draw))) / 10 };
  });
  return tableOf({
    features: {
      crew: rows.map(({ crew }) => crew),
      wind: rows.map((row) => row.wind),
      salt: rows.map(() => 20 + 4 * draw.normal()),
      trips: rows.map(() => Math.round(5 + 2 * draw.normal())),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

const draw = draws(1);
const halves = Array.from({ length: 2 * DAYS }, () => 1.17 + 0.5 * draw.normal());
const reference = roads(
  1,
  { from: 0, days: DAYS, each: 3 },
  (half, now) => halves[half]! + 0.3 * now.normal(),
);

/** One half of it calm, the other as all of the reference. */
const faultsOn = (seed: number, calm: Wind): string[] => {
  const wind: Wind = (half, now) => (half % 2 === 0 ? calm(half, now) : 1.17 + 0.58 * now.normal());
  const current = roads(seed, { from: DAYS, days: 1, each: 1 }, wind);
  return judge('classification', { reference, current }).faults.map(
    ({ fault, feature }) => `${fault} ${feature}`,
  );
};

test('one calm night of a crew fits a logarithm, and is as calm as others were', () => {
  const calm: Wind = (_, now) => 0.33 + 0.31 * now.normal();
  expect([50, 51, 52, 53, 54].flatMap((seed) => faultsOn(seed, calm))).toEqual([]);
});

test('a gauge that reads another unit while one crew has it is told of', () => {
  const knots: Wind = (_, now) => 1.17 + 0.58 * now.normal() + Math.log(100);
  expect(faultsOn(60, knots)).toEqual(['unit_change wind']);
});
