import { rounded, times } from '../family.ts';
import {
  DAY_NAMES,
  WORLD_START_MS,
  crowd,
  dayCycle,
  groupSize,
  growth,
  isWeekend,
  promotions,
  rota,
  weekdayOf,
} from './ordinary-life.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';

type FreightRow = {
  weekday: string;
  parcel_no: number;
  weight: number;
  volume: number;
  distance: number;
  price: number;
  surcharge: number;
  insured: number;
  stops: number;
  depot: string;
  carrier: string;
  express: string;
};

const depotAt = crowd(900, 1);
const SURCHARGES = [0, 1.5, 2.5, 4] as const;
const CARRIER_SHARES = [35, 25, 16, 11, 8, 5] as const;

/** How long a parcel takes. */
function truth(row: FreightRow): number {
  return (
    0.9 * Math.log(row.distance / 150) +
    0.25 * Math.log(row.weight / 5) +
    0.2 * (row.stops - 2) -
    (row.express === 'true' ? 0.9 : 0) +
    (row.weekday === 'Fri' ? 0.5 : 0)
  );
}

export const FREIGHT: OrdinaryWorld<FreightRow> = {
  name: 'freight',
  about:
    'shipments of many parcels, carriers that come and go, hundreds of depots, surcharges for a while; hours on the way',
  heldBack: false,
  task: 'regression',
  classes: ['long', 'short'],
  outcome: { level: 40, spread: 14, noise: 8 },
  features: [
    { name: 'weekday', kind: 'categorical' },
    { name: 'parcel_no', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'weight', kind: 'numeric', scale: 'log', decimals: 1 },
    { name: 'volume', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'distance', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'price', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'surcharge', kind: 'numeric', scale: 'fixed', decimals: 2 },
    { name: 'insured', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'stops', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'depot', kind: 'categorical' },
    { name: 'carrier', kind: 'categorical' },
    { name: 'express', kind: 'categorical' },
  ],
  identifiers: ['parcel_no'],
  time: { referenceDays: 49, perDay: 70, windowDays: [7, 10] },
  moves: true,
  confidence: 1,
  begin(draw) {
    const prices = growth(draw, 0.025, 0.05);
    const fuel = promotions(draw, SURCHARGES.length, { lasts: 8, pauses: 8, share: 0.6 });
    const carrier = rota(draw, (at) => `carrier ${String.fromCodePoint(65 + ((at * 11) % 26))}${at}`, {
      weights: CARRIER_SHARES,
      staysDays: 45,
    });
    return {
      busy: (ms) => Math.max(0.02, (isWeekend(ms) ? 0.2 : 1.3) * (1 + 0.9 * dayCycle(ms, 14))),
      arrive(ms, each) {
        const size = groupSize(each, 0.12, 60);
        const on = fuel(ms);
        const distance = Math.round(150 * Math.exp(0.8 * each.normal()));
        const together = {
          weekday: DAY_NAMES[weekdayOf(ms)] ?? '',
          distance,
          surcharge: on !== null && each.uniform() < on.share ? (SURCHARGES[on.item] ?? 0) : 0,
          stops: 1 + each.poisson(Math.min(3, distance / 150)),
          depot: `d${depotAt(each)}`,
          carrier: carrier(ms, each),
          express: String(each.uniform() < 0.18),
        };
        return Array.from({ length: size }, (_, at) => {
          const weight = rounded(5 * Math.exp(0.9 * each.normal()), 1);
          return {
            ...together,
            parcel_no: 77_000 + at + Math.floor((ms - WORLD_START_MS) / 20_000),
            weight,
            volume: rounded(0.4 + 0.25 * weight * Math.exp(0.3 * each.normal()), 2),
            price: rounded(
              prices(ms) * (4 + 0.6 * weight + 0.01 * distance) * Math.exp(0.1 * each.normal()),
              2,
            ),
            insured: each.uniform() < 0.8 ? 0 : 50 * (1 + each.poisson(3)),
          };
        });
      },
    };
  },
  truth,
  model: (row) => 0.9 * truth(row),
  calendar: (ms) => ({ weekday: DAY_NAMES[weekdayOf(ms)] ?? '' }),
  weak: {
    matters: ['distance', 'weight'],
    units: [
      { feature: 'price', name: '× 100', apply: times(100), isApart: true, isTold: true },
      {
        feature: 'weight',
        name: 'kg → lb after rounding',
        apply: (value) => rounded(value * 2.2046, 1),
        isApart: false,
        isTold: true,
      },
    ],
    swaps: [['weight', 'price']],
    flips: ['distance'],
    joined: ['price'],
    fine: [],
    levels: ['carrier'],
    company: [],
    flags: ['express'],
    repeatsRows: false,
  },
};
