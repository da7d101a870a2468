import { describe, expect, test } from 'vitest';
import { draws } from '../../../src/simulate/draws.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2);

interface Ride {
  readonly ms: number;
  readonly night: string;
  readonly price: number;
  readonly zone: string;
}

const PRICES = [5.99, 7.49, 9.99, 12.5, 15, 19.9];

/** Three weeks, then one; a flag that follows from the hour, prices that follow from the zone. */
function rides(change: (ride: Ride) => Ride, isTimed = true): ReturnType<typeof judge> {
  const draw = draws(61);
  const side = (
    rows: number,
    weeks: number,
    fromMs: number,
    how: typeof change,
  ): ReturnType<typeof tableOf> => {
    const drawn = Array.from({ length: rows }, (_, i): Ride => {
      const ms = fromMs + (i / rows) * weeks * 168 * HOUR_MS;
      const zone = ['east', 'north', 'south', 'west'][draw.choice([4, 3, 2, 1])] ?? '';
      const place = { east: 0, north: 1, south: 2, west: 3 }[zone] ?? 0;
      const price = PRICES[Math.min(5, place + draw.choice([3, 2, 1]))] ?? 0;
      const ride = { ms, night: new Date(ms).getUTCHours() < 6 ? 'yes' : 'no', price, zone };
      return how(ride);
    });
    return tableOf({
      features: {
        night: drawn.map((ride) => ride.night),
        price: drawn.map((ride) => ride.price),
        zone: drawn.map((ride) => ride.zone),
      },
      ...(isTimed && { timestampMs: drawn.map((ride) => ride.ms) }),
    });
  };
  const reference = side(3000, 3, START_MS - 3 * 168 * HOUR_MS, (ride) => ride);
  return judge('classification', { reference, current: side(1000, 1, START_MS, change) });
}

describe('what the row’s own time says', () => {
  test('under another name is a rename', () => {
    expect(rides((ride) => ({ ...ride, night: ride.night.toUpperCase() })).faults).toMatchObject([
      { fault: 'category_rename', feature: 'night', share: 1 },
    ]);
  });

  test('turned into its opposite is an exchange', () => {
    const diagnosis = rides((ride) => ({ ...ride, night: ride.night === 'yes' ? 'no' : 'yes' }));
    expect(diagnosis).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
    expect(diagnosis.faults).toMatchObject([{ fault: 'levels_exchanged', feature: 'night' }]);
  });
});

describe('one value in a table without an order', () => {
  test('among rows that were never its own is stuck', () => {
    const diagnosis = rides((ride) => ({ ...ride, price: 5.99 }), false);
    expect(diagnosis.faults).toMatchObject([{ fault: 'constant_value', feature: 'price' }]);
    expect(diagnosis.faults[0]?.detail).toContain('would have another zone');
  });

  test('with its own company may be what came', () => {
    const diagnosis = rides((ride) => ({ ...ride, price: 5.99, zone: 'east' }), false);
    expect(diagnosis.faults).toEqual([]);
  });
});
