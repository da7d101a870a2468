import type { Draws } from '../draws.ts';
import { fahrenheit, logOf, rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

export type RideRow = {
  distance: number;
  duration: number;
  fare: number;
  wait_minutes: number;
  rating: number;
  air_temperature: number;
  demand: number;
  passengers: number;
  zone: string;
  car: string;
  booking: string;
};

const ZONES = ['airport', 'old town', 'station', 'suburbs', 'trade fair'];
const CARS = ['small', 'estate', 'van'];
const BOOKINGS = ['app', 'street', 'hotline'];

function drawRow(draw: Draws): RideRow {
  const zone = ZONES[draw.choice([0.15, 0.3, 0.2, 0.28, 0.07])] ?? '';
  const far = (zone === 'airport' ? 0.9 : 0) + 0.7 * draw.normal();
  const rush = draw.normal();
  const distance = Math.exp(1.3 + far);
  const duration = distance ** 0.8 * Math.exp(1 + 0.3 * rush + 0.2 * draw.normal());
  return {
    distance: rounded(distance, 2),
    duration: rounded(duration, 1),
    fare: rounded(3.5 + 1.8 * distance + 0.3 * duration + Math.abs(draw.normal()), 2),
    wait_minutes: rounded(Math.exp(1.5 + 0.4 * rush + 0.5 * draw.normal()), 1),
    rating: rounded(4.6 - 0.25 * Math.abs(draw.normal()) - 0.05 * rush, 2),
    air_temperature: rounded(14 + 8 * draw.normal(), 1),
    demand: rounded(0.7 * rush + 0.7 * draw.normal(), 4),
    passengers: 1 + draw.poisson(0.7),
    zone,
    car: CARS[draw.choice([0.6, 0.28, 0.12])] ?? '',
    booking: BOOKINGS[draw.choice([0.65, 0.25, 0.1])] ?? '',
  };
}

/** Who cancels: long waits in the cold, high demand in the old town, rarely from the street. */
function truth(row: RideRow): number {
  const cold = Math.max(0, 14 - row.air_temperature) / 8;
  const waiting = logOf(row.wait_minutes) - 1.5;
  return (
    -0.4 +
    1.1 * waiting +
    0.7 * waiting * cold +
    0.6 * row.demand * (row.zone === 'old town' ? 1.8 : 0.8) -
    1.6 * (row.rating - 4.4) -
    0.5 * (logOf(row.distance) - 1.4) +
    (row.booking === 'street' ? -1 : 0) +
    (row.car === 'van' ? 0.5 : 0)
  );
}

function imperfect(row: RideRow): number {
  const byWait = row.wait_minutes > 7 ? 0.9 : row.wait_minutes > 3.5 ? 0 : -0.8;
  return (
    -0.3 +
    byWait +
    (row.demand > 0.6 ? 0.6 : row.demand < -0.6 ? -0.6 : 0) -
    (row.booking === 'street' ? 0.8 : 0)
  );
}

export const RIDES: Family<RideRow> = {
  name: 'rides',
  about: 'rides of a taxi firm; who cancels',
  features: [
    { name: 'distance', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'duration', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'fare', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'wait_minutes', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'rating', kind: 'numeric', scale: 'linear', decimals: 2, bounds: [1, 5] },
    { name: 'air_temperature', kind: 'numeric', scale: 'linear', decimals: 1 },
    { name: 'demand', kind: 'numeric', scale: 'linear', decimals: 4 },
    { name: 'passengers', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'zone', kind: 'categorical' },
    { name: 'car', kind: 'categorical' },
    { name: 'booking', kind: 'categorical' },
  ],
  classes: ['cancelled', 'driven'],
  outcome: { level: 12, spread: 3, noise: 2.5 },
  draw: drawRow,
  truth,
  imperfect,
  weak: (row) => -0.3 - 0.25 * (logOf(row.distance) - 1.4) + (row.car === 'van' ? 0.3 : 0),
  matters: ['wait_minutes', 'demand', 'rating'],
  units: [
    { feature: 'air_temperature', name: '°C → °F', apply: fahrenheit, isApart: false },
    { feature: 'fare', name: '× 100', apply: times(100), isApart: true },
    { feature: 'wait_minutes', name: 'minutes → seconds', apply: times(60), isApart: true },
    { feature: 'distance', name: '× 1000', apply: times(1000), isApart: true },
  ],
  swaps: [
    ['distance', 'air_temperature'],
    ['rating', 'fare'],
    ['wait_minutes', 'fare'],
  ],
  flips: ['air_temperature', 'rating', 'fare'],
};
