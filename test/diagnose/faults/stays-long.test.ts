/** A column that stays at one value for long by itself: rain, which is no sensor that hangs. */
import { expect, test } from 'vitest';
import type { Table } from '../../../src/core/table.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const DAY_MS = 86_400_000;

/** Dry spells of hours, of days, and now and then of a week; hours of rain between. */
function rainOf(draw: Draws, hours: number): number[] {
  const rain: number[] = [];
  while (rain.length < hours) {
    const dry = Math.ceil(3 * (1 - draw.uniform()) ** -0.8);
    for (let hour = 0; hour < dry; hour++) rain.push(0);
    const wet = 1 + Math.floor(6 * draw.uniform());
    for (let hour = 0; hour < wet; hour++) rain.push(Math.round(80 * draw.uniform()) / 10);
  }
  return rain.slice(0, hours);
}

function tableFrom(
  draw: Draws,
  rain: readonly number[],
  { perHour, startMs }: { perHour: number; startMs: number },
): Table {
  const rows = rain.length * perHour;
  const each = Array.from({ length: rows }, (_, i) => i);
  return tableOf({
    features: {
      rain_mm: each.map((i) => rain[Math.floor(i / perHour)]!),
      km: each.map(() => 50 + 12 * draw.normal()),
      age: each.map(() => 40 + 9 * draw.normal()),
    },
    timestampMs: each.map((i) => startMs + (i * DAY_MS) / 24 / perHour),
  });
}

function verdictOf(seed: number, rainNow: (draw: Draws) => readonly number[], perHour = 8): Diagnosis {
  const draw = draws(seed);
  const reference = tableFrom(draw, rainOf(draw, 35 * 24), { perHour: 8, startMs: Date.UTC(2025, 3, 1) });
  const current = tableFrom(draw, rainNow(draw), { perHour, startMs: Date.UTC(2025, 5, 1) });
  return judge('regression', { reference, current });
}

test('a spell twice as long as any of five weeks is no fault, nor are more rows an hour', () => {
  const faults = [1, 2, 3, 4, 5, 6].flatMap((seed) => {
    const longest = (draw: Draws): number[] => [
      ...rainOf(draw, 3 * 24),
      ...Array.from({ length: 8 * 24 }, () => 0),
      ...rainOf(draw, 3 * 24),
    ];
    return [
      ...verdictOf(seed, longest).faults,
      ...verdictOf(seed, (draw) => rainOf(draw, 6 * 24), 40).faults,
    ];
  });
  expect(faults).toEqual([]);
});

test('a gauge that hangs at a shower is one', () => {
  const { faults } = verdictOf(7, (draw) => [
    ...rainOf(draw, 5 * 24),
    ...Array.from({ length: 9 * 24 }, () => 3.7),
  ]);
  expect(faults.map(({ fault, feature }) => [fault, feature])).toEqual([['constant_value', 'rain_mm']]);
});
