/** What columns do by themselves looks like a fault now and then: weather, consignments of many parcels, what became common. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/core/findings.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 2, 2);

type Cells = Readonly<Record<string, readonly (string | number)[]>>;

function tableAt(features: Cells, fromMs: number, everyMs: number): Table {
  const [first = []] = Object.values(features);
  const timestampMs = Float64Array.from(first, (_, row) => fromMs + row * everyMs);
  return { ...tableOf({ features }), timestampMs };
}

const faultsOf = ({ faults }: Diagnosis): string[] =>
  faults.map(({ fault, feature }) => `${fault} ${feature}`);

/** Six columns that follow two winds; every five minutes. */
function weather(
  draw: Draws,
  rows: number,
  keeps: number,
  change = (_: number, x: number): number => x,
): Cells {
  const wind = [0, 0];
  const names = ['wind', 'gust', 'rotor', 'power', 'load', 'spike'];
  const columns = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let row = 0; row < rows; row++) {
    for (const i of wind.keys()) wind[i] = keeps * wind[i]! + Math.sqrt(1 - keeps ** 2) * draw.normal();
    const [a, b] = wind as [number, number];
    const values = [
      a,
      a + 0.3 * draw.normal(),
      0.5 * a + b,
      a + b + 0.3 * draw.normal(),
      b,
      draw.normal() ** 3,
    ];
    for (const [i, name] of names.entries()) {
      columns.get(name)!.push(Number((i === 0 ? change(row, values[i]!) : values[i]!).toFixed(3)));
    }
  }
  return Object.fromEntries(columns);
}

describe('weather', () => {
  const judged = (seed: number, keeps: number, change?: (row: number, x: number) => number): string[] => {
    const draw = draws(seed);
    const reference = tableAt(weather(draw, 4_000, keeps), START_MS, 5 * MINUTE_MS);
    const current = tableAt(
      weather(draw, 900, keeps, change),
      START_MS + 30 * 1_440 * MINUTE_MS,
      5 * MINUTE_MS,
    );
    return faultsOf(judge('classification', { reference, current }));
  };

  test('turns no sign round by itself', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].flatMap((seed) => judged(seed, 0.997))).toEqual([]);
  });

  test('a sign that did turn is told all the same', () => {
    expect(judged(3, 0.9, (row, x) => (row >= 400 ? -x : x))).toEqual(['sign_flip wind']);
  });
});

const DEPOTS = 12;

/** Consignments of up to sixty parcels that share their depot, distance and stops. */
function parcels(draw: Draws, rows: number, most: number, nameOf = (depot: number): number => depot): Cells {
  const columns: Record<string, (string | number)[]> = {
    depot: [],
    distance: [],
    stops: [],
    weight: [],
    fee: [],
  };
  while (columns['depot']!.length < rows) {
    const depot = Math.floor(DEPOTS * draw.uniform() ** 2);
    const size = Math.min(most, Math.ceil(4 / draw.uniform()));
    const distance = Math.round(150 * Math.exp(0.15 * Math.sin(depot) + 0.8 * draw.normal()));
    const stops = 1 + Math.floor(draw.uniform() * 4);
    for (let i = 0; i < size && columns['depot']!.length < rows; i++) {
      columns['depot']!.push(`d${nameOf(depot)}`);
      columns['distance']!.push(distance);
      columns['stops']!.push(stops);
      columns['weight']!.push(Number(Math.exp(0.9 * draw.normal() + 0.5 * Math.cos(depot)).toFixed(1)));
      columns['fee']!.push(Math.round(300 * Math.exp(Math.sin(2 * depot) + 0.2 * draw.normal())) / 100);
    }
  }
  return columns;
}

describe('consignments of many parcels', () => {
  const judged = (seed: number, most: number, nameOf?: (depot: number) => number): string[] => {
    const draw = draws(seed);
    const reference = tableAt(parcels(draw, 4_000, most), START_MS, 10 * MINUTE_MS);
    const later = START_MS + 40 * 1_440 * MINUTE_MS;
    const current = tableAt(parcels(draw, 1_200, most, nameOf), later, MINUTE_MS);
    return faultsOf(judge('classification', { reference, current }));
  };

  test('a list of depots that lost its first entry is told of parcels that come one by one, and of none that share a lorry', () => {
    const next = (depot: number): number => (depot + 1) % DEPOTS;
    expect(judged(2, 1, next)).toEqual(['levels_exchanged depot']);
    expect(judged(2, 60)).toEqual([]);
  });
});

