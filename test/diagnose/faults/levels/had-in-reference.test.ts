/** Ships lie where the one before them lay: what goes with a name is its berth's, in the reference as well. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/core/clock.ts';
import type { Table } from '../../../../src/core/table.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

const AN_HOUR = 240;
const BERTHS = 6;
const STAY = 8;
const START_MS = Date.UTC(2026, 2, 2);

type Named = (berth: number, hour: number) => string;

/** A ship for each berth and eight hours, two hours later at the next one. */
const ships: Named = (berth, hour) => `V${100 + BERTHS * Math.floor((hour + berth) / STAY) + berth}`;

function port(seed: number, from: number, hours: number, named: Named): Table {
  const draw = draws(seed);
  const rows = Array.from({ length: hours * AN_HOUR }, (_, row) => {
    const berth = Math.floor(BERTHS * draw.uniform());
    return {
      berth,
      ms: START_MS + (from + row / AN_HOUR) * HOUR_MS,
      ship: named(berth, from + Math.floor(row / AN_HOUR)),
    };
  });
  return tableOf({
    features: {
      ship: rows.map(({ ship }) => ship),
      crane: rows.map(({ berth }) => `STS${2 * berth + Math.floor(2 * draw.uniform())}`),
      reach: rows.map(({ berth }) => 20 + 4 * berth + 2 * draw.normal()),
      hoist: rows.map(({ berth }) => 300 + 40 * ((5 * berth) % 7) + 20 * draw.normal()),
      list: rows.map(({ berth }) => ((3 * berth) % 7) + draw.normal()),
      weight: rows.map(() => 10_000 + 3_000 * draw.normal()),
    },
    timestampMs: rows.map(({ ms }) => ms),
  });
}

const faultsOf = (named: Named, hour: number, now: Named = named): string[] =>
  judge('classification', { reference: port(1, 0, 48, named), current: port(hour, hour, 2, now) }).faults.map(
    ({ fault, feature }) => `${fault} ${feature}`,
  );

describe('levels that look like others', () => {
  test.each([48, 49, 50, 51, 52, 53, 54, 55, 56])('are ships that took their berth, as ever (%d)', (hour) => {
    expect(faultsOf(ships, hour)).toEqual([]);
  });

  test('are places that went by another name before', () => {
    const once: Named = (berth, hour) =>
      berth === 1 && hour >= 38 && hour < 42 ? 'quay' : `place ${'ABCDEF'[berth]}`;
    const again: Named = (berth, hour) => (berth === 1 ? 'harbour' : once(berth, hour));
    expect(faultsOf(once, 48, again)).toEqual([]);
  });

  test('are spelt otherwise, whether they stay or not', () => {
    const small: Named = (berth, hour) => ships(berth, hour).toLowerCase();
    expect(faultsOf(ships, 46, small)).toEqual(['category_rename ship']);
  });

  test('are renamed where names stay', () => {
    const places: Named = (berth) => `place ${'ABCDEF'[berth]}`;
    const renamed: Named = (berth) => (berth === 1 ? 'harbour' : places(berth, 0));
    expect(faultsOf(places, 48, renamed)).toEqual(['category_rename ship']);
  });
});
