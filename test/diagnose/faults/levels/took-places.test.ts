/** Three levels whose rows come in lots: two of them exchanged, and a world in which one became something else. */
import { expect, test } from 'vitest';
import type { Table } from '../../../../src/core/table.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 2);
const EGGS = 25;
const COLORS: Readonly<Record<string, number>> = { brown: 57, white: 87, speckled: 71 };
const THICK: Readonly<Record<string, number>> = { brown: 40, white: 34, speckled: 37 };

function eggs(
  seed: number,
  lots: number,
  fromMs: number,
  change: (breed: string) => [string, string],
): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: lots }, () => {
    const u = draw.uniform();
    const [grown, named] = change(u < 0.45 ? 'brown' : u < 0.8 ? 'white' : 'speckled');
    const [light, weight] = [1.5 * draw.normal(), 2 * draw.normal()];
    return Array.from({ length: EGGS }, () => ({
      breed: named,
      color: (COLORS[grown] ?? 120) + light + 3 * draw.normal(),
      shell: (THICK[grown] ?? 60) + light / 2 + 3 * draw.normal(),
      weight: 60 + weight + 4 * draw.normal(),
      air: 3 + weight / 8 + draw.normal(),
    }));
  }).flat();
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name]);
  return tableOf({
    features: {
      breed: column('breed'),
      color: column('color'),
      shell: column('shell'),
      weight: column('weight'),
      air: column('air'),
    },
    timestampMs: rows.map((_, row) => fromMs + (row * DAY_MS) / 500),
  });
}

const other: Readonly<Record<string, string>> = { brown: 'white', white: 'brown' };

test.each<[string, (breed: string) => [string, string], string[]]>([
  ['exchanged', (breed) => [breed, other[breed] ?? breed], ['breed']],
  ['as ever', (breed) => [breed, breed], []],
  ['of birds nobody knew', (breed) => [breed === 'brown' ? 'black' : breed, breed], []],
])('two of three, %s', (_, change, columns) => {
  const reference = eggs(1, 700, START_MS - 35 * DAY_MS, (breed) => [breed, breed]);
  for (const seed of [2, 3, 4]) {
    const { faults } = judge('classification', { reference, current: eggs(seed, 40, START_MS, change) });
    expect(faults.filter(({ fault }) => fault === 'levels_exchanged').map(({ feature }) => feature)).toEqual(
      columns,
    );
  }
});