/** Four sites a day, of which each has its room, its team and its people that day. */
function sessions(draw: Draws, days: number): Cells {
  const columns: Record<string, (string | number)[]> = { site: [], team: [], room: [], age: [], wait: [] };
  for (let day = 0; day < days; day++) {
    const held = [0, 1, 2, 3].map((session) => ({
      site: Math.floor(5 * draw.uniform()) + 5 * session,
      team: Math.floor(8 * draw.uniform()),
      room: 20 + 2 * draw.normal(),
      age: 40 + 6 * draw.normal(),
      wait: 20 + 8 * draw.normal(),
    }));
    for (let i = 0; i < 280; i++) {
      const { site, team, room, age, wait } = held[i % 4]!;
      columns['site']!.push(`s${site}`);
      columns['team']!.push(`t${team}`);
      columns['room']!.push(Number((room + 0.3 * draw.normal()).toFixed(1)));
      columns['age']!.push(Math.round(age + 12 * draw.normal()));
      columns['wait']!.push(Math.max(0, Math.round(wait + 8 * draw.normal())));
    }
  }
  return columns;
}

test('sites of one session each are not other sites', () => {
  const found = Array.from({ length: 12 }, (_, seed) => {
    const draw = draws(900 + seed);
    // Nobody knows in what order the training rows came.
    const reference = tableOf({ features: sessions(draw, 10) });
    const current = tableAt(sessions(draw, 1), START_MS + 60 * 1_440 * MINUTE_MS, MINUTE_MS);
    return faultsOf(judge('classification', { reference, current }));
  });
  expect(found.flat()).toEqual([]);
});

test('half a dry day is no gauge that stands still', () => {
  const draw = draws(71);
  const hour = (isWet: boolean): Cells => ({
    rain: Array.from({ length: 300 }, () =>
      isWet && draw.uniform() < 0.75 ? Number((1 + draw.uniform()).toFixed(1)) : 0,
    ),
    other: Array.from({ length: 300 }, () => Number(draw.normal().toFixed(2))),
  });
  const joined = (...parts: readonly Cells[]): Cells =>
    Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, parts.flatMap((part) => part[name]!)]));
  const days = Array.from({ length: 16 }, (_, at) => hour(at % 5 === 2));
  const reference = tableOf({ features: joined(...days) });
  const current = tableAt(joined(hour(true), hour(false)), START_MS, MINUTE_MS);
  expect(faultsOf(judge('classification', { reference, current }))).toEqual([]);
});

describe('shares that rose', () => {
  const orders = (draw: Draws, rows: number, web: number): Cells => ({
    channel: Array.from(
      { length: rows },
      () => ['shop', 'phone', 'web'][draw.choice([0.7 * (1 - web), 0.3 * (1 - web), web])]!,
    ),
    amount: Array.from({ length: rows }, () => Number(Math.exp(draw.normal()).toFixed(2))),
  });

  test('from 30 to 93 %: fifty in a row are nothing then', () => {
    const draw = draws(61);
    const reference = tableAt(orders(draw, 5_000, 0.3), START_MS, 10 * MINUTE_MS);
    const current = tableAt(orders(draw, 3_000, 0.93), START_MS + 40 * 1_440 * MINUTE_MS, MINUTE_MS);
    const diagnosis = judge('classification', { reference, current });
    expect(faultsOf(diagnosis)).toEqual([]);
    expect(diagnosis.verdict).toBe('covariate_shift');
  });

  test('of a surcharge that is new: two settings do not bound the third', () => {
    const surcharged = (draw: Draws, rows: number, share: number): Cells => ({
      ...orders(draw, rows, 0.3),
      surcharge: Array.from({ length: rows }, () =>
        draw.uniform() < share ? 4 : draw.uniform() < 0.01 ? 1.5 : 0,
      ),
    });
    const draw = draws(62);
    const reference = tableAt(surcharged(draw, 5_000, 0), START_MS, 10 * MINUTE_MS);
    const current = tableAt(surcharged(draw, 1_000, 0.26), START_MS + 40 * 1_440 * MINUTE_MS, MINUTE_MS);
    expect(faultsOf(judge('classification', { reference, current }))).toEqual([]);
  });
});
