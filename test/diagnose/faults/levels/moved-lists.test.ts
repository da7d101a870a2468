/** A list of levels that moved by one entry, where levels have one dish a day; and lots, of which each site has another one every few days. */
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../../../src/core/findings.ts';
import { DAY_MS } from '../../../../src/core/clock.ts';
import type { Table } from '../../../../src/core/table.ts';
import { jointShift } from '../../../../src/diagnose/joint-shift.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

const ROWS = 400;
const DAYS = 36;
const COUNTERS = 'ABCDEF';
const START_MS = Date.UTC(2026, 2, 2);

/** What a counter serves on a day, the same for all who come. */
const dishOf = (counter: number, day: number): number => draws(7_000 + 10 * day + counter).normal();

function canteen(seed: number, from: number, days: number, move = 0): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: days * ROWS }, (_, row) => {
    const day = from + Math.floor(row / ROWS);
    const counter = draw.choice([3, 4, 4, 3, 3, 2]);
    const dish = dishOf(counter, day);
    return { ms: START_MS + (from + row / ROWS) * DAY_MS, counter, dish };
  });
  return tableOf({
    features: {
      counter: rows.map(({ counter }) => COUNTERS[(counter + move) % 6]!),
      main: rows.map(({ counter, dish }) => 200 + 8 * ((5 * counter) % 6) + 12 * dish + 6 * draw.normal()),
      warm: rows.map(({ counter }) => 55 + 2 * ((3 * counter) % 5) + 3 * draw.normal()),
      price: rows.map(({ counter }) => 3 + 0.4 * counter + Math.round(draw.normal()) / 5),
      queue: rows.map(() => 5 + 2 * draw.normal()),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

const faultsOf = ({ faults }: Diagnosis): string[] =>
  faults.map(({ fault, feature }) => `${fault} ${feature}`);

const canteenOn = (day: number, move: number): Diagnosis =>
  judge('classification', {
    reference: canteen(1, 0, DAYS),
    current: canteen(day, day, 1, move),
  });

test.each([36, 37, 38])(
  'a list that moved by an entry is told though all of a counter eat one dish (%d)',
  (day) => {
    expect(faultsOf(canteenOn(day, 1))).toEqual(['levels_exchanged counter']);
    expect(faultsOf(canteenOn(day, 0))).toEqual([]);
  },
);

const SHARES = [11, 11, 10, 9, 9, 9, 9, 8, 7, 7, 7, 7];
const LOTS = 20;
const WASHES = 1_200;

/** Each site has its lot for two days or three. */
const lots = SHARES.map((_, site): number[] => {
  const draw = draws(490 + site);
  return Array.from({ length: 30 }).flatMap(() => {
    const lot = Math.floor(LOTS * draw.uniform());
    return Array.from({ length: 2 + Math.floor(2 * draw.uniform()) }, () => lot);
  });
});

/** Of the rows each one, or each third. */
function washes(seed: number, from: number, days: number, each = 1): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: Math.round(days * WASHES) }, (_, row) => {
    const day = from + row / WASHES;
    const site = draw.choice(SHARES);
    return { ms: START_MS + day * DAY_MS, site, lot: lots[site]![Math.floor(day)]! };
  }).filter((_, row) => row % each === 0);
  return tableOf({
    features: {
      lot: rows.map(({ lot }) => `Q${lot}`),
      site: rows.map(({ site }) => `W${site}`),
      air: rows.map(({ site }) => 11 + 0.6 * ((5 * site) % 12) + draw.normal()),
      price: rows.map(({ site }) => 6.5 + 0.5 * (site % 3)),
      water: rows.map(({ site }) => 100 + 4 * ((7 * site) % 12) + 10 * draw.normal()),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

test('lots at their sites are neither exchanged nor news, whichever site has which', () => {
  const reference = washes(1, 0, DAYS, 3);
  const windows = Array.from({ length: 45 }, (_, at) => washes(2 + at, DAYS + at / 2, 1 / 3));
  const joint = windows.map((current) => {
    const samples = pairSamples(reference, current);
    return jointShift(samples, samples.features)?.columns;
  });
  expect(joint.filter((columns) => columns !== undefined)).toEqual([]);
  const judged = windows.slice(0, 12).map((current) => judge('classification', { reference, current }));
  expect(judged.flatMap(faultsOf)).toEqual([]);
});
