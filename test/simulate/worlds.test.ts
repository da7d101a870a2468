import { describe, expect, test } from 'vitest';
import { evenly } from '../../bench/worlds/case-plan.ts';
import { FAULTS } from '../../src/core/faults.ts';
import { DAY_MS } from '../../src/core/clock.ts';
import { measuredEffect } from '../../src/simulate/measured-effect.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import { drawWorld } from '../../src/simulate/worlds/draw-world.ts';
import type { WorldRow } from '../../src/simulate/worlds/draw-world.ts';
import { familyOfWorld } from '../../src/simulate/worlds/family-of-world.ts';
import { WORLD_START_MS } from '../../src/simulate/worlds/ordinary-life.ts';
import { playWorld, worldFault, worldFaults } from '../../src/simulate/worlds/play-world.ts';
import { draws } from '../../src/simulate/draws.ts';
import { arrivals, crowd, rota, wave } from '../../src/simulate/worlds/ordinary-life.ts';

const NAMED = WORLDS.map((world) => [world.name, world] as const);
const worldOf = (name: string): (typeof WORLDS)[number] => {
  const world = WORLDS.find((each) => each.name === name);
  if (world === undefined) throw new Error(`no world ${name}`);
  return world;
};
const times = (rows: readonly WorldRow[]): number[] => rows.map(({ timestampMs }) => timestampMs);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('a world', () => {
  test.each(NAMED)(
    '%s draws the same rows for the same seed, in order of time, of its columns',
    (_, world) => {
      const spec = { seed: 7, afterDays: 2, days: 10, density: 0.15 };
      const once = drawWorld(world, spec);
      expect(drawWorld(world, spec)).toEqual(once);
      const names = world.features.map(({ name }) => name).toSorted();
      for (const rows of [once.reference, once.current]) {
        expect(times(rows)).toEqual(sorted(times(rows)));
        for (const { fed, probabilities, index } of rows) {
          expect(Object.keys(fed).toSorted()).toEqual(names);
          expect(Number.isFinite(index)).toBe(true);
          if (world.task === 'classification') {
            expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
          }
        }
      }
      for (const { name, kind } of world.features) {
        const isNumber = kind === 'numeric';
        expect(once.reference.every(({ fed }) => typeof fed[name] === (isNumber ? 'number' : 'string'))).toBe(
          true,
        );
      }
      expect(once.startMs).toBe(WORLD_START_MS + (world.time.referenceDays + 2) * DAY_MS);
      expect(Math.max(...times(once.reference))).toBeLessThan(once.startMs);
      expect(Math.min(...times(once.current))).toBeGreaterThanOrEqual(once.startMs);
    },
  );

  test('payments are fraud in one of a hundred, and scores are surer than the truth', () => {
    const { reference } = drawWorld(worldOf('payments'), { seed: 3, afterDays: 0, days: 1 });
    const share = reference.filter(({ label }) => label === 1).length / reference.length;
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.02);
    expect(new Set(reference.map(({ fed }) => fed['payment_no'])).size).toBeGreaterThan(
      0.99 * reference.length,
    );
    expect(new Set(reference.map(({ fed }) => fed['merchant'])).size).toBeGreaterThan(1_000);
  });

  test('bookings arrive in groups', () => {
    const { reference } = drawWorld(worldOf('bookings'), { seed: 3, afterDays: 0, days: 1 });
    const groups = Map.groupBy(reference, ({ timestampMs }) => timestampMs);
    expect(Math.max(...[...groups.values()].map(({ length }) => length))).toBeGreaterThan(8);
  });

  test('campaigns come that were never there', () => {
    const world = worldOf('subscriptions');
    const { reference, current } = drawWorld(world, { seed: 5, afterDays: 20, days: 7 });
    const known = new Set(reference.map(({ fed }) => fed['campaign']));
    expect(current.some(({ fed }) => !known.has(fed['campaign'] ?? null))).toBe(true);
  });

  test('a shift is planned as in the families, and is as large', () => {
    const world = worldOf('practice');
    const { rows, answer, shift } = playWorld(
      world,
      { seed: 11 },
      {
        shift: { kind: 'covariate_shift', form: 'mean', feature: 'age', size: 0.8 },
      },
    );
    expect(answer.verdicts).toEqual(['covariate_shift']);
    expect(shift?.features).toEqual(['age']);
    const effect = measuredEffect(familyOfWorld(world), world.task, rows);
    expect(effect.feature.name).toBe('age');
    expect(effect.feature.deviations).toBeGreaterThan(0.6);
  });
});

describe('faults of worlds', () => {
  test('every fault there is can be shown somewhere, and every name is of one thing', () => {
    const shown = new Set(
      WORLDS.flatMap((world) => worldFaults(world).flatMap(({ faults }) => faults[0] ?? [])),
    );
    expect([...shown].toSorted()).toEqual(FAULTS.toSorted());
    for (const world of WORLDS) {
      const names = worldFaults(world).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test.each(NAMED)('%s: each breaks what it says, and nothing else', (_, world) => {
    const spec = { seed: 7, afterDays: 2, days: 10, density: 0.15 };
    const whole = drawWorld(world, spec).current;
    const names = new Set(world.features.map(({ name }) => name));
    for (const { name, columns, faults, broken } of worldFaults(world)) {
      const { current } = drawWorld(world, spec, {}, broken);
      const [fault] = faults;
      if (fault === 'lost_rows') expect(current.length, name).toBeLessThan(whole.length);
      else if (fault === 'duplicated_rows') expect(current.length, name).toBeGreaterThan(whole.length);
      else {
        expect(current.length, name).toBe(whole.length);
        const isChanged = (column: string): boolean =>
          current.some(({ fed }, at) => fed[column] !== whole[at]?.fed[column]);
        const changed = [...names].filter(isChanged);
        expect(changed, name).toEqual(changed.filter((column) => columns.includes(column)));
        if (columns.some((column) => names.has(column))) expect(changed, name).not.toEqual([]);
        else
          expect(
            current.some(({ label }, at) => label !== whole[at]?.label),
            name,
          ).toBe(true);
      }
    }
  });

  test('the seed chooses among those a world can show', () => {
    const world = worldOf('practice');
    expect(worldFault(world, 'unit_change', 0).faults).toEqual(['unit_change']);
    expect(worldFault(world, 'unit_change', 1).name).not.toBe(worldFault(world, 'unit_change', 0).name);
    expect(() => worldFault(worldOf('claims'), 'labels_inverted', 1)).toThrow('claims');
  });
});

describe('ordinary life', () => {
  test('a wave forgets half within its half-life', () => {
    const pairs = Array.from({ length: 4_000 }, (_, seed) => {
      const at = wave(draws(seed), 10);
      return [at(WORLD_START_MS), at(WORLD_START_MS + 10 * 3_600_000)] as const;
    });
    const product = pairs.reduce((sum, [before, after]) => sum + before * after, 0) / pairs.length;
    const square = pairs.reduce((sum, [, after]) => sum + after * after, 0) / pairs.length;
    expect(product).toBeGreaterThan(0.44);
    expect(product).toBeLessThan(0.56);
    expect(square).toBeGreaterThan(0.9);
    expect(square).toBeLessThan(1.1);
  });

  test('a place is always held, by one after another', () => {
    const draw = draws(4);
    const at = rota(draw, (place) => `level ${place}`, { weights: [1], staysDays: 10 });
    const held = Array.from({ length: 140 }, (_, day) => at(WORLD_START_MS + day * DAY_MS, draw));
    const changes = held.filter((level, day) => day > 0 && level !== held[day - 1]).length;
    expect(new Set(held).size).toBe(changes + 1);
    expect(changes).toBeGreaterThan(4);
  });

  test('levels of a crowd fall off as they should', () => {
    const draw = draws(9);
    const of = crowd(1_000, 1);
    const counts = new Float64Array(1_000);
    for (let i = 0; i < 40_000; i++) counts[of(draw)]! += 1;
    // 1 / H(1000) = 0.1336.
    expect(counts[0]! / 40_000).toBeCloseTo(0.1336, 2);
    expect(counts[0]! / counts[9]!).toBeGreaterThan(8);
  });

  test('arrivals come as often as they should', () => {
    const stream = {
      fromMs: WORLD_START_MS,
      untilMs: WORLD_START_MS + 50 * DAY_MS,
      perDay: 40,
      busy: () => 1,
    };
    const count = [...arrivals(draws(2), stream)].length;
    expect(Math.abs(count - 2_000)).toBeLessThan(4 * Math.sqrt(2_000));
  });

  test('every fiftieth case goes round a list as evenly as all of them', () => {
    const list = Array.from({ length: 10 }, (_, at) => at);
    const seen = new Set(Array.from({ length: 20 }, (_, i) => evenly(list, 50 * i)));
    expect(seen.size).toBe(10);
  });
});
